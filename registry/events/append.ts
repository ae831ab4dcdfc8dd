import type pg from 'pg';
import type { NewEvent } from '../../contract/events/events';
import { afterCommit } from '../database';
import { wakeFollowers } from './wake';

/**
 * Appends an event, and wakes readers after the commit. Call it inside the `transaction` that makes the change, so that neither exists
 * without the other.
 */
export async function appendEvent(client: pg.ClientBase, event: NewEvent): Promise<void> {
  await appendEvents(client, [event]);
}

/** Appends events in this order, in one statement: see {@link appendEvent}. */
export async function appendEvents(client: pg.ClientBase, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await client.query(
    `insert into event (type, tenant_id, operation_id, data)
     select type, "tenantId", "operationId", data
     from jsonb_to_recordset($1) as added (type text, "tenantId" text, "operationId" text, data jsonb)`,
    [JSON.stringify(events)],
  );
  afterCommit(client, wakeFollowers);
}
