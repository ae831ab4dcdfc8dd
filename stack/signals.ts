/** How a program that was asked to stop goes about it. */
export interface Stopping {
  /** Whether a signal has come. */
  readonly asked: boolean;
  /** Resolves when `stop` has done its work after a signal; rejects when it could not. */
  readonly ended: Promise<void>;
}

/**
 * Calls `stop` at the first Ctrl-C, SIGTERM or SIGHUP; a second Ctrl-C or SIGTERM calls `kill` and ends this process at once.
 */
export function stopOnSignals({ stop, kill }: { stop: () => Promise<void>; kill: () => void }): Stopping {
  let first = 0;
  const ended = new Promise<void>((resolve, reject) => {
    const onSignal = (signal: NodeJS.Signals): void => {
      // A terminal or a runner that is gone asks once, and may do so while we stop already.
      if (first > 0 && signal === 'SIGHUP') return;
      // A runner in front of us may pass on the very Ctrl-C that the terminal has sent us already.
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
