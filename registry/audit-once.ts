import type pg from 'pg';
import { appendAudit, lockTrail, type AuditEvent } from './audit';
import { maybeOne, transaction, type Queryable } from './database';

/** What makes it possible to say the same again. */
export interface Once {
  /** Actions that end what an entry has said: behind one of them it may be said anew. Without any, it is said once for ever. */
  until?: readonly string[];
}

/**
 * Appends unless the same – action, actor, operation, details – was said before, and nothing of `until` has followed: a request that is
 * repeated, or an activity that is tried again, is one entry. Inside a transaction, like {@link appendAudit}.
 */
export async function appendAuditOnce(db: Queryable, event: AuditEvent, { until = [] }: Once = {}): Promise<void> {
  const { tenantId, operationId, actor, action, detail } = event;
  await lockTrail(db, tenantId);
  const said = await maybeOne(
    db,
    `select from audit_entry said
     where tenant_id = $1 and action = $2 and actor = $3 and operation_id is not distinct from $4 and detail = $5::jsonb
       and not exists (select from audit_entry later
         where later.tenant_id = $1 and later.sequence > said.sequence and later.action = any($6)) limit 1`,
    [tenantId, action, actor, operationId ?? null, JSON.stringify(detail), until],
  );
  if (!said) await appendAudit(db, event);
}

/**
 * Writes down what is about to be asked or done outside the registry, {@link appendAuditOnce once}. Only when it has resolved may the deed
 * begin: so there is no deed without an entry, whatever crashes. The entry must not say more than that it was asked for or begun.
 */
export async function announce(pool: pg.Pool, event: AuditEvent, once: Once = {}): Promise<void> {
  await transaction(pool, (client) => appendAuditOnce(client, event, once));
}
