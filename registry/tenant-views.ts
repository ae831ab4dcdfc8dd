import type { Plan } from '../contract/order';
import type { Tenant } from '../contract/schemas/tenant-schema';
import { CLEAN_STATUSES, type OperationStatus } from '../contract/states';
import { readLastGood } from './backup-views';
import { findPlacement, findPlacementReasons } from './capacity';
import { maybeOne, type Queryable } from './database';
import { listResources } from './ledger';
import { listRows, type OperationFilter } from './operation-filter';
import { microsOf, toPage, type Page } from './pages';
import type { SkippedStep } from './resolutions';
import { readUsage, type StorageUsage } from './storage-usage';

interface TenantRow {
  tenantId: string;
  tenantName: string;
  plan: Plan;
  region: string | null;
  residency: string | null;
  status: OperationStatus;
  operationId: string;
  skipped: SkippedStep[];
  createdAt: Date;
  micros: string;
}

// A tenant is what its first operation says of it.
const COLUMNS = `tenant_id as "tenantId", tenant_name as "tenantName", plan, region, residency, status, operation_id as "operationId", skipped,
  created_at as "createdAt", ${microsOf('created_at')} as micros`;

/** A page of tenants, newest first, without their resources: those that hold their name, unless a status is asked for. */
export async function listTenants(db: Queryable, filter: OperationFilter): Promise<Page<Tenant>> {
  const held =
    filter.status === undefined ? [`status not in (${CLEAN_STATUSES.map((status) => `'${status}'`).join()})`] : [];
  const rows = await listRows<TenantRow>(db, COLUMNS, 'tenant_id', filter, [`kind = 'provision'`, ...held]);
  return toPage(rows, filter.limit, ({ micros, tenantId }) => ({ micros, id: tenantId }), viewTenant);
}

/** One tenant with everything the ledger has of it; undefined when there is none, or somebody else than `caller` ordered it. */
export async function readTenant(db: Queryable, tenantId: string, caller?: string): Promise<Tenant | undefined> {
  const row = await findTenant(db, tenantId, caller);
  if (!row) return undefined;
  const [placement, placementReasons, ledger, usage, lastGood] = await Promise.all([
    findPlacement(db, tenantId),
    findPlacementReasons(db, tenantId),
    listResources(db, tenantId),
    readUsage(db, tenantId),
    readLastGood(db, tenantId),
  ]);
  return {
    ...viewTenant(row),
    ...(placement ? { placement, placementReasons } : {}),
    resources: ledger.map(({ kind, provider, region, name, externalId, state, step, facts }) => ({
      kind,
      provider,
      region,
      id: externalId ?? name,
      state,
      step,
      facts,
    })),
    skippedSteps: row.skipped,
    ...(usage ? { storage: viewUsage(usage) } : {}),
    ...lastGood,
  };
}

/** A tenant's row; undefined when there is none, or somebody else than `caller` ordered it. */
export async function findTenant(db: Queryable, tenantId: string, caller?: string): Promise<TenantRow | undefined> {
  return maybeOne<TenantRow>(
    db,
    `select ${COLUMNS} from operation where kind = 'provision' and tenant_id = $1 and ($2::text is null or caller = $2)`,
    [tenantId, caller ?? null],
  );
}

function viewUsage({ bytes, versions, quotaBytes, overSince, measuredAt }: StorageUsage): Tenant['storage'] {
  return {
    ...{ bytes, versions, ...(quotaBytes === undefined ? {} : { quotaBytes }) },
    writable: overSince === null,
    ...(overSince === null ? {} : { overSince: overSince.toISOString() }),
    measuredAt: measuredAt.toISOString(),
  };
}

function viewTenant({ tenantId, tenantName, plan, region, status, operationId, createdAt }: TenantRow): Tenant {
  return {
    tenantId,
    tenantName,
    plan,
    ...(region === null ? {} : { region }),
    status,
    operationId,
    createdAt: createdAt.toISOString(),
  };
}
