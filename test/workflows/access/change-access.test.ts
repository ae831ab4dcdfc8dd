import { newOperationId } from '../../../contract/ids';
import { KINDS, stepsOf } from '../../../contract/operations/kinds';
import { CANCEL_UPDATE, operationWorkflowId, type ChangeAccessInput } from '../../../contract/operations/messages';
import type { Step } from '../../../contract/operations/steps';
import { regionTaskQueue, TASK_QUEUE } from '../../../contract/temporal/task-queues';
import { permanent, provisionInput, REGION } from '../../helpers/temporal/journal';
import { gate } from '../../helpers/temporal/workflow-runs';
import { payloadsOf } from '../../simulation/world/messages';
import type { Run } from '../../simulation/world/temporal/run';
import { VirtualTemporal } from '../provision/virtual-temporal';

let temporal: VirtualTemporal;
beforeEach(async () => void (temporal = await VirtualTemporal.create()), 120_000);
afterEach(() => temporal.dispose());

const IN_REGION = regionTaskQueue(REGION);
const CHANGES: Step[] = ['database', 'storage-and-compute', 'security', 'identity', 'integrations'];

function begin(kind: 'suspend' | 'resume', changes: Partial<ChangeAccessInput> = {}): Run {
  const operationId = newOperationId();
  const { tenantId, plan, retry, compensationSeconds } = provisionInput(operationId);
  const access = kind === 'suspend' ? 'closed' : 'open';
  const input = { operationId, tenantId, plan, retry, compensationSeconds, region: REGION, access, ...changes };
  return temporal.beginOther(KINDS[kind].workflow, operationWorkflowId(operationId), input);
}

const called = (type: string) => temporal.calls.filter((call) => call.type === type);
const undone = (): Step[] => called('compensateStep').map(({ input }) => input['step'] as Step);

async function ended(run: Run): Promise<string> {
  const { ending, why } = await temporal.end(run);
  return why === '' ? ending! : `${ending}: ${why}`;
}

test('a suspension changes everything, verifies it in the region and elsewhere, and then completes', async () => {
  expect(await ended(begin('suspend'))).toBe('completed');
  const changes = called('changeAccess');
  expect(changes.map(({ input }) => input['step'] as Step).sort()).toEqual([...CHANGES].sort());
  for (const { input, taskQueue } of changes) {
    expect(input).toMatchObject({ access: 'closed' });
    const regional = ['database', 'storage-and-compute', 'security'].includes(String(input['step']));
    expect(taskQueue).toBe(regional ? IN_REGION : TASK_QUEUE);
  }
  expect(called('verifyAccess').map(({ input, taskQueue }) => [input['region'], taskQueue])).toEqual([
    [REGION, IN_REGION],
    ['global', TASK_QUEUE],
  ]);
  expect(called('verifyRegion')).toEqual([]);
  const [completed] = called('completeOperation');
  const states = completed!.input['steps'] as { id: Step; state: string }[];
  expect(states).toEqual(stepsOf('suspend').map((id) => ({ id, state: 'done' })));
});

test.each([
  ['suspend', 'suspended'],
  ['resume', 'resumed'],
] as const)('after the pivot of %s the customer is told that the tenant is %s', async (kind, about) => {
  expect(await ended(begin(kind))).toBe('completed');
  const types = temporal.calls.map(({ type }) => type);
  expect(types.indexOf('notifyTenant')).toBeGreaterThan(types.indexOf('completeOperation'));
  expect(called('notifyTenant').map(({ input }) => input['about'])).toEqual([about]);
});

test('a suspension completes although the customer cannot be told', async () => {
  temporal.activities.notifyTenant = () => Promise.reject(permanent());
  expect(await ended(begin('suspend'))).toBe('completed');
});

test('a resumption also repeats the checks of the region, and none of those that only an unused tenant passes', async () => {
  expect(await ended(begin('resume'))).toBe('completed');
  expect(called('verifyAccess').every(({ input }) => input['access'] === 'open')).toBe(true);
  expect(called('verifyRegion').map(({ taskQueue }) => taskQueue)).toEqual([IN_REGION]);
  expect(called('verifyGlobal')).toEqual([]);
});

test('when one change fails for good, all are changed back, and nobody writes to the customer', async () => {
  temporal.activities.changeAccess = ({ step }) =>
    step === 'identity' ? Promise.reject(permanent()) : Promise.resolve();
  expect(await ended(begin('suspend'))).toBe('failed: ProviderRefused: identity: refused for the test');
  expect(undone().sort()).toEqual([...CHANGES].sort());
  expect(called('verifyAccess')).toEqual([]);
  expect(called('notifyCustomer')).toEqual([]);
  expect(called('notifyTenant')).toEqual([]);
  expect(temporal.journal).toContain('status failed');
});

test('when the tenant can still do more than it should, all is changed back', async () => {
  temporal.activities.verifyAccess = ({ region }) =>
    region === 'global' ? Promise.reject(permanent('VerificationFailed')) : Promise.resolve();
  expect(await ended(begin('suspend'))).toContain('VerificationFailed: verify');
  expect(undone().sort()).toEqual([...CHANGES].sort());
});

test('changes run side by side; a cancelled suspension is changed back once they have settled', async () => {
  const held = gate();
  temporal.activities.changeAccess = ({ step }) => (step === 'database' ? held.wait() : Promise.resolve());
  const run = begin('suspend');
  await temporal.until(() => called('changeAccess').length === CHANGES.length);
  let answered = false;
  void run.update(CANCEL_UPDATE, payloadsOf([{ requestedBy: 'token:operator' }])).then(() => (answered = true));
  await temporal.until(() => answered);
  held.release();
  expect(await ended(run)).toContain('Cancelled');
  expect(undone().sort()).toEqual([...CHANGES].sort());
  expect(temporal.journal).toContain('status cancelled');
});

test('a run that takes over from a lost one changes everything back', async () => {
  expect(await ended(begin('suspend', { resume: { as: 'compensate', region: REGION } }))).toContain('RunLost');
  expect(undone().sort()).toEqual([...CHANGES].sort());
  expect(called('changeAccess')).toEqual([]);
});

test.each([{ region: '' }, { access: 'ajar' }, { tenantId: 'x' }])('an input with %j is refused', async (changes) => {
  expect(await ended(begin('suspend', changes as Partial<ChangeAccessInput>))).toContain('MalformedMessage');
  expect(temporal.calls).toEqual([]);
});
