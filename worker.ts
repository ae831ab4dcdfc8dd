import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { Client } from '@temporalio/client';
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerDeploymentOptions,
  type WorkerOptions,
} from '@temporalio/worker';
import { pino } from 'pino';
import { createActivities } from './activities';
import { createKeys } from './activities/adapters/keys/keys';
import { createKeycloak } from './activities/adapters/keycloak/keycloak';
import { createKubernetes } from './activities/adapters/kubernetes/kubernetes';
import { createMailer } from './activities/adapters/mail/mailer';
import { createPostgres } from './activities/adapters/postgres/postgres';
import { createRegistryKinds } from './activities/adapters/registry/kinds';
import { createS3Scanner } from './activities/adapters/scanner/s3-scanner';
import { createStorage } from './activities/adapters/storage/storage';
import { createBilling } from './activities/adapters/stripe/stripe';
import { createBackupRuns } from './activities/backup-runs';
import { ensureBackupSchedule } from './activities/backup-schedule';
import type { Dependencies } from './activities/dependencies';
import { createEffects } from './activities/effect';
import { activityInterceptor, HEARTBEAT_MS } from './activities/interceptor';
import { KNOWN_CHECKS } from './activities/check-catalogue';
import { createKindTable, type KindTable } from './activities/kind-table';
import { ensureMailSchedule } from './activities/mail-schedule';
import { createOperationRuns } from './activities/runs';
import { ensureScanSchedule } from './activities/scan-schedule';
import { ensureAuditSchedule } from './activities/audit-schedule';
import { createAuditSigner } from './activities/audit-signer';
import { ensureSweepSchedule } from './activities/sweep-schedule';
import { ensureTendingSchedule } from './activities/tending-schedule';
import { prepareGlobal, prepareRegion, prepareRegionPlans, prepareRegistry } from './activities/prepare';
import { workerEnvironment, type WorkerEnvironment } from './config/environment';
import { logProcessWarnings } from './config/process-warnings';
import { loadProcessors, loadRegions, type RegionSettings } from './config/regions';
import { clientConverter, workerConverter } from './contract/data-converter';
import { PROBE_TENANT_ID } from './contract/ids';
import { regionTaskQueue, TASK_QUEUE } from './contract/messages';
import { createRegistryPool } from './registry/database';
import type { Waiting } from './registry/scans';
import { loadBaseline } from './templates/baseline';
import { loadTemplates } from './templates/load';
import { bundleWorkflows } from './workflow-bundle';

/** Activities at once on one queue; each holds at most a few of the registry's connections, and only briefly. */
const CONCURRENT_ACTIVITIES = 30;

/** What the worker holds open. */
interface Composition {
  dependencies: Dependencies;
  close(): Promise<void>;
}

