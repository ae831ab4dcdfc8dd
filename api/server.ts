import { Client } from '@temporalio/client';
import { createKeys } from '../providers/keys/keys';
import { apiEnvironment, type ApiEnvironment } from '../config/environment';
import { staffConfiguration } from '../config/staff';
import { logProcessWarnings } from '../config/process-warnings';
import { loadRegionKeys } from '../config/regions';
import { clientConverter } from '../contract/temporal/data-converter';
import { createDomainProofs } from '../providers/dns/domain-proofs';
import { ssoEntityId, ssoRedirectUri } from '../providers/keycloak/sso/redirect-uri';
import { createSsoProbe } from '../providers/sso/sso-probe';
import type { Directory } from '../providers/port/directory';
import type { ApiDependencies } from './dependencies';
import { signedEvent } from '../providers/stripe/signature';
import { createRegistryPool } from '../registry/database';
import { migrateRegistry } from '../registry/migrate';
import { recordTemplateVersion } from '../registry/templates/versions';
import { describeProcess } from '../metrics/process';
import { loadTemplates } from '../templates/load';
import { startTracing, type Tracing } from '../tracing/tracing';
import { createApiKeyUse } from './access/api-key-use';
import { createApp } from './app';
import { createEstimates } from './estimates/estimates';
import { EventFeed } from './events/feed';
import { listen } from './http/listen';
import { causeOf, createLogger } from './http/log';
import { createMetrics } from './metrics';
import { startPublisher } from './metrics/publisher';
import { groupRoles } from './staff/settings';
import { createLastPolled } from './temporal/pollers';
import { startRelay } from './temporal/relay';
import { createTemporalRuns } from './temporal/runs';
import { temporalConnection } from './temporal/connection';

/** A running API. */
export interface RunningApi {
  url: string;
  /** Stops gracefully: requests in progress finish first. */
  stop(): Promise<void>;
}

/**
 * Starts the API: migrates the registry, listens, and starts the relay. Temporal may be down. Throws if the registry cannot be reached, a
 * template is invalid or the port is taken.
 */
