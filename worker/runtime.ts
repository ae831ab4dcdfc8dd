import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { WorkerEnvironment } from '../config/environment';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/**
 * Installs the SDK's runtime, once per process. Its log lines go to `logger`. Its metrics are served on `metricsPort` of the loopback address,
 * named after the conventions of Prometheus; without a port there are none.
 */
export function installRuntime(environment: WorkerEnvironment, logger: Logger, metricsPort: number | undefined): void {
  const { LOG_LEVEL } = environment;
  Runtime.install({
    logger: new DefaultLogger(LOG_LEVEL === 'debug' ? 'DEBUG' : 'WARN', ({ level, message, meta }) => {
      logger[LEVELS[level]](meta ?? {}, message);
    }),
    // `worker.ts` handles the signals instead: all queues stop together, and then their shared dependencies are closed.
    shutdownSignals: [],
    telemetryOptions: {
      // Otherwise the SDK's native part would print log lines of its own.
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(metricsPort !== undefined && {
        metrics: {
          prometheus: {
            bindAddress: `127.0.0.1:${metricsPort}`,
            countersTotalSuffix: true,
            unitSuffix: true,
            useSecondsForDurations: true,
          },
        },
      }),
    },
  });
}