/** Builds every adapter on the environment. Nothing is contacted yet. */
function compose(environment: WorkerEnvironment, regions: RegionSettings[], namespace: string): Composition {
  const keys = createKeys(environment.KEY_RING, regions);
  const pool = createRegistryPool(environment.REGISTRY_URL, environment.REGISTRY_POOL_SIZE, 'worker');
  const signal = (): AbortSignal => Context.current().cancellationSignal;
  const activity = (): string => {
    const { workflowExecution, activityId } = Context.current().info;
    return `${workflowExecution?.runId ?? ''}/${activityId}`;
  };
  const execution = (): Waiting => {
    const { workflowExecution, activityId } = Context.current().info;
    return { workflowId: workflowExecution!.workflowId, runId: workflowExecution!.runId, activityId };
  };
  const table: { kinds?: KindTable } = {};
  const effects = createEffects({
    pool,
    keys,
    kindOf: (provider, kind) => table.kinds!.find(provider, kind),
    signal,
    lateRequestSeconds: environment.LATE_REQUEST_SECONDS,
  });
  const sharedSecrets = effects.secrets(PROBE_TENANT_ID, 'shared');
  const adapters = {
    keys,
    registry: createRegistryKinds(pool, keys),
    postgres: createPostgres(regions, sharedSecrets),
    storage: createStorage(regions),
    kubernetes: createKubernetes(regions, { onProgress: () => {} }),
    keycloak: createKeycloak({
      url: environment.KEYCLOAK_URL,
      realm: environment.KEYCLOAK_REALM,
      clientId: environment.KEYCLOAK_CLIENT_ID,
      clientSecret: environment.KEYCLOAK_CLIENT_SECRET,
      applicationUrl: environment.APPLICATION_URL,
    }),
    billing: createBilling({
      apiKey: environment.STRIPE_API_KEY,
      url: environment.STRIPE_API_BASE,
      allowLiveKey: environment.STRIPE_ALLOW_LIVE_KEY,
      requestsPerSecond: environment.STRIPE_REQUESTS_PER_SECOND,
    }),
    mailer: createMailer({ url: environment.SMTP_URL, from: environment.MAIL_FROM }),
    scanner: createS3Scanner(environment.S3SCANNER_BIN, regions),
  };
  const kinds = createKindTable(adapters);
  table.kinds = kinds;
  const runs = createOperationRuns(() => Context.current().client);
  const backupRuns = createBackupRuns(() => Context.current().client);
  const settings = {
    publicUrl: environment.PUBLIC_URL,
    temporalUiUrl: environment.TEMPORAL_UI_URL,
    temporalNamespace: namespace,
    appDomain: environment.APP_DOMAIN,
    operatorMail: environment.OPERATOR_MAIL,
    approverMail: environment.APPROVER_MAIL,
    compensationSeconds: environment.COMPENSATION_SECONDS,
    sweep: { graceSeconds: environment.SWEEP_GRACE_SECONDS, leaseSeconds: environment.SWEEP_LEASE_SECONDS },
  };
  return {
    dependencies: {
      ...{ pool, regions, effects, kinds, runs, sharedSecrets, signal, activity, settings, ...adapters },
      execution,
      processors: loadProcessors(environment.REGIONS_FILE, process.env),
      baseline: loadBaseline(environment.TEMPLATES_DIR, KNOWN_CHECKS),
      auditSigner: createAuditSigner(environment.AUDIT_SIGNING_KEY),
      backupRuns,
    },
    close: async () => {
      const { postgres, storage, kubernetes, keycloak, billing, mailer } = adapters;
      keys.close();
      storage.close();
      await Promise.allSettled([postgres, kubernetes, keycloak, billing, mailer].map((adapter) => adapter.close()));
      await pool.end();
    },
  };
}

