import { readFileSync } from 'node:fs';
import { Context } from '@temporalio/activity';
import type { Dependencies } from '../activities/dependencies';
import { createEffects } from '../activities/effects/effect';
import { createKindTable } from '../activities/effects/kind-table';
import { resourceSecrets } from '../activities/effects/resource-secrets';
import { createBackupRuns } from '../activities/temporal/backup-runs';
import { createOperationRuns } from '../activities/temporal/operation-runs';
import { createTrialRuns } from '../activities/temporal/trial-runs';
import { KNOWN_CHECKS } from '../activities/verification/check-catalogue';
import type { WorkerEnvironment } from '../config/environment';
import { VERSION } from '../config/version';
import { loadProcessors, type RegionSettings } from '../config/regions';
import { PROBE_TENANT_ID } from '../contract/ids';
import { createKeycloak } from '../providers/keycloak/keycloak';
import { createAuditSigner } from '../providers/keys/audit-signer';
import { createKeys } from '../providers/keys/keys';
import { createKubernetes } from '../providers/kubernetes/kubernetes';
import { createMailer } from '../providers/mail/mailer';
import { createPostgres } from '../providers/postgres/postgres';
import { createRegistryKinds } from '../providers/registry/kinds';
import { createS3Scanner } from '../providers/scanner/s3-scanner';
import { createStorage } from '../providers/storage/storage';
import { createEdge, type EdgeSettings } from '../providers/edge/edge';
import { createDomainProofs } from '../providers/dns/domain-proofs';
import { createSsoProbe } from '../providers/sso/sso-probe';
import { createWebhookSender } from '../providers/webhooks/sender';
import { createBilling } from '../providers/stripe/stripe';
import { createRegistryPool } from '../registry/database';
import type { Waiting } from '../registry/evidence/scans';
import type { ProcessMetrics } from '../metrics/register';
import { loadBaseline } from '../templates/baseline';

/** The worker's dependencies, and how to close them. */
export interface Composition {
  dependencies: Dependencies;
  close(): Promise<void>;
}

/** Builds every provider's client and everything else the activities need from the environment. Contacts nothing yet. */
export function compose(
  environment: WorkerEnvironment,
  regions: RegionSettings[],
  namespace: string,
  metrics: Pick<ProcessMetrics, 'count' | 'observe'>,
): Composition {
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
  const sharedSecrets = resourceSecrets(pool, keys, PROBE_TENANT_ID, 'shared');
  const providers = {
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
    edge: createEdge(edgeOf(environment)),
    mailer: createMailer({ url: environment.SMTP_URL, from: environment.MAIL_FROM }),
    scanner: createS3Scanner(environment.S3SCANNER_BIN, regions),
  };
  const kinds = createKindTable(providers);
  const effects = createEffects({
    pool,
    keys,
    kindOf: kinds.find,
    signal,
    lateRequestSeconds: environment.LATE_REQUEST_SECONDS,
    repeatedRequestSeconds: environment.REPEATED_REQUEST_SECONDS,
  });
  const runs = createOperationRuns(() => Context.current().client);
  const backupRuns = createBackupRuns(() => Context.current().client);
  const trialRuns = createTrialRuns(() => Context.current().client);
  const settings = {
    publicUrl: environment.PUBLIC_URL,
    temporalUiUrl: environment.TEMPORAL_UI_URL,
    temporalNamespace: namespace,
    appDomain: environment.APP_DOMAIN,
    operatorMail: environment.OPERATOR_MAIL,
    approverMail: environment.APPROVER_MAIL,
    compensationSeconds: environment.COMPENSATION_SECONDS,
    eventRetentionDays: environment.EVENT_RETENTION_DAYS,
    sweep: { graceSeconds: environment.SWEEP_GRACE_SECONDS, leaseSeconds: environment.SWEEP_LEASE_SECONDS },
  };
  return {
    dependencies: {
      ...providers,
      pool,
      regions,
      effects,
      kinds,
      runs,
      backupRuns,
      trialRuns,
      sharedSecrets,
      signal,
      activity,
      execution,
      settings,
      processors: loadProcessors(environment.REGIONS_FILE, process.env),
      baseline: loadBaseline(environment.TEMPLATES_DIR, KNOWN_CHECKS),
      auditSigner: createAuditSigner(environment.AUDIT_SIGNING_KEY),
      domainProofs: createDomainProofs(environment.DNS_SERVERS),
      ssoProbe: createSsoProbe({ internalNetworks: environment.WEBHOOK_INTERNAL_NETWORKS }),
      webhookSender: createWebhookSender({
        internalNetworks: environment.WEBHOOK_INTERNAL_NETWORKS,
        version: VERSION,
      }),
      noteWebhookAttempt: (outcome, seconds) => {
        metrics.count('provisioner_webhook_attempts_total', { outcome });
        if (seconds !== undefined) metrics.observe('provisioner_webhook_delivery_seconds', {}, seconds);
      },
    },
    close: async () => {
      const { postgres, storage, kubernetes, keycloak, billing, mailer } = providers;
      keys.close();
      storage.close();
      await Promise.allSettled([postgres, kubernetes, keycloak, billing, mailer].map((provider) => provider.close()));
      await pool.end();
    },
  };
}

/** Undefined where no edge is configured. */
function edgeOf({
  EDGE_ADDRESS: address,
  EDGE_UPSTREAM: upstream,
  EDGE_ROOTS_FILE: rootsFile,
  CADDY_ADMIN_URL: adminUrl,
  CADDY_STORAGE_DIR: storageDir,
}: WorkerEnvironment): EdgeSettings | undefined {
  if (address === undefined || upstream === undefined || adminUrl === undefined || storageDir === undefined)
    return undefined;
  const trusted = rootsFile === undefined ? undefined : readFileSync(rootsFile, 'utf8');
  return { address, upstream, adminUrl, storageDir, trusted };
}
