import type { Plan } from '../../contract/orders/order';
import type { RemovalReason, SuspensionReason } from '../../contract/tenants/reasons';
import type { Tenant } from '../../contract/schemas/tenants/tenant-schema';
import type { Access } from '../../contract/tenants/access';
import { changesFrom } from '../../contract/operations/kinds';
import type { OperationStatus } from '../../contract/operations/states';
import { NAME_HOLDING_STATES, type TenantState } from '../../contract/tenants/states';
import type { TrialEnd } from '../../contract/tenants/trials';
import { readLastGood } from './backups';
import { findPlacement, findPlacementReasons } from '../capacity/capacity';
import { maybeOne, type Queryable } from '../database';
import { listResources } from '../ledger/ledger';
import { ENDED, listRows, type TenantFilter } from './operation-filter';
import { microsOf, toPage, type Page } from '../pages';
import type { SkippedStep } from '../operations/resolutions';
import { readUsage, type StorageUsage } from '../maintenance/storage-usage';
import { HOLD_STANDS } from '../tenants/legal-holds';
import { TRIAL_GOES_ON } from '../tenants/trials';

interface TenantRow {
  tenantId: string;
  tenantName: string;
  plan: Plan;
  region: string | null;
  residency: string | null;
  state: TenantState;
  stateSince: Date;
  access: Access;
  /** These three are null unless it is suspended. */
  suspensionReason: SuspensionReason | null;
  suspendedSince: Date | null;
  suspendedBy: string | null;
  /** While leaving, once it was announced. */
  removalAt: Date | null;
  /** Of a tenant that is leaving or gone; null if none has removed it. */
  removal: { reason: RemovalReason | null; graceDays: number; export: boolean; operationId: string } | null;
  /** Of the operation that provisioned it, like `operationId` and `skipped`. */
  status: OperationStatus;
  operationId: string;
  skipped: SkippedStep[];
  createdAt: Date;
  micros: string;
  openOperation: NonNullable<Tenant['openOperation']> | null;
  legalHold: { since: string; until: string | null } | null;
  trial: { endsAt: string; then: TrialEnd } | null;
  arrears: { since: string; actionRequired: boolean } | null;
}

const REMOVAL_AT = `case when tenant.state = 'leaving' then (select removal_at from operation leaving
  where leaving.tenant_id = tenant.tenant_id and leaving.kind = 'deprovision' and leaving.completed_at is null) end`;

/** A removal that was called off is not the newest operation of a tenant in these states. */
const REMOVAL = `case when tenant.state in ('leaving', 'gone') then (select json_build_object('operationId', removal.operation_id,
    'reason', parameters ->> 'reason', 'graceDays', coalesce((parameters ->> 'graceDays')::int, 0),
    'export', coalesce((parameters ->> 'export')::boolean, false))
  from operation removal where removal.tenant_id = tenant.tenant_id and removal.kind = 'deprovision'
  order by created_at desc limit 1) end`;

const COLUMNS = `tenant.tenant_id as "tenantId", tenant.tenant_name as "tenantName", tenant.plan, tenant.region, tenant.residency,
  tenant.state, tenant.state_since as "stateSince", ${REMOVAL_AT} as "removalAt", ${REMOVAL} as removal, tenant.access, suspension.reason as "suspensionReason",
  suspension.since as "suspendedSince", suspension."operationId" as "suspendedBy", operation.status, tenant.operation_id as "operationId", operation.skipped,
  tenant.created_at as "createdAt", ${microsOf('tenant.created_at')} as micros,
  (select json_build_object('operationId', open.operation_id, 'kind', open.kind, 'status', open.status) from operation open
   where open.tenant_id = tenant.tenant_id and open.status not in (${ENDED})) as "openOperation",
  (select json_build_object('since', placed_at, 'until', until) from legal_hold
   where legal_hold.tenant_id = tenant.tenant_id and ${HOLD_STANDS}) as "legalHold",
  case when ${TRIAL_GOES_ON} then json_build_object('endsAt', trial_ends_at, 'then', trial_then) end as trial,
  (select json_build_object('since', since, 'actionRequired', action_required) from arrears
   where arrears.tenant_id = tenant.tenant_id and paid_at is null and tenant.state <> 'gone') as arrears`;

/** The newest suspension is looked up only for tenants that are suspended. */
const FROM = `tenant join operation on operation.operation_id = tenant.operation_id
  left join lateral (
    select change.parameters ->> 'reason' as reason, change.completed_at as since, change.operation_id as "operationId"
    from operation change
    where change.tenant_id = tenant.tenant_id and change.kind = 'suspend' and change.status = 'completed'
    order by change.completed_at desc limit 1) suspension on tenant.state = 'suspended'`;

