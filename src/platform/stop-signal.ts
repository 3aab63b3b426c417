const LOOK_MS = 500;

/**
 * Aborts, with the reason, when the process should end: by a signal, or because the npm that
 * started it is gone and cannot pass one on. A second signal changes nothing: a terminal signals
 * every process in it, and npm passes its own on.
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
