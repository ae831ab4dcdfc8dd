/** State of a program's stop on signals. */
export interface Stopping {
  /** Whether a signal has arrived. */
  readonly asked: boolean;
  /** Settles with `stop`, after the first signal. */
  readonly ended: Promise<void>;
}

/**
 * Calls `stop` at the first Ctrl-C, SIGTERM or SIGHUP; a second Ctrl-C or SIGTERM calls `kill` and ends this process at once.
 */
export function stopOnSignals({ stop, kill }: { stop: () => Promise<void>; kill: () => void }): Stopping {
  let first = 0;
  const ended = new Promise<void>((resolve, reject) => {
    const onSignal = (signal: NodeJS.Signals): void => {
      // A terminal or runner that has gone sends SIGHUP once, possibly while we are already stopping.
      if (first > 0 && signal === 'SIGHUP') return;
      // A runner such as npm may pass on the same Ctrl-C that the terminal has already sent to us.
      if (first > 0 && Date.now() - first < 500) return;
      if (first > 0) {
        kill();
        process.kill(process.pid, 'SIGKILL');
      }
      first = Date.now();
      stop().then(resolve, reject);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
  return {
    ended,
    get asked() {
      return first > 0;
    },
  };
}
