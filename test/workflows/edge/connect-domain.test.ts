import { newOperationId } from '../../../contract/ids';
import { KINDS, stepsOf } from '../../../contract/operations/kinds';
import { operationWorkflowId } from '../../../contract/operations/messages';
import type { Step } from '../../../contract/operations/steps';
import { permanent, provisionInput } from '../../helpers/temporal/journal';
import { VirtualTemporal } from '../provision/virtual-temporal';

let temporal: VirtualTemporal;
beforeEach(async () => void (temporal = await VirtualTemporal.create()), 120_000);
afterEach(() => temporal.dispose());

async function carriedOut(): Promise<string> {
  const operationId = newOperationId();
  const { tenantId, plan, retry, compensationSeconds } = provisionInput(operationId);
  const input = { operationId, tenantId, plan, retry, compensationSeconds };
  const run = temporal.beginOther(KINDS['connect-domain'].workflow, operationWorkflowId(operationId), input);
  const { ending, why } = await temporal.end(run);
  return why === '' ? ending! : `${ending}: ${why}`;
}

const called = (type: string) => temporal.calls.filter((call) => call.type === type);

test('the route is given its host, then verified, then the operation completes', async () => {
  expect(await carriedOut()).toBe('completed');
  const order = ['connectDomain', 'verifyDomain', 'completeOperation'];
  expect(temporal.calls.map(({ type }) => type).filter((type) => order.includes(type))).toEqual(order);
  const states = called('completeOperation')[0]!.input['steps'] as { id: Step; state: string }[];
  expect(states).toEqual(stepsOf('connect-domain').map((id) => ({ id, state: 'done' })));
});

test.each(['connectDomain', 'verifyDomain'] as const)(
  'when %s fails for good, the route from before comes back',
  async (failing) => {
    temporal.activities[failing] = () => Promise.reject(permanent());
    expect(await carriedOut()).toContain('failed: ProviderRefused');
    expect(called('compensateStep').map(({ input }) => input['step'])).toEqual(['integrations']);
    expect(called('completeOperation')).toEqual([]);
  },
);
