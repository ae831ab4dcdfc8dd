import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { WorkerEnvironment } from '../config/environment';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Installs the SDK's runtime, once per process. Its log lines go to `logger`, and its metrics are served on a port of their own. */
export function installRuntime(environment: WorkerEnvironment, logger: Logger): void {
  const { LOG_LEVEL, WORKER_METRICS_PORT: port } = environment;
  Runtime.install({
    logger: new DefaultLogger(LOG_LEVEL === 'debug' ? 'DEBUG' : 'WARN', ({ level, message, meta }) => {
      logger[LEVELS[level]](meta ?? {}, message);
    }),
    // `worker.ts` handles the signals instead: all queues stop together, and then their shared dependencies are closed.
    shutdownSignals: [],
    telemetryOptions: {
      // Otherwise the SDK's native part would print log lines of its own.
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(port !== undefined && { metrics: { prometheus: { bindAddress: `127.0.0.1:${port}` } } }),
    },
  });
}
