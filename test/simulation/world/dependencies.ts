import { createEffects } from '../../../activities/effects/effect';
import { createKindTable } from '../../../activities/effects/kind-table';
import { resourceSecrets } from '../../../activities/effects/resource-secrets';
import type { Dependencies } from '../../../activities/dependencies';
import { createBackupRuns } from '../../../activities/temporal/backup-runs';
import { createOperationRuns } from '../../../activities/temporal/operation-runs';
import { createTrialRuns } from '../../../activities/temporal/trial-runs';
import { PROBE_TENANT_ID } from '../../../contract/ids';
import type { AuditSigner } from '../../../providers/keys/audit-signer';
import type { Keys } from '../../../providers/keys/keys';
import type { WebhookSender } from '../../../providers/webhooks/sender';
import { createVictoria } from '../../../providers/monitoring/victoria/victoria';
import { createRegistryKinds } from '../../../providers/registry/kinds';
import { createS3Scanner } from '../../../providers/scanner/s3-scanner';
import type { Baseline } from '../../../templates/baseline';
import type { ProvisioningTemplate } from '../../../templates/template';
import type { VirtualClock } from './clock';
import type { AttemptContext } from './temporal/options';
import type { Orchestrator } from './temporal/orchestrator';
import { createSimulatedProviders, simulatedRegions } from './providers';
import type { SimulatedRegistry } from './registry';
import type { World } from './world';

/** As long as the longest outage: a frozen server executes its pending requests when it resumes. */
const LATE_REQUEST_SECONDS = 120;

/** The product's default. */
const REPEATED_REQUEST_SECONDS = 5;

/** Longer than every outage and every late request. */
export const COMPENSATION_SECONDS = 900;

/** Names a key that is registered but never signs: neither the export of audit heads nor a removal is simulated. */
export const auditSigner: AuditSigner = {
  publicJwk: () => Promise.resolve({ kid: 'simulated' }),
  sign: () => Promise.reject(new Error('no')),
  certify: () => Promise.reject(new Error('no')),
};

/** The simulation has no webhook endpoints. */
const webhookSender: WebhookSender = { send: () => Promise.reject(new Error('no')) };

/** Where a simulated worker runs. */
export interface Surroundings {
  clock: VirtualClock;
  registry: SimulatedRegistry;
  keys: Keys;
  baseline: Baseline;
  world: World;
  client(): ReturnType<Orchestrator['client']>;
  /** The template of the tenant, for its checks. */
  template(): ProvisioningTemplate;
}

/** Composes the dependencies of a worker whose providers' side is a {@link World}. */
export function simulatedDependencies(surroundings: Surroundings): Dependencies {
  const { clock, registry, keys, baseline, world, client, template } = surroundings;
  const { pool } = registry;
  const regions = simulatedRegions();
  const attempt = (): AttemptContext => clock.owner.getStore() as AttemptContext;
  const signal = (): AbortSignal => attempt().cancellationSignal;
  const sharedSecrets = resourceSecrets(pool, keys, PROBE_TENANT_ID, 'shared');
  const adapters = {
    keys,
    registry: createRegistryKinds(pool, keys),
    // No simulated region has such servers.
    monitoring: createVictoria(regions, pool, sharedSecrets),
    ...createSimulatedProviders(world, regions, sharedSecrets, template),
  };
  const kinds = createKindTable(adapters);
  const effects = createEffects({
    pool,
    keys,
    signal,
    kindOf: kinds.find,
    lateRequestSeconds: LATE_REQUEST_SECONDS,
    repeatedRequestSeconds: REPEATED_REQUEST_SECONDS,
  });
  return {
    ...adapters,
    pool,
    regions,
    effects,
    kinds,
    sharedSecrets,
    signal,
    baseline,
    auditSigner,
    webhookSender,
    domainProofs: { look: () => Promise.resolve('unanswered') },
    ssoProbe: { readMetadata: () => Promise.resolve({ findings: [] }) },
    noteWebhookAttempt: () => {},
    processors: {},
    scanner: createS3Scanner(undefined, regions),
    runs: createOperationRuns(client),
    backupRuns: createBackupRuns(client),
    trialRuns: createTrialRuns(client),
    activity: () => `${attempt().info.workflowExecution.runId}/${attempt().info.activityId}`,
    execution: () => ({ ...attempt().info.workflowExecution, activityId: attempt().info.activityId }),
    settings: {
      publicUrl: 'http://api.simulated',
      temporalNamespace: 'default',
      appDomain: 'app.simulated',
      operatorMail: ['operators@provider.example'],
      approverMail: ['approvers@provider.example'],
      compensationSeconds: COMPENSATION_SECONDS,
      eventRetentionDays: 0,
      sweep: { graceSeconds: 3600, leaseSeconds: 3600 },
    },
  };
}
