import { setTimeout as delay } from 'node:timers/promises';

export type OnNotice = (sentence: string, fault?: unknown) => void;

const LOOK_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

/** Starts the server again whenever it has ended, until told to stop. */
export function watch(
  isRunning: () => Promise<boolean>,
  startAgain: () => Promise<unknown>,
  onNotice: OnNotice,
): () => Promise<void> {
  const over = new AbortController();
  const pause = (ms: number) =>
    delay(ms, undefined, { ref: false, signal: over.signal }).catch(() => {});
  const watching = (async () => {
    for (
      let failures = 0;
      ;
      await pause(failures === 0 ? LOOK_MS : Math.min(LONGEST_PAUSE_MS, 500 * 2 ** failures))
    ) {
      if (over.signal.aborted) return;
      try {
        if ((await isRunning()) || over.signal.aborted) continue;
        await startAgain();
        onNotice('The bundled PostgreSQL had ended; it was started again.');
        failures = 0;
      } catch (fault) {
        failures++;
        onNotice(
          'The bundled PostgreSQL has ended and could not be started again; trying again later.',
          fault,
        );
      }
    }
  })();
  return async () => {
    over.abort();
    await watching;
  };
}
