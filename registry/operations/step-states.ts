import type pg from 'pg';
import type { NewEvent } from '../../contract/events/events';
import type { Step, StepState } from '../../contract/operations/steps';
import { maybeOne } from '../database';
import { appendEvents } from '../events/append';
import { listAttempts, viewSteps, type StepKnowledge } from '../views/steps';

/**
 * Appends an event for every step whose state, as the API shows it, is not the one in the last event about it. Call it in every transaction
 * that may change the state of a step. Attempts are recorded without waiting for each other, even the start and the end of one; comparing
 * the states, one transaction at a time, is what keeps a late start from looking as if the step ran again. `causes` are events to append
 * before them.
 */
export async function appendStepStates(
  client: pg.ClientBase,
  operationId: string,
  causes: readonly NewEvent[] = [],
): Promise<void> {
  await client.query(`select pg_advisory_xact_lock(hashtextextended('steps:' || $1, 0))`, [operationId]);
  const operation = await maybeOne<StepKnowledge & { tenantId: string }>(
    client,
    `select kind, tenant_id as "tenantId", status, steps as reported, skipped, (select max(taken_at) from resolution
       where resolution.operation_id = operation.operation_id and verb in ('retry', 'amend')) as "retriedAt"
     from operation where operation_id = $1`,
    [operationId],
  );
  if (!operation) return;
  const told = await statesTold(client, operationId);
  const { tenantId } = operation;
  const about = { tenantId, operationId };
  const changed = viewSteps(operation, await listAttempts(client, [operationId]))
    .filter(({ id, state }) => state !== (told.get(id) ?? 'pending'))
    .map(({ id: step, state }) => ({ ...about, type: 'step.state' as const, data: { step, state } }));
  await appendEvents(client, [...causes.map((event) => ({ ...event, ...about })), ...changed]);
}

async function statesTold(client: pg.ClientBase, operationId: string): Promise<Map<Step, StepState>> {
  const { rows } = await client.query<{ step: Step; state: StepState }>(
    `select distinct on (data ->> 'step') data ->> 'step' as step, data ->> 'state' as state
     from event where operation_id = $1 and type = 'step.state' order by data ->> 'step', event_id desc`,
    [operationId],
  );
  return new Map(rows.map(({ step, state }) => [step, state]));
}
