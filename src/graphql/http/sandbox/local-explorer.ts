import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { RequestContext } from '../../../platform/http/index.ts';
import { prepared } from './prepared.ts';

interface Altair {
  getDistDirectory(): string;
  isSandboxFrame(path: string): boolean;
  SANDBOX_FRAME_CSP: string;
  renderAltair(options: Record<string, unknown>): string;
}

const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
};

/** Altair, served from its package: no other host is contacted. */
export class LocalExplorer {
  readonly #at: string;
  readonly #altair: Altair;
  readonly #folder: string;

  constructor(at: string) {
    this.#at = at;
    this.#altair = createRequire(import.meta.url)('altair-static') as Altair;
    this.#folder = this.#altair.getDistDirectory();
  }

  page(endpoint: string, nonce: string): string {
    return this.#altair.renderAltair({
      baseURL: `${this.#at}/`,
      cspNonce: nonce,
      endpointURL: endpoint,
      subscriptionsEndpoint: endpoint.replace(/^http/, 'ws'),
      initialQuery: prepared.document,
      initialVariables: JSON.stringify(prepared.variables, null, 2),
      initialHeaders: prepared.headers,
      initialSubscriptionRequestHandlerId: 'graphql-ws',
      initialSubscriptionsPayload: prepared.headers,
      initialSettings: {
        'alert.disableUpdateNotification': true,
        'banners.disable': true,
        'disablePushNotification': true,
      },
      disableAccount: true,
    });
  }

  /** Inline styles and blob workers are allowed: the editors need them. */
  policy(nonce: string, sockets: string): string {
    return [
      `default-src 'self'`,
      `base-uri 'self'`,
      `form-action 'none'`,
      `frame-ancestors 'none'`,
      `object-src 'none'`,
      `script-src 'self' 'nonce-${nonce}'`,
      `style-src 'self' 'unsafe-inline'`,
      `img-src 'self' data:`,
      `font-src 'self' data:`,
      `worker-src 'self' blob:`,
      `frame-src 'self'`,
      `connect-src 'self' ${sockets}`,
    ].join('; ');
  }

  /** One of the package's files, by its path below ours. */
  async file(ctx: RequestContext, name: string): Promise<void> {
    const file = path.join(this.#folder, path.normalize(`/${name}`));
    const type = TYPES[path.extname(file)];
    const found =
      type && file.startsWith(this.#folder + path.sep) ? await stat(file).catch(() => null) : null;
    if (!found?.isFile()) return;
    if (this.#altair.isSandboxFrame(name)) {
      ctx.set('content-security-policy', this.#altair.SANDBOX_FRAME_CSP);
      ctx.remove('x-frame-options');
    }
    ctx.set('cache-control', 'public, max-age=3600');
    ctx.type = type as string;
    ctx.length = found.size;
    ctx.body = createReadStream(file);
  }
}
