import type { FindingReason } from '../contract/sweeps';
import { maybeOne, type Queryable } from './database';

/** Seconds after which a claim counts as its sweeper's last word: longer than an activity of a sweep may take. */
const CLAIM_SECONDS = 900;

/** Where findings are: what one kind holds in one region. */
export interface FindingPlace {
  provider: string;
  kind: string;
  region: string;
}

/** Something met that nobody owns. */
export interface Finding extends FindingPlace {
  reason: FindingReason;
  cell: string;
  name: string;
  /** The provider's id; an operation's for a lost run. */
  externalId: string;
  tenantId: string;
  operationId: string | null;
}

/** A finding that this caller, and nobody else, is to do something about. */
export interface ClaimedFinding extends Finding {
  findingId: string;
}

/** A sweep, as far as findings depend on it. */
export interface FoundBy {
  sweepId: string;
  graceSeconds: number;
}

/**
 * What a look at one place has met replaces what was open there: new ones are quarantined until their grace has passed, known ones stay as they
 * are, and those no longer met are released. Returns how many were released.
 */
export async function quarantine(
  db: Queryable,
  place: FindingPlace,
  found: Finding[],
  { sweepId, graceSeconds }: FoundBy,
): Promise<number> {
  await db.query(
    `insert into quarantine (reason, kind, provider, region, cell, name, external_id, tenant_id, operation_id, found_by, due_at)
     select distinct on ("externalId") reason, $2, $3, $4, cell, name, "externalId", "tenantId", "operationId", $5,
       now() + make_interval(secs => $6)
     from jsonb_to_recordset($1::jsonb) as found (reason text, cell text, name text, "externalId" text, "tenantId" text, "operationId" text)
     on conflict (provider, kind, region, external_id) where state in ('quarantined', 'resolving') do update set
       last_seen_at = now(), reason = excluded.reason, operation_id = excluded.operation_id,
       due_at = case when quarantine.reason = excluded.reason then quarantine.due_at else excluded.due_at end`,
    [JSON.stringify(found), place.kind, place.provider, place.region, sweepId, graceSeconds],
  );
  const { rowCount } = await db.query(
    `update quarantine set state = 'released', resolved_at = now(), claimed_at = null
     where provider = $1 and kind = $2 and region = $3 and not (external_id = any($4)) and ${isFree(5)}`,
    [place.provider, place.kind, place.region, found.map(({ externalId }) => externalId), CLAIM_SECONDS],
  );
  return rowCount ?? 0;
}

/**
 * Claims the next finding of a place that is due and that this very sweep has met; undefined when there is none behind `after`. Of several
 * sweepers one gets it. Things of unknown tenants only where the tenant is among `tenants`.
 */
export async function claimDue(
  db: Queryable,
  { provider, kind, region }: FindingPlace,
  { sweepId, tenants, after }: { sweepId: string; tenants: string[]; after: string },
): Promise<ClaimedFinding | undefined> {
  return maybeOne<ClaimedFinding>(
    db,
    `update quarantine set state = 'resolving', claimed_at = now()
     where finding_id = (
       select finding_id from quarantine
       where provider = $1 and kind = $2 and region = $3 and finding_id > $6 and due_at <= now() and ${isFree(7)}
         and (reason <> 'unknown-tenant' or tenant_id = any($5))
         and last_seen_at >= (select started_at from sweep where sweep_id = $4)
       order by finding_id limit 1 for update skip locked)
     returning finding_id as "findingId", reason, provider, kind, region, cell, name, external_id as "externalId",
       tenant_id as "tenantId", operation_id as "operationId"`,
    [provider, kind, region, sweepId, tenants, after, CLAIM_SECONDS],
  );
}

/** Ends a claimed finding: `resolved` – something was done about it – or `released` – there was nothing to be done. */
export async function endFinding(db: Queryable, findingId: string, state: 'resolved' | 'released'): Promise<void> {
  await db.query(
    `update quarantine set state = $2, last_error = null, resolved_at = now(), claimed_at = null where finding_id = $1`,
    [findingId, state],
  );
}

/** Puts a claimed finding back, with why nothing came of it: a later sweep tries again. */
export async function returnFinding(db: Queryable, findingId: string, lastError: string): Promise<void> {
  await db.query(
    `update quarantine set state = 'quarantined', last_error = $2, claimed_at = null where finding_id = $1 and state = 'resolving'`,
    [findingId, lastError],
  );
}

/** How many findings are open, by reason. */
export async function countOpenFindings(db: Queryable): Promise<{ reason: FindingReason; count: number }[]> {
  const { rows } = await db.query<{ reason: FindingReason; count: number }>(
    `select reason, count(*)::int as count from quarantine where state in ('quarantined', 'resolving') group by reason`,
  );
  return rows;
}

/** SQL that holds for findings nobody is at work on; the parameter is {@link CLAIM_SECONDS}. */
function isFree(parameter: number): string {
  return `(state = 'quarantined' or (state = 'resolving' and claimed_at < now() - make_interval(secs => $${parameter})))`;
}
