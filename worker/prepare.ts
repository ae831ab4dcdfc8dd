import { PROBE_TENANT_ID } from '../contract/ids';
import { registerAuditKey } from '../registry/audit/heads';
import { registerCells, type Cell } from '../registry/capacity/capacity';
import { recordPlanPrice, type PlanPrice } from '../registry/billing/plan-prices';
import { transaction } from '../registry/database';
import { PROCESSOR_SERVICES, registerProcessors, registerRegions } from '../registry/capacity/regions';
import { registerRegionPlans } from '../registry/capacity/region-offers';
import { registerRegionProfiles } from '../registry/capacity/region-profiles';
import { createTenantKey } from '../registry/keys/tenant-keys';
import type { Templates } from '../templates/load';
import type { ProvisioningTemplate } from '../templates/template';
import type { Dependencies } from '../activities/dependencies';
import { toFailure, type Classify } from '../providers/port/failures';
import { together } from '../activities/operations/load-operation';
import { plansServed, profileOf } from '../activities/provision/placement';
import { probeStorageSecrets } from '../activities/verification/verify';

/** Long enough to set up a realm on an empty server. The individual calls to a provider have shorter time-outs. */
const PREPARE_MS = 120_000;

/** Longest wait for a price, in milliseconds. */
const PRICE_MS = 10_000;

/** Default names of the processors of the services outside the regions. */
const PROCESSORS = { identity: 'Keycloak', billing: 'Stripe', mail: 'mail server' };

/**
 * Prepares the registry, on which everything else depends: regions, processors, cells, the probe tenant's key and the public key that
 * verifies audit heads. Throws if a region's jurisdiction has changed.
 */
export async function prepareRegistry({
  pool,
  keys,
  regions,
  processors,
  auditSigner,
}: Pick<Dependencies, 'pool' | 'keys' | 'regions' | 'processors' | 'auditSigner'>): Promise<void> {
  await registerRegions(
    pool,
    regions.map(({ name: region, jurisdiction }) => ({ region, jurisdiction })),
  );
  await registerProcessors(
    pool,
    PROCESSOR_SERVICES.map((service) => {
      const stated = processors[service];
      return { service, name: stated?.name ?? PROCESSORS[service], jurisdiction: stated?.jurisdiction ?? null };
    }),
  );
  const auditKey = await auditSigner.publicJwk();
  await registerAuditKey(pool, auditKey.kid, auditKey);
  await registerCells(pool, regions.flatMap(cellsOf));
  await createTenantKey(pool, keys, PROBE_TENANT_ID);
}

/** Records in the registry what each region can do and which plans it serves, because the API reads them from there. */
export async function prepareRegionPlans(
  dependencies: Pick<Dependencies, 'keys' | 'kubernetes' | 'pool' | 'regions' | 'storage'>,
  templates: Templates,
): Promise<void> {
  const plans = dependencies.regions.flatMap((region) => plansServed(dependencies, region, templates.list()));
  await registerRegionPlans(dependencies.pool, plans);
  const profiles = dependencies.regions.map((region) => profileOf(dependencies, region));
  await registerRegionProfiles(dependencies.pool, profiles);
}

/**
 * Prepares what the tenants of a region share: pooled tables, logins and the permanent probe tenant. Idempotent, quick if all is there, and
 * safe while other workers do the same. Resolves with warnings for the owner of a database server.
 */
export async function prepareRegion(
  dependencies: Pick<Dependencies, 'effects' | 'kubernetes' | 'monitoring' | 'pool' | 'postgres' | 'storage'>,
  region: string,
): Promise<string[]> {
  const { kubernetes, monitoring, pool, postgres, storage } = dependencies;
  let warnings: string[] = [];
  await together(
    classified(
      postgres.prepare(region).then((open) => void (warnings = open)),
      `the database cells of ${region}`,
      postgres.classify,
    ),
    classified(
      kubernetes.prepare(region, AbortSignal.timeout(PREPARE_MS)),
      `the cluster of ${region}`,
      kubernetes.classify,
    ),
    classified(
      monitoring.prepare(region, AbortSignal.timeout(PREPARE_MS)),
      `the monitoring of ${region}`,
      monitoring.classify,
    ),
    classified(
      // One worker at a time, because two workers must not create the probe tenant's storage key at the same time.
      transaction(pool, async (client) => {
        await client.query(`select pg_advisory_xact_lock(hashtextextended('prepare-storage:' || $1, 0))`, [region]);
        const secrets = probeStorageSecrets(dependencies, region);
        await storage.forRegion(region).prepare(secrets, AbortSignal.timeout(PREPARE_MS));
      }),
      `the storage of ${region}`,
      storage.classify,
    ),
  );
  return warnings;
}

/**
 * Prepares what all tenants share: the identity realm, and products, prices and meters. Idempotent, like {@link prepareRegion}. Also records what
 * the first invoice of each plan comes to, because the API shows it from there.
 */
export async function prepareGlobal(
  { billing, keycloak, pool }: Pick<Dependencies, 'billing' | 'keycloak' | 'pool'>,
  templates: Templates,
): Promise<void> {
  await together(
    classified(keycloak.prepare(AbortSignal.timeout(PREPARE_MS)), 'the identity realm', keycloak.classify),
    classified(
      billing.prepareBilling(templates.list(), AbortSignal.timeout(PREPARE_MS)),
      'products, prices and meters',
      billing.classify,
    ),
  );
  for (const template of templates.list()) {
    for (const cycle of ['monthly', 'yearly'] as const)
      await recordPlanPrice(pool, await askPrice({ billing }, template, cycle));
  }
}

/** What the billing provider says about a plan's price. That it does not say it delays nothing. */
async function askPrice(
  { billing }: Pick<Dependencies, 'billing'>,
  template: ProvisioningTemplate,
  cycle: PlanPrice['cycle'],
): Promise<PlanPrice> {
  const { subscriptionPlan: plan } = template;
  try {
    const { currency, due } = await billing.previewFirstInvoice(template, cycle, AbortSignal.timeout(PRICE_MS));
    return { plan, cycle, currency, due, problem: null };
  } catch (error) {
    const { message } = toFailure(error, `the first invoice of plan ${plan}`, billing.classify);
    return { plan, cycle, currency: template.billing.currency, due: null, problem: message };
  }
}

async function classified(work: Promise<void>, what: string, classify: Classify): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw toFailure(error, `preparing ${what}`, classify);
  }
}

function cellsOf({ name: region, database, storage, compute }: Dependencies['regions'][number]): Cell[] {
  const kubernetes = compute.kubernetes ? [compute.kubernetes] : [];
  return [
    ...database.cells.map(({ name: cell, capacity }) => ({ region, kind: 'database' as const, cell, capacity })),
    { region, kind: 'storage', cell: storage.name, capacity: storage.capacity },
    ...[...compute.pool, ...kubernetes].map(({ name: cell, capacityCpuMillis: capacity }) => ({
      region,
      kind: 'compute' as const,
      cell,
      capacity,
    })),
  ];
}
