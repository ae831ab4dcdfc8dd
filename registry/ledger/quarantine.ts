import type pg from 'pg';
import type { FindingReason } from '../../contract/maintenance/sweeps';
import { maybeOne, transaction, type Queryable } from '../database';
import { appendEvents } from '../events/append';

/** Seconds after which a claim can be taken over, because its sweeper must be dead: no activity of a sweep may take that long. */
const CLAIM_SECONDS = 900;

/** Where a sweep looks for findings: one kind in one region. */
export interface FindingPlace {
  provider: string;
  kind: string;
  region: string;
}

/** Something without an owner, or an operation that has lost its run. */
export interface Finding extends FindingPlace {
  reason: FindingReason;
  cell: string;
  name: string;
  /** The provider's id; for a lost run, the operation's id. */
  externalId: string;
  tenantId: string;
  operationId: string | null;
}

/** A finding that only this caller may act on. */
export interface ClaimedFinding extends Finding {
  findingId: string;
}

/** The sweep that reports findings, and how long they stay in quarantine before it acts on them. */
export interface FoundBy {
  sweepId: string;
  graceSeconds: number;
}

/**
 * Replaces the open findings of one place by those just found there: new ones are quarantined until their grace period has passed, known
 * ones keep theirs unless their reason has changed, and those no longer found are released, in one transaction with an event for each new
 * and each released one. Returns how many were released.
 */
export async function quarantine(
  pool: pg.Pool,
  place: FindingPlace,
  found: Finding[],
  foundBy: FoundBy,
): Promise<number> {
  return transaction(pool, async (client) => {
    await addFindings(client, place, found, foundBy);
    return releaseMissing(client, place, found);
  });
}

/** A finding that an event tells of. */
interface ToldFinding {
  findingId: string;
  tenantId: string;
  operationId: string | null;
}

const TOLD = `finding_id as "findingId", tenant_id as "tenantId", operation_id as "operationId"`;

async function addFindings(
  client: pg.ClientBase,
  place: FindingPlace,
  found: Finding[],
  { sweepId, graceSeconds }: FoundBy,
): Promise<void> {
  const { rows } = await client.query<ToldFinding & { reason: FindingReason; added: boolean }>(
    `insert into quarantine (reason, kind, provider, region, cell, name, external_id, tenant_id, operation_id, found_by, due_at)
     select distinct on ("externalId") reason, $2, $3, $4, cell, name, "externalId", "tenantId", "operationId", $5,
       now() + make_interval(secs => $6)
     from jsonb_to_recordset($1::jsonb) as found (reason text, cell text, name text, "externalId" text, "tenantId" text, "operationId" text)
     on conflict (provider, kind, region, external_id) where state in ('quarantined', 'resolving') do update set
       last_seen_at = now(), reason = excluded.reason, operation_id = excluded.operation_id,
       due_at = case when quarantine.reason = excluded.reason then quarantine.due_at else excluded.due_at end
     -- a row that was there before carries the lock of this statement in xmax
     returning ${TOLD}, reason, xmax = 0 as added`,
    [JSON.stringify(found), place.kind, place.provider, place.region, sweepId, graceSeconds],
  );
  const { kind, provider, region } = place;
  await appendEvents(
    client,
    rows.flatMap(({ added, findingId, reason, ...about }) =>
      added ? [{ type: 'quarantine.found', ...about, data: { findingId, reason, kind, provider, region } }] : [],
    ),
  );
}

async function releaseMissing(client: pg.ClientBase, place: FindingPlace, found: Finding[]): Promise<number> {
  const { rows } = await client.query<ToldFinding>(
    `update quarantine set state = 'released', resolved_at = now(), claimed_at = null
     where provider = $1 and kind = $2 and region = $3 and not (external_id = any($4)) and ${isFree(5)}
     returning ${TOLD}`,
    [place.provider, place.kind, place.region, found.map(({ externalId }) => externalId), CLAIM_SECONDS],
  );
  await tellEnded(client, rows, 'released');
  return rows.length;
}

async function tellEnded(
  client: pg.ClientBase,
  findings: ToldFinding[],
  state: 'resolved' | 'released',
): Promise<void> {
  await appendEvents(
    client,
    findings.map(({ findingId, ...about }) => ({ type: 'quarantine.ended', ...about, data: { findingId, state } })),
  );
}

/**
 * Claims the next due finding of a place that this sweep itself has seen; undefined if there is none after the finding id `after`. Of
 * several sweepers, one gets it. Findings of unknown tenants are claimed only if the tenant is among `tenants`.
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

/** Ends a claimed finding, with its event: `resolved` if something was done about it, `released` if nothing had to be done. */
export async function endFinding(
  client: pg.ClientBase,
  findingId: string,
  state: 'resolved' | 'released',
): Promise<void> {
  const { rows } = await client.query<ToldFinding>(
    `update quarantine set state = $2, last_error = null, resolved_at = now(), claimed_at = null where finding_id = $1 returning ${TOLD}`,
    [findingId, state],
  );
  await tellEnded(client, rows, state);
}

/** Returns a claimed finding to quarantine, with the error that prevented a resolution; a later sweep tries again. */
export async function returnFinding(db: Queryable, findingId: string, lastError: string): Promise<void> {
  await db.query(
    `update quarantine set state = 'quarantined', last_error = $2, claimed_at = null where finding_id = $1 and state = 'resolving'`,
    [findingId, lastError],
  );
}

/** Number of open findings by reason. */
export async function countOpenFindings(db: Queryable): Promise<{ reason: FindingReason; count: number }[]> {
  const { rows } = await db.query<{ reason: FindingReason; count: number }>(
    `select reason, count(*)::int as count from quarantine where state in ('quarantined', 'resolving') group by reason`,
  );
  return rows;
}

/** SQL condition for findings that no sweeper is working on; the parameter's value is {@link CLAIM_SECONDS}. */
function isFree(parameter: number): string {
  return `(state = 'quarantined' or (state = 'resolving' and claimed_at < now() - make_interval(secs => $${parameter})))`;
}
