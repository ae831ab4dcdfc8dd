import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { Worker, type NativeConnection, type WorkerDeploymentOptions, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from '../activities';
import type { Dependencies } from '../activities/dependencies';
import type { WorkerEnvironment } from '../config/environment';
import type { RegionSettings } from '../config/regions';
import { regionTaskQueue, TASK_QUEUE, WEBHOOK_TASK_QUEUE } from '../contract/temporal/task-queues';
import { clientConverter, workerConverter } from '../contract/temporal/data-converter';
import type { Templates } from '../templates/load';
import type { ProcessMetrics } from '../metrics/register';
import type { Tracing } from '../tracing/tracing';
import { recordStepEvent } from '../registry/operations/step-events';
import { dispatchCustomerMail } from './customer-mail';
import { activityInterceptor, HEARTBEAT_MS } from './interceptor';
import { measureAttempts } from './metrics/attempts';
import { prepareGlobal, prepareRegion, prepareRegionPlans, prepareRegistry } from './prepare';
import { workflowBundleOf } from './bundle';
import { ensureSchedule, SCHEDULE_NAMES, type ScheduleName } from './schedules';
import { dispatchWebhooks } from './webhooks';

/**
 * Maximum number of concurrent workflow tasks. They share one thread, so a higher limit makes nothing faster: with 40, a third of 300
 * orders had a task that waited for the thread longer than Temporal's time-out for workflow tasks.
 */
const CONCURRENT_WORKFLOW_TASKS = 8;

/** Options of {@link serve}. */
export interface ServeOptions {
  environment: WorkerEnvironment;
  connection: NativeConnection;
  namespace: string;
  dependencies: Dependencies;
  templates: Templates;
  /** The regions this worker polls for. */
  regions: RegionSettings[];
  logger: Logger;
  /** Absent unless tracing is on. */
  tracing?: Tracing | undefined;
  metrics: Pick<ProcessMetrics, 'observe'>;
  /** Stops all queues together. */
  stop: AbortSignal;
}

/**
 * Prepares shared resources, ensures the schedules and polls every queue until `stop` is aborted. A queue is polled only after its shared
 * resources exist, so a region that is down delays only its own tenants.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const { environment, connection, namespace, dependencies, templates, regions, logger, tracing, stop } = options;
  const common = workerOptions(options);
  // Bundling takes seconds and needs no provider, so it runs while the providers are being prepared.
  const workflowBundle = workflowBundleOf(environment.WORKFLOW_BUNDLE, tracing !== undefined);
  workflowBundle.catch(() => {});
  const untilDone = (what: string, work: () => Promise<void>): Promise<void> => retry({ what, work, logger, stop });
  const poll = async (extra: Pick<WorkerOptions, 'taskQueue'> & Partial<WorkerOptions>): Promise<void> => {
    if (stop.aborted) return;
    const worker = await Worker.create({ ...common, ...extra });
    stop.addEventListener('abort', () => worker.shutdown(), { once: true });
    logger.info({ taskQueue: extra.taskQueue }, 'polling');
    await worker.run();
  };
  const pollGlobal = async (): Promise<void> => {
    await untilDone('global providers', () => prepareGlobal(dependencies, templates));
    await poll({
      taskQueue: TASK_QUEUE,
      maxCachedWorkflows: environment.WORKER_CACHED_WORKFLOWS,
      maxConcurrentWorkflowTaskExecutions: CONCURRENT_WORKFLOW_TASKS,
      workflowBundle: await workflowBundle,
    });
  };
  const pollRegion = async (region: string): Promise<void> => {
    await untilDone(`region ${region}`, async () => {
      for (const warning of await prepareRegion(dependencies, region)) logger.warn({ region }, warning);
    });
    await poll({ taskQueue: regionTaskQueue(region) });
  };

  await untilDone('registry', () => prepareRegistry(dependencies));
  await untilDone('the plans of each region', () => prepareRegionPlans(dependencies, templates));
  const client = new Client({
    connection,
    namespace,
    dataConverter: clientConverter(environment.CODEC_KEY_RING),
    ...(tracing && { interceptors: tracing.clientInterceptors }),
  });
  const minutes: Record<ScheduleName, number> = {
    sweeps: environment.SWEEP_INTERVAL_MINUTES,
    backups: environment.BACKUP_INTERVAL_MINUTES,
    scans: environment.SCAN_INTERVAL_MINUTES,
    'storage upkeep': environment.STORAGE_UPKEEP_INTERVAL_MINUTES,
    'audit heads': environment.AUDIT_INTERVAL_MINUTES,
    mail: environment.MAIL_INTERVAL_MINUTES,
    usage: environment.USAGE_INTERVAL_MINUTES,
    domains: environment.DOMAIN_INTERVAL_MINUTES,
    billing: environment.BILLING_INTERVAL_MINUTES,
  };
  await Promise.all([
    ...SCHEDULE_NAMES.map((name) =>
      untilDone(`the schedule of ${name}`, () => ensureSchedule(client, name, minutes[name])),
    ),
    pollGlobal(),
    poll({ taskQueue: WEBHOOK_TASK_QUEUE }),
    dispatchCustomerMail({ dependencies, logger, stop }),
    dispatchWebhooks({ pool: dependencies.pool, client, publicUrl: environment.PUBLIC_URL, logger, stop }),
    ...regions.map(({ name }) => pollRegion(name)),
  ]);
}

/** Pins each run to the build that started it. If undefined, any worker takes any run, so each build must replay runs of earlier builds. */
export function deploymentOf(environment: WorkerEnvironment): WorkerDeploymentOptions | undefined {
  const { TEMPORAL_DEPLOYMENT_NAME: deploymentName, TEMPORAL_WORKER_BUILD_ID: buildId } = environment;
  if (deploymentName === undefined || buildId === undefined) return undefined;
  return { version: { deploymentName, buildId }, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' };
}

/** Options common to the workers of all queues. */
function workerOptions(options: ServeOptions): Omit<WorkerOptions, 'taskQueue'> {
  const { environment, connection, namespace, dependencies, tracing, metrics } = options;
  const workerDeploymentOptions = deploymentOf(environment);
  return {
    connection,
    namespace,
    activities: createActivities(dependencies),
    // The same on every queue, so that a pinned run's activities run on its build in every region too.
    ...(workerDeploymentOptions && { workerDeploymentOptions }),
    interceptors: {
      ...(tracing && { client: tracing.clientInterceptors }),
      activity: [
        ...(tracing?.activityInterceptors ?? []),
        activityInterceptor((event) => recordStepEvent(dependencies.pool, event), measureAttempts(metrics)),
      ],
    },
    ...(tracing && { sinks: tracing.sinks }),
    dataConverter: workerConverter(environment.CODEC_KEY_RING),
    maxConcurrentActivityTaskExecutions: environment.WORKER_CONCURRENT_ACTIVITIES,
    // By default, the SDK sends a heartbeat only every 16 s of the 20 s allowed, so a pause of 4 s would count as a lost worker.
    maxHeartbeatThrottleInterval: HEARTBEAT_MS,
    // Off: eager activities start in the answer to a workflow task, and if that answer is lost, they wait for their heartbeat time-out.
    maxEagerActivityReservationsPerWorkflowTask: 0,
    shutdownGraceTime: '30s',
    shutdownForceTime: '45s',
  };
}

interface Retried {
  what: string;
  work: () => Promise<void>;
  logger: Logger;
  stop: AbortSignal;
}

/** Retries every 0.5 s for 30 s, because a server that starts beside the worker may still be booting, and then every 10 s. */
async function retry({ what, work, logger, stop }: Retried): Promise<void> {
  for (let attempt = 1; !stop.aborted; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      logger.warn({ what, attempt, reason: (error as Error).message }, 'not ready yet');
      await sleep(attempt <= 60 ? 500 : 10_000, undefined, { signal: stop }).catch(() => {});
    }
  }
}
