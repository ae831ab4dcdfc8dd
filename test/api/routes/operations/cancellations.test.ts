import { verbsIn } from '../../../../contract/operations/kinds';
import { STATUSES } from '../../../../contract/operations/states';
import { expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { placeOrder, putInState } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('cancellations over HTTP: not run, this machine has no PostgreSQL');

suite('cancelling an operation', () => {
  let api: ApiHarness;
  let orderer: Client;
  let operator: Client;

  beforeAll(async () => {
    api = await startApiHarness();
    orderer = await api.as(['tenants:order']);
    operator = await api.as(['operations:operate']);
  });
  afterAll(() => api.stop());
  beforeEach(() => {
    Object.assign(api.runs, { down: false, cancelAnswer: 'cancelling', cancels: [] });
  });

  const cancel = (client: Client, operationId: string, body?: object) =>
    client.post(`/v1/operations/${operationId}/cancel`, body);

  test('an operator can cancel any operation, with or without a reason', async () => {
    const { operationId } = await placeOrder(orderer);
    const response = await cancel(operator, operationId, { reason: 'A mistake.' });
    expect(response.status).toBe(202);
    expect((await cancel(operator, operationId)).body).toEqual({ operationId, status: 'pending' });
    expect(api.runs.cancels[0]).toEqual({ operationId, requestedBy: 'token:operations-operate' });
  });

  test('the orderer can cancel it; a reader who also orders cannot cancel the orders of others', async () => {
    const { operationId } = await placeOrder(orderer);
    expect((await cancel(orderer, operationId)).status).toBe(202);
    const other = await api.as(await api.token(['tenants:order', 'tenants:read'], 'other'));
    expectProblem(await cancel(other, operationId), 'forbidden');
  });

  test.each(STATUSES.filter((status) => !verbsIn('provision', status).includes('cancel') && status !== 'cancelled'))(
    'an operation that is %s refuses and names what it allows',
    async (status) => {
      const ordered = await placeOrder(orderer);
      await putInState(api, ordered, status);
      const problem = expectProblem(await cancel(operator, ordered.operationId), 'state-conflict');
      expect(problem.allowed).toEqual(verbsIn('provision', status));
      expect(api.runs.cancels).toEqual([]);
    },
  );

  test('a repeated cancellation gets the same answer', async () => {
    const ordered = await placeOrder(orderer);
    const failure = { type: 'Cancelled', message: 'Cancelled.', step: 'reserve' };
    await putInState(api, ordered, 'compensating', { failure });
    expect((await cancel(operator, ordered.operationId)).status).toBe(202);
    await putInState(api, ordered, 'cancelled', { failure });
    expect((await cancel(operator, ordered.operationId)).status).toBe(202);
    expect(api.runs.cancels).toEqual([]);
  });

  test('the API refuses when the run can no longer be cancelled', async () => {
    const { operationId } = await placeOrder(orderer);
    api.runs.cancelAnswer = 'refused';
    expectProblem(await cancel(operator, operationId), 'state-conflict');
  });

  test.each(['down', 'not-running'] as const)('no cancellation is confirmed when the run is %s', async (how) => {
    const { operationId } = await placeOrder(orderer);
    if (how === 'down') api.runs.down = true;
    else api.runs.cancelAnswer = how;
    const response = await cancel(operator, operationId);
    expectProblem(response, 'temporal-unavailable');
    expect(response.headers['retry-after']).toBeDefined();
  });

  describe('is recorded in the trail', () => {
    const audited = async (operationId: string): Promise<unknown[]> =>
      (
        await api.registry.pool.query<object>(
          `select actor, action, detail from audit_entry where operation_id = $1 and action like 'operation.cancel-%' order by sequence`,
          [operationId],
        )
      ).rows;
    const requested = { actor: 'token:operations-operate', action: 'operation.cancel-requested' };
    const wanted = { reason: 'A mistake.' };

    test('before the run is asked, with its reason', async () => {
      const { operationId } = await placeOrder(orderer);
      let before: unknown[] = [];
      const ask = api.runs.cancel.bind(api.runs);
      api.runs.cancel = async (...asked) => {
        before = await audited(operationId);
        return ask(...asked);
      };
      try {
        await cancel(operator, operationId, wanted);
      } finally {
        api.runs.cancel = ask;
      }
      expect(before).toEqual([{ ...requested, detail: wanted }]);
      expect(await audited(operationId)).toEqual(before);
    });

    test('even if the run does not answer, and once however often it is sent, even in parallel', async () => {
      const { operationId } = await placeOrder(orderer);
      api.runs.down = true;
      for (let n = 0; n < 2; n += 1) expectProblem(await cancel(operator, operationId, wanted), 'temporal-unavailable');
      expect(await audited(operationId)).toEqual([{ ...requested, detail: wanted }]);
      api.runs.down = false;
      await Promise.all(Array.from({ length: 5 }, () => cancel(operator, operationId, wanted)));
      expect(await audited(operationId)).toEqual([{ ...requested, detail: wanted }]);
    });

    test('once for each caller', async () => {
      const { operationId } = await placeOrder(orderer);
      for (const client of [operator, orderer, operator]) await cancel(client, operationId);
      expect(await audited(operationId)).toEqual([
        { ...requested, detail: {} },
        { ...requested, actor: 'token:tenants-order', detail: {} },
      ]);
    });

    test('with the run’s refusal', async () => {
      const { operationId } = await placeOrder(orderer);
      api.runs.cancelAnswer = 'refused';
      for (let n = 0; n < 2; n += 1) expectProblem(await cancel(operator, operationId), 'state-conflict');
      expect(await audited(operationId)).toEqual([
        { ...requested, detail: {} },
        { ...requested, action: 'operation.cancel-refused', detail: {} },
      ]);
    });

    test('not at all if the operation cannot be cancelled', async () => {
      const ordered = await placeOrder(orderer);
      await putInState(api, ordered, 'active');
      await cancel(operator, ordered.operationId);
      expect(await audited(ordered.operationId)).toEqual([]);
    });
  });

  test('an unknown field is refused', async () => {
    const { operationId } = await placeOrder(orderer);
    const problem = expectProblem(await cancel(operator, operationId, { force: true }), 'invalid-body');
    expect(problem.errors?.[0]?.pointer).toBe('/force');
  });
});
