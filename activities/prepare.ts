import { PROBE_TENANT_ID } from '../contract/ids';
import { registerAuditKey } from '../registry/audit-heads';
import { registerCells, type Cell } from '../registry/capacity';
import { transaction } from '../registry/database';
import { PROCESSOR_SERVICES, registerProcessors, registerRegions } from '../registry/places';
import { registerRegionPlans } from '../registry/region-offers';
import { createTenantKey } from '../registry/tenant-keys';
import type { Templates } from '../templates/load';
import type { Dependencies } from './dependencies';
import { toFailure, type Classify } from './failures';
import { together } from './operation';
import { plansServed } from './placement';
import { probeStorageSecrets } from './verify';

/** Long enough for a realm on an empty server; each provider's own calls are shorter. */
const PREPARE_MS = 120_000;

/** The services outside the regions, by what runs them. */
const PROCESSORS = { identity: 'Keycloak', billing: 'Stripe', mail: 'mail server' };

/**
 * The registry's own part, which everything else rests on: known regions and processors, known cells, the probe tenant's key and what
 * verifies audit heads. Throws when a region has moved.
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

/** Tells the registry which plans each of its regions serves: the API lists them. */
export async function prepareRegionPlans(dependencies: Dependencies, templates: Templates): Promise<void> {
  const plans = dependencies.regions.flatMap((region) => plansServed(dependencies, region, templates.list()));
  await registerRegionPlans(dependencies.pool, plans);
}

/**
 * What the tenants of one region share: pooled tables, logins and the permanent probe tenant. Idempotent, quick when it is there, safe
 * while other workers do the same. Resolves with warnings for the owner of a database server.
 */
export async function prepareRegion(dependencies: Dependencies, region: string): Promise<string[]> {
  const { kubernetes, pool, postgres, storage } = dependencies;
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
      // One at a time: a probe key that the provider makes must not be made by two workers at once.
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

/** What all tenants share: the identity realm, and products, prices and meters. Idempotent like {@link prepareRegion}. */
export async function prepareGlobal({ billing, keycloak }: Dependencies, templates: Templates): Promise<void> {
  await together(
    classified(keycloak.prepare(AbortSignal.timeout(PREPARE_MS)), 'the identity realm', keycloak.classify),
    classified(
      billing.prepareBilling(templates.list(), AbortSignal.timeout(PREPARE_MS)),
      'products, prices and meters',
      billing.classify,
    ),
  );
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
