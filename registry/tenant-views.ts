import type { Plan } from '../contract/order';
import type { Tenant } from '../contract/schemas/tenant-schema';
import { CLEAN_STATUSES, type OperationStatus } from '../contract/states';
import { readLastGood } from './backup-views';
import { findPlacement, findPlacementReasons } from './capacity';
import { maybeOne, type Queryable } from './database';
import { listResources } from './ledger';
import { isBehind, microsOf, toPage, type Page, type PageRequest } from './pages';
import type { SkippedStep } from './resolutions';
import { readUsage, type StorageUsage } from './storage-usage';

/** Which tenants are asked for. */
export interface TenantFilter extends PageRequest {
  /** Only those this caller ordered. */
  caller?: string | undefined;
  /** Without it, all that still hold their name. */
  status?: OperationStatus | undefined;
  plan?: Plan | undefined;
}

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

/** A page of tenants, newest first, without their resources. */
export async function listTenants(db: Queryable, filter: TenantFilter): Promise<Page<Tenant>> {
  const { rows } = await db.query<TenantRow>(
    `select ${COLUMNS} from operation
     where kind = 'provision' and ($1::text is null or caller = $1) and ($3::text is null or plan = $3)
       and (status = $2 or ($2::text is null and status <> all($4)))
       and ${isBehind('created_at', 'tenant_id', 5, 6)}
     order by created_at desc, tenant_id desc limit $7`,
    [
      filter.caller ?? null,
      filter.status ?? null,
      filter.plan ?? null,
      CLEAN_STATUSES,
      filter.after?.micros ?? null,
      filter.after?.id ?? null,
      filter.limit + 1,
    ],
  );
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
