const LOOK_MS = 500;

/**
 * Aborted, with the reason, when the process should end: it is told to, or the npm that started it is gone and cannot tell it.
 * Told twice is told once: a terminal tells everybody in it, and npm then passes on what it was told.
 */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort(signal));
  if (process.env['npm_lifecycle_event'] !== undefined) {
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) stop.abort('the end of npm');
    }, LOOK_MS).unref();
  }
  return stop.signal;
}
