import { newTenantId } from '../../../contract/ids';
import { askedFor } from '../../helpers/temporal/commands';
import { VirtualTemporal } from '../provision/virtual-temporal';

let temporal: VirtualTemporal;
beforeEach(async () => void (temporal = await VirtualTemporal.create()), 120_000);
afterEach(() => temporal.dispose());

const begin = (input: unknown) => temporal.beginOther('reissueCredentials', 'reissue', input);

test('each run asks once for a new link, with an id of its own, so that a repeated attempt sends no second one', async () => {
  const input = { tenantId: newTenantId(), requestedBy: 'token:operator' };
  let failures = 1;
  temporal.activities.reissueCredentials = () =>
    failures-- > 0 ? Promise.reject(new Error('no database')) : Promise.resolve();
  const run = await temporal.end(begin(input));
  expect(run.ending).toBe('completed');
  expect(temporal.calls.map((call) => call.input)).toEqual(Array(2).fill({ ...input, reissueId: run.runId }));
  expect(Object.keys(askedFor(run))).toEqual(['Send a new claim link']);
});

test.each([
  ['without a tenant', { requestedBy: 'token:operator' }],
  ['without a requester', { tenantId: newTenantId() }],
])('a request %s is refused, and no mail is sent', async (_, input) => {
  const run = await temporal.end(begin(input));
  expect(run.ending).toBe('failed');
  expect(temporal.calls).toEqual([]);
});
