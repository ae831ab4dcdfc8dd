import { newOperationId } from '../../../contract/ids';
import { KINDS, stepsOf } from '../../../contract/operations/kinds';
import { operationWorkflowId } from '../../../contract/operations/messages';
import type { Step } from '../../../contract/operations/steps';
import { permanent, provisionInput } from '../../helpers/temporal/journal';
import type { Run } from '../../simulation/world/temporal/run';
import { VirtualTemporal } from '../provision/virtual-temporal';

let temporal: VirtualTemporal;
beforeEach(async () => void (temporal = await VirtualTemporal.create()), 120_000);
afterEach(() => temporal.dispose());

function begin(): Run {
  const operationId = newOperationId();
  const { tenantId, plan, retry, compensationSeconds } = provisionInput(operationId);
  const input = { operationId, tenantId, plan, retry, compensationSeconds };
  return temporal.beginOther(KINDS['configure-sso'].workflow, operationWorkflowId(operationId), input);
}

const types = (): string[] => temporal.calls.map(({ type }) => type);
const called = (type: string) => temporal.calls.filter((call) => call.type === type);

async function ended(run: Run): Promise<string> {
  const { ending, why } = await temporal.end(run);
  return why === '' ? ending! : `${ending}: ${why}`;
}

test('the identity provider is configured, then verified, then the operation completes and forgets what is not used', async () => {
  expect(await ended(begin())).toBe('completed');
  const order = ['configureSso', 'verifySso', 'completeOperation', 'forgetUnusedSso'];
  expect(types().filter((type) => order.includes(type))).toEqual(order);
  const states = called('completeOperation')[0]!.input['steps'] as { id: Step; state: string }[];
  expect(states).toEqual(stepsOf('configure-sso').map((id) => ({ id, state: 'done' })));
});

test.each(['configureSso', 'verifySso'] as const)(
  'when %s fails for good, the connection from before comes back, and the unused one is forgotten',
  async (failing) => {
    temporal.activities[failing] = () => Promise.reject(permanent());
    expect(await ended(begin())).toContain('failed: ProviderRefused');
    expect(called('compensateStep').map(({ input }) => input['step'])).toEqual(['identity']);
    expect(types().indexOf('forgetUnusedSso')).toBeGreaterThan(types().indexOf('compensateStep'));
    expect(called('completeOperation')).toEqual([]);
  },
);

test('the run carries ids and settings only', async () => {
  await ended(begin());
  for (const { input } of [...called('configureSso'), ...called('verifySso'), ...called('forgetUnusedSso')])
    expect(Object.keys(input).filter((key) => !['operationId', 'step', 'patience'].includes(key))).toEqual([]);
});