/**
 * A page of tenants, newest first, without their resources. Unless the filter names a state or status, or asks for tenants that are gone, only
 * tenants that hold their name are listed.
 */
export async function listTenants(db: Queryable, filter: TenantFilter): Promise<Page<Tenant>> {
  const { state, status, withGone = false } = filter;
  const unfiltered = state === undefined && status === undefined && !withGone;
  const rows = await listRows<TenantRow>(
    db,
    { table: 'tenant', from: FROM, columns: COLUMNS },
    { ...filter, states: unfiltered ? NAME_HOLDING_STATES : undefined },
  );
  return toPage(rows, filter.limit, ({ micros, tenantId }) => ({ micros, id: tenantId }), viewTenant);
}

/** One tenant with all of its ledger rows; undefined if there is none, or if `caller` is given and did not order it. */
export async function readTenant(db: Queryable, tenantId: string, caller?: string): Promise<Tenant | undefined> {
  const row = await findTenant(db, tenantId, caller);
  if (!row) return undefined;
  const [placement, placementReasons, ledger, usage, lastGood, documents] = await Promise.all([
    findPlacement(db, tenantId),
    findPlacementReasons(db, tenantId),
    listResources(db, tenantId),
    readUsage(db, tenantId),
    readLastGood(db, tenantId),
    findDocuments(db, tenantId),
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
    ...documents,
  };
}

/** What the end of a tenant has left to be read. */
async function findDocuments(db: Queryable, tenantId: string) {
  return maybeOne<{ hasExport: boolean; hasCertificate: boolean }>(
    db,
    `select exists (select from tenant_export where tenant_id = $1) as "hasExport",
       exists (select from removal_certificate where tenant_id = $1) as "hasCertificate"`,
    [tenantId],
  );
}

/** A tenant's row; undefined if there is none, or if `caller` is given and did not order it. */
export async function findTenant(db: Queryable, tenantId: string, caller?: string): Promise<TenantRow | undefined> {
  return maybeOne<TenantRow>(
    db,
    `select ${COLUMNS} from ${FROM} where tenant.tenant_id = $1 and ($2::text is null or tenant.caller = $2)`,
    [tenantId, caller ?? null],
  );
}

function viewUsage({ bytes, versions, quotaBytes, overSince, measuredAt }: StorageUsage): Tenant['storage'] {
  return {
    bytes,
    versions,
    ...(quotaBytes === undefined ? {} : { quotaBytes }),
    writable: overSince === null,
    ...(overSince === null ? {} : { overSince: overSince.toISOString() }),
    measuredAt: measuredAt.toISOString(),
  };
}

function viewSuspension({ suspensionReason: reason, suspendedSince: since, suspendedBy: operationId }: TenantRow) {
  if (reason === null || since === null || operationId === null) return {};
  return { suspension: { reason, since: since.toISOString(), operationId } };
}

function viewTenant(row: TenantRow): Tenant {
  const { tenantId, tenantName, plan, region, state, stateSince, removalAt, access, status, operationId, createdAt } =
    row;
  return {
    tenantId,
    tenantName,
    plan,
    ...(region === null ? {} : { region }),
    state,
    stateSince: stateSince.toISOString(),
    // The row keeps what a removal that is called off goes back to.
    access: state === 'leaving' || state === 'gone' ? 'closed' : access,
    ...viewSuspension(row),
    ...(removalAt === null ? {} : { removalAt: removalAt.toISOString() }),
    ...(row.removal ? { removal: viewRemoval(row.removal) } : {}),
    status,
    operationId,
    createdAt: createdAt.toISOString(),
    ...(row.openOperation ? { openOperation: row.openOperation } : {}),
    verbs: row.openOperation ? [] : changesFrom(state),
    ...(row.legalHold ? { legalHold: viewHold(row.legalHold) } : {}),
    ...(row.trial ? { trial: { endsAt: new Date(row.trial.endsAt).toISOString(), then: row.trial.then } } : {}),
    ...(row.arrears ? { arrears: { ...row.arrears, since: new Date(row.arrears.since).toISOString() } } : {}),
  };
}

function viewRemoval({ reason, ...terms }: NonNullable<TenantRow['removal']>): Tenant['removal'] {
  return { ...terms, ...(reason === null ? {} : { reason }) };
}

function viewHold({ since, until }: { since: string; until: string | null }): Tenant['legalHold'] {
  return {
    since: new Date(since).toISOString(),
    ...(until === null ? {} : { until: new Date(until).toISOString() }),
  };
}
