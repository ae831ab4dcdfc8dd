import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import { rulesOf, type OperationKind } from '../../contract/operations/kinds';
import { END_STATUSES } from '../../contract/operations/states';
import type { TenantState } from '../../contract/tenants/states';
import { appendAudit } from '../audit/trail';
import { maybeOne, transaction, type Queryable } from '../database';
import { appendEvent } from '../events/append';
import type { TenantCipher } from '../keys/tenant-keys';
import { withTenantCipher } from '../keys/sealed-transaction';
import { findLegalHold, type LegalHold } from './legal-holds';

/** A legal hold to place, or to change the standing one to. */
export interface HoldRequest {
  tenantId: string;
  /** `token:<name>`. */
  actor: string;
  reason: string;
  /** Null: until it is lifted. */
  until: Date | null;
}

/** Result of a {@link HoldRequest}. `run`: the operation that is to remove the tenant, if one is open. */
export type HoldOutcome =
  | { outcome: 'placed' | 'changed' | 'unchanged'; hold: LegalHold; run: string | undefined }
  | { outcome: 'no-tenant' }
  /** `until` is not in the future. */
  | { outcome: 'past' }
  /** There is nothing yet, or nothing any more, to hold. */
  | { outcome: 'not-now'; state: TenantState }
  /** The tenant is being removed, and that can no longer be stopped. */
  | { outcome: 'removing'; operationId: string };

/** States in which a tenant has something to keep. */
const HOLDABLE: readonly TenantState[] = ['active', 'suspended', 'leaving'];

/** Places a legal hold, or changes the standing one; a repeated request changes nothing. */
export async function putLegalHold(pool: pg.Pool, keys: KeyWrapper, request: HoldRequest): Promise<HoldOutcome> {
  return withTenantCipher(pool, keys, request.tenantId, (client, cipher) => putOnce(client, cipher, request));
}

async function putOnce(
  client: pg.ClientBase,
  cipher: TenantCipher | undefined,
  request: HoldRequest,
): Promise<HoldOutcome> {
  const { tenantId, actor, reason, until } = request;
  const state = await lockTenant(client, tenantId);
  if (state === undefined) return { outcome: 'no-tenant' };
  const removal = await findRemoval(client, tenantId);
  if (removal?.pivotAt) return { outcome: 'removing', operationId: removal.operationId };
  if (!HOLDABLE.includes(state)) return { outcome: 'not-now', state };
  const { past } = (await maybeOne<{ past: boolean }>(
    client,
    `select coalesce($1 <= clock_timestamp(), false) as past`,
    [until],
  ))!;
  if (past) return { outcome: 'past' };
  const run = removal?.operationId;
  await endPast(client, tenantId);
  const standing = await findLegalHold(client, tenantId);
  const holdId = standing?.holdId ?? `lh_${randomUUID().replaceAll('-', '')}`;
  if (standing && sameTime(standing.until, until) && (await hasReason(client, cipher, holdId, reason)))
    return { outcome: 'unchanged', hold: standing, run };
  const ciphertext = cipher?.seal(holdContext(holdId), reason) ?? null;
  if (standing)
    await client.query(
      `update legal_hold set until = $2, reason_ciphertext = coalesce($3, reason_ciphertext), changed_at = clock_timestamp(), changed_by = $4
       where hold_id = $1`,
      [holdId, until, ciphertext, actor],
    );
  else
    await client.query(
      `insert into legal_hold (hold_id, tenant_id, until, reason_ciphertext, placed_by) values ($1, $2, $3, $4, $5)`,
      [holdId, tenantId, until, ciphertext, actor],
    );
  const outcome = standing ? 'changed' : 'placed';
  const detail = { holdId, ...(until ? { until: until.toISOString() } : {}) };
  await appendAudit(client, { tenantId, actor, action: `legal-hold.${outcome}`, detail });
  await appendEvent(client, { tenantId, type: `legal-hold.${outcome}`, data: { holdId, until: until ?? undefined } });
  return { outcome, hold: (await findLegalHold(client, tenantId))!, run };
}

