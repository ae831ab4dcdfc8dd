import { newOperationId } from '../../../contract/ids';
import { KINDS, stepsOf } from '../../../contract/operations/kinds';
import { operationWorkflowId, type ReconcileInput } from '../../../contract/operations/messages';
import { COMPARED_STEPS } from '../../../contract/operations/reconcile';
import type { Step } from '../../../contract/operations/steps';
import { regionTaskQueue, TASK_QUEUE } from '../../../contract/temporal/task-queues';
import { permanent, provisionInput, REGION } from '../../helpers/temporal/journal';
import type { Run } from '../../simulation/world/temporal/run';
import { VirtualTemporal } from '../provision/virtual-temporal';

let temporal: VirtualTemporal;
beforeEach(async () => void (temporal = await VirtualTemporal.create()), 120_000);
afterEach(() => temporal.dispose());

const REGIONAL: Step[] = ['reserve', 'database', 'storage-and-compute', 'security'];

function begin(changes: Partial<ReconcileInput> = {}): Run {
  const operationId = newOperationId();
  const { tenantId, plan, retry, compensationSeconds } = provisionInput(operationId);
  const input = { operationId, tenantId, plan, retry, compensationSeconds, region: REGION, dryRun: false, ...changes };
  return temporal.beginOther(KINDS.reconcile.workflow, operationWorkflowId(operationId), input);
}

const called = (type: string) => temporal.calls.filter((call) => call.type === type);

async function ended(run: Run): Promise<string> {
  const { ending, why } = await temporal.end(run);
  return why === '' ? ending! : `${ending}: ${why}`;
}

test.each([true, false])(
  'everything that a tenant has is compared where it is; a dry run is one everywhere (%s)',
  async (dryRun) => {
    expect(await ended(begin({ dryRun }))).toBe('completed');
    const compared = called('reconcileStep');
    expect(compared.map(({ input }) => input['step'] as Step).sort()).toEqual([...COMPARED_STEPS].sort());
    for (const { input, taskQueue } of compared) {
      expect(input).toMatchObject({ dryRun });
      expect(taskQueue).toBe(REGIONAL.includes(input['step'] as Step) ? regionTaskQueue(REGION) : TASK_QUEUE);
    }
    const [completed] = called('completeOperation');
    expect(completed!.input['steps']).toEqual(stepsOf('reconcile').map((id) => ({ id, state: 'done' })));
    expect(called('notifyTenant')).toEqual([]);
  },
);

test('when a provider refuses to answer, the operation fails, and what it had changed is given back its settings', async () => {
  temporal.activities.reconcileStep = ({ step }) =>
    step === 'identity' ? Promise.reject(permanent()) : Promise.resolve();
  expect(await ended(begin())).toBe('failed: ProviderRefused: identity: refused for the test');
  expect(called('completeOperation')).toEqual([]);
  expect(temporal.journal).toContain('status failed');
});

test.each([{ region: '' }, { dryRun: 'no' }, { tenantId: 'x' }])('an input with %j is refused', async (changes) => {
  expect(await ended(begin(changes as unknown as Partial<ReconcileInput>))).toContain('MalformedMessage');
  expect(temporal.calls).toEqual([]);
});
