import type pg from 'pg';
import { appendAudit, lockTrail, type AuditEvent } from './trail';
import { maybeOne, transaction, type Queryable } from '../database';

/** When the same event may be appended again. */
export interface OnceOptions {
  /** Actions that supersede an entry: after one of them, the event may be appended again. Without any, it is appended only once ever. */
  until?: readonly string[];
}

/**
 * Appends an event unless the trail already has the same one – action, actor, operation and details – with no `until` action after it. A
 * repeated request or a retried activity therefore adds only one entry. Call it inside a transaction, like {@link appendAudit}.
 */
export async function appendAuditOnce(
  db: Queryable,
  event: AuditEvent,
  { until = [] }: OnceOptions = {},
): Promise<void> {
  const { tenantId, operationId, actor, action, detail } = event;
  await lockTrail(db, tenantId);
  const existing = await maybeOne(
    db,
    `select from audit_entry earlier
     where tenant_id = $1 and action = $2 and actor = $3 and operation_id is not distinct from $4 and detail = $5::jsonb
       and not exists (select from audit_entry later
         where later.tenant_id = $1 and later.sequence > earlier.sequence and later.action = any($6)) limit 1`,
    [tenantId, action, actor, operationId ?? null, JSON.stringify(detail), until],
  );
  if (!existing) await appendAudit(db, event);
}

/**
 * Records, {@link appendAuditOnce once}, an action outside the registry that is about to be requested or begun. Begin the action only after
 * this resolves, so that there is no action without an entry, whatever crashes. The entry must say no more than that the action was
 * requested or begun.
 */
export async function announce(pool: pg.Pool, event: AuditEvent, once: OnceOptions = {}): Promise<void> {
  await transaction(pool, (client) => appendAuditOnce(client, event, once));
}
