const LOOK_MS = 500;

/** Resolves when the process should end: it is told to, or the npm that started it is gone and cannot tell it. */
export function stopSignal(): Promise<string> {
  return new Promise(resolve => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
    if (process.env['npm_lifecycle_event'] === undefined) return;
    const parent = process.ppid;
    setInterval(() => { if (process.ppid !== parent) resolve('the end of npm'); }, LOOK_MS).unref();
  });
}
