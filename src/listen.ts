import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Config } from './config.ts';
import { StartRefused } from './platform/index.ts';

export async function listenOnPorts(
  { http, metricsHttp }: { http: Server; metricsHttp: Server | undefined },
  config: Config,
): Promise<void> {
  await listen(http, config, 'PORT');
  const port = config.metrics.port;
  if (metricsHttp && port !== undefined)
    await listen(metricsHttp, { port, host: config.host }, 'METRICS_PORT');
}

async function listen(
  http: Server,
  { port, host }: Pick<Config, 'port' | 'host'>,
  variable: string,
): Promise<void> {
  http.listen(port, host);
  try {
    await once(http, 'listening');
  } catch (cause) {
    const { code } = cause as { code?: string };
    if (code === 'EADDRINUSE')
      throw new StartRefused(
        `Port ${port} is taken by another process. Set ${variable} to a free one.`,
        {
          cause,
        },
      );
    if (code === 'EACCES')
      throw new StartRefused(
        `This user may not listen on port ${port}. Set ${variable} to one above 1023.`,
        { cause },
      );
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new StartRefused('HOST is not an address of this machine.', { cause });
    throw cause;
  }
}