/** Pins each run to the build that began it. Undefined: any worker takes any run, so every build must replay the runs of those before. */
function deploymentOf(environment: WorkerEnvironment): WorkerDeploymentOptions | undefined {
  const { TEMPORAL_DEPLOYMENT_NAME: deploymentName, TEMPORAL_WORKER_BUILD_ID: buildId } = environment;
  if (deploymentName === undefined || buildId === undefined) return undefined;
  return { version: { deploymentName, buildId }, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' };
}

async function main(): Promise<void> {
  const environment = workerEnvironment(process.env);
  const all = loadRegions(environment.REGIONS_FILE, process.env);
  const wanted = environment.WORKER_REGIONS;
  const regions = wanted.length === 0 ? all : all.filter((region) => wanted.includes(region.name));
  const templates = loadTemplates(environment.TEMPLATES_DIR);
  const workerDeploymentOptions = deploymentOf(environment);
  const build = workerDeploymentOptions && { build: workerDeploymentOptions.version.buildId };
  const logger = pino({ level: environment.LOG_LEVEL, base: { service: 'worker', ...build } });
  logProcessWarnings(logger);
  if (build)
    logger.info(
      'runs are pinned: this build gets new ones once it is current (temporal worker deployment set-current-version)',
    );
  Runtime.install({
    logger: new DefaultLogger(environment.LOG_LEVEL === 'debug' ? 'DEBUG' : 'WARN', ({ level, message, meta }) => {
      const how = ({ TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const)[level];
      logger[how](meta ?? {}, message);
    }),
    // The signals are handled below: all workers stop together, then what they share is closed.
    shutdownSignals: [],
    telemetryOptions: {
      // The SDK's native part would print its own lines otherwise.
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(environment.WORKER_METRICS_PORT === undefined
        ? {}
        : { metrics: { prometheus: { bindAddress: `127.0.0.1:${environment.WORKER_METRICS_PORT}` } } }),
    },
  });

  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

  const { connectionOptions, namespace } = environment.temporal;
  const connection = await NativeConnection.connect(connectionOptions);
  const { dependencies, close } = compose(environment, all, namespace);
  try {
    const common: Omit<WorkerOptions, 'taskQueue'> = {
      connection,
      namespace,
      activities: createActivities(dependencies),
      // The same on every queue: the activities of a pinned run are done by the build it is pinned to, in the regions too.
      ...(workerDeploymentOptions && { workerDeploymentOptions }),
      interceptors: { activity: [activityInterceptor(dependencies.pool)] },
      dataConverter: workerConverter(environment.CODEC_KEY_RING),
      maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
      // By itself the SDK sends a heartbeat only every 16 s of the 20 s allowed: a pause of 4 s would count as a lost worker.
      maxHeartbeatThrottleInterval: HEARTBEAT_MS,
      // Such activities begin in the answer to a workflow task. When that answer is lost, they wait for their heartbeat time-out.
      maxEagerActivityReservationsPerWorkflowTask: 0,
      shutdownGraceTime: '30s',
      shutdownForceTime: '45s',
    };
    // Begun at once: the providers are waited for meanwhile, and one that boots beside us takes longer than this.
    const workflows: Promise<NonNullable<WorkerOptions['workflowBundle']>> =
      environment.WORKFLOW_BUNDLE === undefined
        ? bundleWorkflows(Runtime.instance().logger)
        : Promise.resolve({ codePath: environment.WORKFLOW_BUNDLE });
    workflows.catch(() => {});
    const prepared = async (what: string, work: () => Promise<void>): Promise<void> => {
      for (let attempt = 1; !stopping.signal.aborted; attempt++) {
        try {
          await work();
          return;
        } catch (error) {
          logger.warn({ what, attempt, reason: (error as Error).message }, 'not ready yet');
          // Half a minute is what a server takes that boots beside us; one that is away longer need not be asked that often.
          await sleep(attempt <= 60 ? 500 : 10_000, undefined, { signal: stopping.signal }).catch(() => {});
        }
      }
    };
    await prepared('registry', () => prepareRegistry(dependencies));
    await prepared('the plans of each region', () => prepareRegionPlans(dependencies, templates));
    // A queue is polled once what its activities rest on is there: a region that is away keeps only its own tenants waiting.
    const serve = async (
      what: string,
      prepare: () => Promise<void>,
      options: () => Promise<WorkerOptions>,
    ): Promise<void> => {
      await prepared(what, prepare);
      if (stopping.signal.aborted) return;
      const worker = await Worker.create(await options());
      stopping.signal.addEventListener('abort', () => worker.shutdown(), { once: true });
      logger.info({ taskQueue: worker.options.taskQueue }, 'polling');
      await worker.run();
    };
    const client = new Client({ connection, namespace, dataConverter: clientConverter(environment.CODEC_KEY_RING) });
    await Promise.all([
      prepared('the schedule of scans', () => ensureScanSchedule(client, environment.SCAN_INTERVAL_MINUTES)),
      prepared('the schedule of audit heads', () => ensureAuditSchedule(client, environment.AUDIT_INTERVAL_MINUTES)),
      prepared('the schedule of sweeps', () => ensureSweepSchedule(client, environment.SWEEP_INTERVAL_MINUTES)),
      prepared('the schedule of retention and quotas', () =>
        ensureTendingSchedule(client, environment.TENDING_INTERVAL_MINUTES),
      ),
      prepared('the schedule of mail', () => ensureMailSchedule(client, environment.MAIL_INTERVAL_MINUTES)),
      prepared('the schedule of backups', () => ensureBackupSchedule(client, environment.BACKUP_INTERVAL_MINUTES)),
      serve(
        'global providers',
        () => prepareGlobal(dependencies, templates),
        async () => ({
          ...common,
          taskQueue: TASK_QUEUE,
          maxCachedWorkflows: environment.WORKER_CACHED_WORKFLOWS,
          workflowBundle: await workflows,
        }),
      ),
      ...regions.map(({ name }) =>
        serve(
          `region ${name}`,
          async () => {
            for (const warning of await prepareRegion(dependencies, name)) logger.warn({ region: name }, warning);
          },
          async () => ({
            ...common,
            taskQueue: regionTaskQueue(name),
          }),
        ),
      ),
    ]);
  } finally {
    await connection.close();
    await close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
