import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { Logger } from 'pino';
import { registerMetrics, type ProcessMetrics } from '../../metrics/register';
import { serveMetrics } from './server';

/** The metrics of one worker process. */
export interface WorkerMetrics extends ProcessMetrics {
  /** The loopback port on which the SDK is to serve its metrics; undefined if nothing is served. */
  sdkPort: number | undefined;
  /** Serves them, if a port is configured. A port that is taken is logged, and the worker works without. */
  serve(): Promise<{ close(): Promise<void> } | undefined>;
}

/** Registers the worker's metrics, which are counted also where they are not served. */
export async function createWorkerMetrics(
  {
    WORKER_METRICS_HOST: host,
    WORKER_METRICS_PORT: port,
  }: { WORKER_METRICS_HOST: string; WORKER_METRICS_PORT?: number | undefined },
  logger: Logger,
): Promise<WorkerMetrics> {
  const metrics = registerMetrics('worker');
  const sdkPort = port === undefined ? undefined : await freeLoopbackPort();
  return {
    ...metrics,
    sdkPort,
    serve: async () => {
      if (port === undefined || sdkPort === undefined) return undefined;
      const sdkUrl = `http://127.0.0.1:${sdkPort}/metrics`;
      try {
        const server = await serveMetrics({ registry: metrics.registry, sdkUrl, host, port });
        logger.info({ host, port: server.port }, 'metrics are served');
        return server;
      } catch (error) {
        logger.error(
          { host, port, reason: (error as NodeJS.ErrnoException).code },
          'metrics are not served: free WORKER_METRICS_PORT or set another, then restart the worker',
        );
        return undefined;
      }
    },
  };
}

/** A port that is free now. The SDK can only be told a port, and not say which one it was given. */
async function freeLoopbackPort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
