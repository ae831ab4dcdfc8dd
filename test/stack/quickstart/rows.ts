import { stepRule, stepsOf } from '../../../contract/operations/kinds';
import type { Step, StepState } from '../../../contract/operations/steps';
import type { Operation } from '../../../contract/schemas/operation-schema';
import { demoOrders, type DemoOrder } from '../../../stack/quickstart/demo-orders';
import type { DemoRow } from '../../../stack/quickstart/run-demo';

const [STARTER] = demoOrders('run', true) as [DemoOrder];

/** An operation as the API returns it, with every step in `state` except those given. */
export function operation(
  more: Partial<Omit<Operation, 'steps'>> & { steps?: Partial<Record<Step, StepState>>; state?: StepState } = {},
): Operation {
  const { steps = {}, state = 'done', ...rest } = more;
  return {
    operationId: 'op_aaaaaaaaaaaaaaaaaaaa',
    tenantId: 'aaaaaaaaaaaaaaaa',
    tenantName: 'acme-bikes-run',
    kind: 'provision',
    status: 'active',
    plan: 'starter',
    requestedBy: 'token:signup',
    createdAt: '2026-01-31T12:00:00.000Z',
    updatedAt: '2026-01-31T12:00:03.000Z',
    steps: stepsOf('provision').map((id) => ({
      id,
      label: stepRule('provision', id).label,
      state: steps[id] ?? state,
      attempts: 1,
    })),
    approval: { state: 'not_required', required: [] },
    completed: 0,
    total: 10,
    leftovers: [],
    verbs: [],
    ...rest,
  };
}

/** A row of the demonstration, by default for the starter tenant. */
export function row(demo: Partial<DemoOrder>, more: Parameters<typeof operation>[0] = {}): DemoRow {
  return { demo: { ...STARTER, ...demo }, operation: operation(more) };
}