export async function startApi(env: ApiEnvironment): Promise<RunningApi> {
  let tracing: Tracing | undefined = undefined;
  const logger = createLogger(env.LOG_LEVEL, 'api', undefined, () => tracing?.logFields() ?? {});
  logProcessWarnings(logger);
  tracing = await startTracing('api', env, logger);
  const publicUrl = env.PUBLIC_URL ?? defaultPublicUrl(env);
  const configured = staffConfiguration(env, publicUrl);
  const staff = configured && { ...configured, roles: groupRoles(configured.roles) };
  const templates = loadTemplates(env.TEMPLATES_DIR);
  const logins = { url: env.REGISTRY_URL, ownerUrl: env.REGISTRY_OWNER_URL };
  const { appendOnly } = await migrateRegistry(logins, (line) => logger.debug(line));
  if (!appendOnly)
    logger.warn(
      'REGISTRY_URL is a login that owns the registry, so nothing enforces that the audit trail is append-only',
    );
  const pool = createRegistryPool(env.REGISTRY_URL, env.REGISTRY_POOL_SIZE, 'provisioner-api');
  for (const template of templates.list())
    await recordTemplateVersion(pool, templates.fingerprint(template.subscriptionPlan), template);
  const regions = env.REGIONS_FILE === undefined ? [] : loadRegionKeys(env.REGIONS_FILE, process.env);
  const keys = createKeys(env.KEY_RING, regions);
  const temporal = temporalConnection(env.temporal.connectionOptions);
  const client = new Client({
    connection: temporal.connection,
    namespace: env.temporal.namespace,
    dataConverter: clientConverter(env.CODEC_KEY_RING),
    ...(tracing && { interceptors: tracing.clientInterceptors }),
  });
  const approvalDeadlineSeconds = env.APPROVAL_DEADLINE_HOURS * 3600;
  const runs = createTemporalRuns(client, {
    approvalDeadlineSeconds,
    compensationSeconds: env.COMPENSATION_SECONDS,
    acceptUnverifiedApproval: env.ACCEPT_UNVERIFIED_APPROVAL,
  });
  const secrets = env.STRIPE_WEBHOOK_SECRET;
  const apiKeyUse = createApiKeyUse(pool, logger);
  const events = new EventFeed(pool, logger);
  const metrics = createMetrics(pool);
  describeProcess(metrics.process, pool, undefined);
  const lastPolled = createLastPolled(client);
  const app = createApp(
    {
      pool,
      keys,
      codecRing: env.CODEC_KEY_RING,
      runs,
      events,
      estimates: createEstimates({ pool, lastPolled, compensationSeconds: env.COMPENSATION_SECONDS }),
      templates,
      directory: await directoryOf(env),
      domainProofs: createDomainProofs(env.DNS_SERVERS),
      ...ssoOf(env),
      edgeAddress: env.EDGE_ADDRESS,
      approvalDeadlineSeconds,
      readiness: {
        registry: async () => void (await pool.query('select 1')),
        temporal: () => runs.ping(),
      },
      apiKeyUse,
      logger,
      tracing,
      publicUrl,
      appDomain: env.APP_DOMAIN,
      internalNetworks: env.WEBHOOK_INTERNAL_NETWORKS,
      consoleDir: env.CONSOLE_DIR,
      billingEvent: secrets && ((body, signature) => signedEvent(body, signature, secrets)),
      offersTestCards: env.STRIPE_TEST_CARDS,
      operatorUrls: { temporalUi: env.TEMPORAL_UI_URL, temporalNamespace: env.temporal.namespace },
      rateLimit: { perMinute: env.RATE_LIMIT_PER_MINUTE, verificationsPerMinute: env.VERIFICATIONS_PER_MINUTE },
      trustedProxies: env.TRUSTED_PROXIES,
      staff,
      staffRoles: staff && Object.fromEntries(staff.roles),
    },
    metrics,
  );
  const server = await listen(app, env.HOST, env.PORT);
  const relay = startRelay({ pool, runs, logger });
  const publisher = startPublisher({ pool, lastPolled, logger });
  const url = urlOf(env.HOST, server.port);
  logger.info({ url }, 'api listening');
  return {
    url,
    stop: async () => {
      await Promise.all([server.close(), relay.stop(), publisher.stop(), events.stop()]);
      await apiKeyUse.flush();
      keys.close();
      await Promise.all([pool.end(), temporal.close(), tracing?.close()]);
      logger.info('api stopped');
    },
  };
}

/** Undefined unless the identity provider is configured. Its client is loaded only then, so that other APIs start without it. */
async function directoryOf(env: ApiEnvironment): Promise<Directory | undefined> {
  const { KEYCLOAK_URL: url, KEYCLOAK_REALM: realm, KEYCLOAK_CLIENT_ID: clientId } = env;
  const clientSecret = env.KEYCLOAK_CLIENT_SECRET;
  if (url === undefined || clientSecret === undefined) return undefined;
  const { createKeycloakDirectory } = await import('../providers/keycloak/directory/directory.js');
  return createKeycloakDirectory({ url, realm, clientId, clientSecret });
}

/** What connects customers' identity providers; nothing without one of our own. */
function ssoOf({
  KEYCLOAK_URL: url,
  KEYCLOAK_REALM: realm,
  WEBHOOK_INTERNAL_NETWORKS: internalNetworks,
}: ApiEnvironment): Pick<ApiDependencies, 'ssoEntityId' | 'ssoProbe' | 'ssoRedirectUri'> {
  if (url === undefined) return {};
  return {
    ssoProbe: createSsoProbe({ internalNetworks }),
    ssoEntityId: ssoEntityId({ url, realm }),
    ssoRedirectUri: (tenantId) => ssoRedirectUri({ url, realm }, tenantId),
  };
}

function defaultPublicUrl({ HOST, PORT }: ApiEnvironment): string {
  if (PORT === 0) throw new Error('With PORT=0 the URL is not known in advance: set PUBLIC_URL or a fixed PORT.');
  return urlOf(HOST, PORT);
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function main(): Promise<void> {
  const api = await startApi(apiEnvironment(process.env));
  const stop = (): void => {
    // A second signal ends the process immediately, as if it were not handled at all.
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
