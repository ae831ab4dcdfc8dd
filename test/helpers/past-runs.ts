import { stepsOf } from '../../contract/operations/kinds';
import type { Step } from '../../contract/operations/steps';
import { recordStepEvent, type StepEvent } from '../../registry/operations/step-events';
import type { ApiHarness, Client } from './api';
import { placeOrder, putInState, type Ordered } from './tenants/operations';

/** Each step of the earlier operations took this long; six levels make twelve seconds. */
export const STEP_SECONDS = 2;

/** Number of the earlier operations. */
export const PAST_RUNS = 30;

/** Part of an order for a professional tenant. */
export function professional() {
  return { subscription: { plan: 'professional' as const, billingCycle: 'monthly' as const, features: [] } };
}

/** Records an attempt of a step that began so many seconds ago and, unless it is in progress, has ended at once. */
export function attempted(
  { registry }: ApiHarness,
  { operationId }: Ordered,
  step: Step,
  { ago = 0, open = false, ...more }: { ago?: number; open?: boolean } & Partial<StepEvent> = {},
): Promise<void> {
  const startedAt = new Date(Date.now() - ago * 1000);
  const about = { operationId, activityId: step, attempt: 1, step, direction: 'forward' as const, startedAt };
  return recordStepEvent(registry.pool, { ...about, ...(open ? {} : { endedAt: startedAt }), ...more });
}

/** A professional tenant's run in eu-central, whose given steps ended so many seconds ago. */
export async function running(
  api: ApiHarness,
  orderer: Client,
  ended: Partial<Record<Step, number>>,
): Promise<Ordered> {
  const ordered = await placeOrder(orderer, professional());
  await putInState(api, ordered, 'provisioning');
  await api.registry.pool.query(
    `update operation set region = 'eu-central', created_at = now() - interval '20 seconds' where operation_id = $1`,
    [ordered.operationId],
  );
  for (const [step, ago] of Object.entries(ended)) await attempted(api, ordered, step as Step, { ago });
  return ordered;
}

/** Copies an operation as runs of the past, all equally fast. */
export async function havePast({ registry }: ApiHarness, { operationId }: Ordered): Promise<void> {
  await registry.asOwner(`
    insert into operation (operation_id, tenant_id, status, tenant_name, plan, region, template, caller, request_hash, order_ciphertext,
      created_at, updated_at, completed_at, started_at)
    select 'op_past' || n, 'past' || n, 'active', 'past-' || n, 'professional', 'eu-central', template, caller, request_hash,
      order_ciphertext, now() - interval '1 day', now(), now() - interval '1 day' + make_interval(secs => 6 * ${STEP_SECONDS}), now()
    from operation, generate_series(1, ${PAST_RUNS}) as n where operation_id = '${operationId}'`);
  const levels = [0, 1, 2, 2, 3, 2, 3, 3, 4, 5];
  await registry.asOwner(`
    insert into step_event (operation_id, activity_id, attempt, step, direction, started_at, ended_at)
    select operation_id, step, 1, step, 'forward', created_at + make_interval(secs => level * ${STEP_SECONDS}),
      created_at + make_interval(secs => (level + 1) * ${STEP_SECONDS})
    from operation, unnest(array['${stepsOf('provision').join("','")}'], array[${levels.join()}]) as done (step, level)
    where operation_id like 'op_past%'`);
}
