import { attemptsSchema, MOST_ATTEMPTS } from '../../../../contract/schemas/operations/attempt-schema';
import { recordStepEvent } from '../../../../registry/operations/step-events';
import { expectAnswer, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { placeOrder } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('attempts over HTTP: not run, this machine has no PostgreSQL');

suite('the attempts of an operation', () => {
  let api: ApiHarness;
  let orderer: Client;
  beforeAll(async () => {
    api = await startApiHarness();
    orderer = await api.as(['tenants:order']);
  });
  afterAll(() => api.stop());

  const attemptsOf = async (operationId: string) =>
    expectAnswer(await orderer.get(`/v1/operations/${operationId}/attempts`), 200, attemptsSchema);

  test('are listed oldest first, with their failures, retries and the undo', async () => {
    const { operationId } = await placeOrder(orderer);
    expect(await attemptsOf(operationId)).toEqual({ operationId, items: [], complete: true });
    const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
    const first = { operationId, activityId: '7', step: 'database', direction: 'forward' } as const;
    const failed = { errorType: 'ProviderUnavailable', errorMessage: 'No answer.', nextTry: at(4) };
    await recordStepEvent(api.registry.pool, { ...first, attempt: 2, startedAt: at(4) });
    await recordStepEvent(api.registry.pool, { ...first, attempt: 1, startedAt: at(1), endedAt: at(2), ...failed });
    const undo = { ...first, activityId: '9', direction: 'compensation', attempt: 1 } as const;
    await recordStepEvent(api.registry.pool, { ...undo, startedAt: at(8), endedAt: at(9) });

    const shown = { step: 'database', activity: '7', direction: 'forward' };
    expect((await attemptsOf(operationId)).items).toEqual([
      {
        ...shown,
        attempt: 1,
        startedAt: at(1).toISOString(),
        endedAt: at(2).toISOString(),
        error: { type: 'ProviderUnavailable', message: 'No answer.' },
        nextTry: at(4).toISOString(),
      },
      { ...shown, attempt: 2, startedAt: at(4).toISOString() },
      {
        step: 'database',
        activity: '9',
        direction: 'compensation',
        attempt: 1,
        startedAt: at(8).toISOString(),
        endedAt: at(9).toISOString(),
      },
    ]);
  });

  test('are limited to the newest, and the answer says so', async () => {
    const { operationId } = await placeOrder(orderer);
    await api.registry.pool.query(
      `insert into step_event (operation_id, activity_id, attempt, step, direction, started_at)
       select $1, '7', n, 'database', 'forward', timestamptz '2026-01-01Z' + n * interval '1 second'
       from generate_series(1, $2::int + 1) as n`,
      [operationId, MOST_ATTEMPTS],
    );
    const { items, complete } = await attemptsOf(operationId);
    expect([items.length, items[0]?.attempt, items.at(-1)?.attempt, complete]).toEqual([
      MOST_ATTEMPTS,
      2,
      MOST_ATTEMPTS + 1,
      false,
    ]);
  });
});
