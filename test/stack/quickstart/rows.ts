import { STEP_LABELS, STEPS, type Step, type StepState } from '../../../contract/steps';
import type { Operation } from '../../../contract/schemas/operation-schema';
import { demoOrders, type DemoOrder } from '../../../stack/quickstart/demo-orders';
import type { DemoRow } from '../../../stack/quickstart/run-demo';

const [STARTER] = demoOrders('run', true) as [DemoOrder];

/** An operation as the API tells of it, with every step in `state` except those named. */
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
    createdAt: '2026-01-31T12:00:00.000Z',
    updatedAt: '2026-01-31T12:00:03.000Z',
    steps: STEPS.map((id) => ({ id, label: STEP_LABELS[id], state: steps[id] ?? state, attempts: 1 })),
    approval: { state: 'not_required', required: [] },
    completed: 0,
    total: 10,
    leftovers: [],
    verbs: [],
    ...rest,
  };
}

/** A row of the demonstration; without `demo` the starter's. */
export function row(demo: Partial<DemoOrder>, more: Parameters<typeof operation>[0] = {}): DemoRow {
  return { demo: { ...STARTER, ...demo }, operation: operation(more) };
}
