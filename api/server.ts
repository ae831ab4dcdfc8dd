import { Client } from '@temporalio/client';
import { collectDefaultMetrics } from 'prom-client';
import { createKeys } from '../activities/adapters/keys/keys';
import { apiEnvironment, type ApiEnvironment } from '../config/environment';
import { logProcessWarnings } from '../config/process-warnings';
import { loadRegionKeys } from '../config/regions';
import { clientConverter } from '../contract/data-converter';
import { createRegistryPool } from '../registry/database';
import { migrateRegistry } from '../registry/migrate';
import { loadTemplates } from '../templates/load';
import { createApiKeyUse } from './api-key-use';
import { createApp } from './app';
import { listen } from './listen';
import { causeOf, createLogger } from './log';
import { createMetrics } from './metrics';
import { startRelay } from './relay';
import { createTemporalRuns } from './runs';
import { temporalConnection } from './temporal';

/** An API that runs. */
export interface RunningApi {
  url: string;
  /** Stops gracefully: requests under way finish first. */
  stop(): Promise<void>;
}

/**
 * Starts the API: brings the registry up to date, listens, and begins to relay. Temporal need not be there. Throws when the registry
 * cannot be reached, a template is broken or the port is taken.
 */
export async function startApi(env: ApiEnvironment): Promise<RunningApi> {
  const logger = createLogger(env.LOG_LEVEL, 'api');
  logProcessWarnings(logger);
  const publicUrl = env.PUBLIC_URL ?? defaultPublicUrl(env);
  const templates = loadTemplates(env.TEMPLATES_DIR);
  const logins = { url: env.REGISTRY_URL, ownerUrl: env.REGISTRY_OWNER_URL };
  const { appendOnly } = await migrateRegistry(logins, (line) => logger.debug(line));
  if (!appendOnly)
    logger.warn(
      'REGISTRY_URL is a login that owns the registry: nothing enforces that the audit trail is only added to',
    );
  const pool = createRegistryPool(env.REGISTRY_URL, env.REGISTRY_POOL_SIZE, 'provisioner-api');
  const regions = env.REGIONS_FILE === undefined ? [] : loadRegionKeys(env.REGIONS_FILE, process.env);
  const keys = createKeys(env.KEY_RING, regions);
  const temporal = temporalConnection(env.temporal.connectionOptions);
  const client = new Client({
    connection: temporal.connection,
    namespace: env.temporal.namespace,
    dataConverter: clientConverter(env.CODEC_KEY_RING),
  });
  const runs = createTemporalRuns(client, {
    approvalDeadlineSeconds: env.APPROVAL_DEADLINE_HOURS * 3600,
    compensationSeconds: env.COMPENSATION_SECONDS,
    acceptUnverifiedApproval: env.ACCEPT_UNVERIFIED_APPROVAL,
  });
  const apiKeyUse = createApiKeyUse(pool, logger);
  const metrics = createMetrics(pool);
  collectDefaultMetrics({ register: metrics.registry });
  const app = createApp(
    {
      pool,
      keys,
      codecRing: env.CODEC_KEY_RING,
      runs,
      templates,
      readiness: {
        registry: async () => void (await pool.query('select 1')),
        temporal: () => runs.ping(),
      },
      apiKeyUse,
      logger,
      publicUrl,
      appDomain: env.APP_DOMAIN,
      operatorUrls: { temporalUi: env.TEMPORAL_UI_URL },
      rateLimit: { perMinute: env.RATE_LIMIT_PER_MINUTE, verificationsPerMinute: env.VERIFICATIONS_PER_MINUTE },
      trustedProxies: env.TRUSTED_PROXIES,
    },
    metrics,
  );
  const server = await listen(app, env.HOST, env.PORT);
  const relay = startRelay({ pool, runs, logger });
  const url = urlOf(env.HOST, server.port);
  logger.info({ url }, 'api listening');
  return {
    url,
    stop: async () => {
      await Promise.all([server.close(), relay.stop()]);
      await apiKeyUse.flush();
      keys.close();
      await Promise.all([pool.end(), temporal.close()]);
      logger.info('api stopped');
    },
  };
}

function defaultPublicUrl({ HOST, PORT }: ApiEnvironment): string {
  if (PORT === 0) throw new Error('With PORT=0 nobody can know the URL before: set PUBLIC_URL, or a port.');
  return urlOf(HOST, PORT);
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function main(): Promise<void> {
  const api = await startApi(apiEnvironment(process.env));
  const stop = (): void => {
    // A second signal ends the process as it would without us.
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
    void api.stop();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
}

if (require.main === module)
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(causeOf(error).message)}\n`);
    process.exit(1);
  });