/** Result of lifting. `none`: no hold stands. `run`: see {@link HoldOutcome}. */
export type LiftOutcome =
  { outcome: 'lifted'; run: string | undefined } | { outcome: 'none' } | { outcome: 'no-tenant' };

/** Lifts the legal hold that stands on a tenant. */
export async function liftLegalHold(
  pool: pg.Pool,
  keys: KeyWrapper,
  { tenantId, actor, reason }: Omit<HoldRequest, 'until'>,
): Promise<LiftOutcome> {
  return withTenantCipher(pool, keys, tenantId, async (client, cipher): Promise<LiftOutcome> => {
    if ((await lockTenant(client, tenantId)) === undefined) return { outcome: 'no-tenant' };
    await endPast(client, tenantId);
    const hold = await findLegalHold(client, tenantId);
    if (!hold) return { outcome: 'none' };
    const { holdId } = hold;
    await client.query(
      `update legal_hold set lifted_at = clock_timestamp(), lifted_by = $2, lift_reason_ciphertext = $3 where hold_id = $1`,
      [holdId, actor, cipher?.seal(liftContext(holdId), reason) ?? null],
    );
    await appendAudit(client, { tenantId, actor, action: 'legal-hold.lifted', detail: { holdId } });
    await appendEvent(client, { tenantId, type: 'legal-hold.lifted', data: { holdId } });
    return { outcome: 'lifted', run: (await findRemoval(client, tenantId))?.operationId };
  });
}

/** Records the end of legal holds whose time has passed, with audit entry and event. Returns how many there were. */
export async function endPastHolds(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ tenantId: string }>(
    `select tenant_id as "tenantId" from legal_hold
     where lifted_at is null and ended_at is null and until <= clock_timestamp() limit 100`,
  );
  for (const { tenantId } of rows)
    await transaction(pool, async (client) => {
      await lockTenant(client, tenantId);
      await endPast(client, tenantId);
    });
  return rows.length;
}

async function endPast(client: pg.ClientBase, tenantId: string): Promise<void> {
  const past = await maybeOne<{ holdId: string }>(
    client,
    `update legal_hold set ended_at = clock_timestamp()
     where tenant_id = $1 and lifted_at is null and ended_at is null and until <= clock_timestamp() returning hold_id as "holdId"`,
    [tenantId],
  );
  if (!past) return;
  await appendAudit(client, { tenantId, actor: 'schedule', action: 'legal-hold.ended', detail: { ...past } });
  await appendEvent(client, { tenantId, type: 'legal-hold.ended', data: past });
}

async function lockTenant(client: Queryable, tenantId: string): Promise<TenantState | undefined> {
  const row = await maybeOne<{ state: TenantState }>(
    client,
    `select state from tenant where tenant_id = $1 for update`,
    [tenantId],
  );
  return row?.state;
}

/** The open operation that is to remove the tenant. */
async function findRemoval(
  client: Queryable,
  tenantId: string,
): Promise<{ operationId: string; pivotAt: Date | null } | undefined> {
  const open = await maybeOne<{ operationId: string; kind: OperationKind; pivotAt: Date | null }>(
    client,
    `select operation_id as "operationId", kind, pivot_at as "pivotAt" from operation
     where tenant_id = $1 and status <> all($2)`,
    [tenantId, END_STATUSES],
  );
  return open && rulesOf(open.kind).to === 'gone' ? open : undefined;
}

async function hasReason(
  client: Queryable,
  cipher: TenantCipher | undefined,
  holdId: string,
  reason: string,
): Promise<boolean> {
  if (!cipher) return true;
  const row = await maybeOne<{ sealed: Buffer | null }>(
    client,
    `select reason_ciphertext as sealed from legal_hold where hold_id = $1`,
    [holdId],
  );
  return row?.sealed ? cipher.open(holdContext(holdId), row.sealed) === reason : false;
}

function sameTime(one: Date | null, other: Date | null): boolean {
  return one?.getTime() === other?.getTime();
}

/** What a hold's reason is sealed as. */
export function holdContext(holdId: string): string {
  return `legal-hold:${holdId}`;
}

/** What the reason for lifting a hold is sealed as. */
export function liftContext(holdId: string): string {
  return `legal-hold-lifted:${holdId}`;
}
