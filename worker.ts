import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { workerEnvironment } from './config/environment';
import { logProcessWarnings } from './config/process-warnings';
import { loadRegions } from './config/regions';
import { traceCallsWith } from './providers/port/traced-call';
import { describeProcess } from './metrics/process';
import { measureCalls } from './metrics/provider-calls';
import { loadTemplates } from './templates/load';
import { startTracing, type Tracing } from './tracing/tracing';
import { compose } from './worker/compose';
import { createWorkerMetrics } from './worker/metrics';
import { installRuntime } from './worker/runtime';
import { deploymentOf, serve } from './worker/serve';

async function main(): Promise<void> {
  const environment = workerEnvironment(process.env);
  const allRegions = loadRegions(environment.REGIONS_FILE, process.env);
  const wanted = environment.WORKER_REGIONS;
  const regions = wanted.length === 0 ? allRegions : allRegions.filter((region) => wanted.includes(region.name));
  const templates = loadTemplates(environment.TEMPLATES_DIR);
  const build = deploymentOf(environment)?.version.buildId;
  let tracing: Tracing | undefined = undefined;
  const logger = pino({
    level: environment.LOG_LEVEL,
    base: { service: 'worker', ...(build && { build }) },
    mixin: () => tracing?.logFields() ?? {},
  });
  logProcessWarnings(logger);
  tracing = await startTracing('worker', environment, logger);
  const metrics = await createWorkerMetrics(environment, logger);
  traceCallsWith(measureCalls(metrics), tracing?.call);
  if (build)
    logger.info(
      'runs are pinned to builds: this build gets new runs once it is current (temporal worker deployment set-current-version)',
    );
  installRuntime(environment, logger, metrics.sdkPort);

  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

  const { connectionOptions, namespace } = environment.temporal;
  const connection = await NativeConnection.connect(connectionOptions);
  const { dependencies, close } = compose(environment, allRegions, namespace, metrics);
  describeProcess(metrics, dependencies.pool, build);
  const metricsServer = await metrics.serve();
  try {
    await serve({
      environment,
      connection,
      namespace,
      dependencies,
      templates,
      regions,
      logger,
      tracing,
      metrics,
      stop: stopping.signal,
    });
  } finally {
    await connection.close();
    await close();
    await metricsServer?.close();
    await tracing?.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
