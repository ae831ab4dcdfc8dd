import { tenantSchema } from '../../../../contract/schemas/tenants/tenant-schema';
import { trialAnswerSchema } from '../../../../contract/schemas/tenants/trial-schema';
import { startRelay } from '../../../../api/temporal/relay';
import { activeTenant } from '../../../helpers/tenants/accepted';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { hasPostgres } from '../../../helpers/registry';
import { tenantOnTrial } from '../../../helpers/tenants/trials';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('trials over HTTP: not run, this machine has no PostgreSQL');

const ENDS_AT = '2100-01-01T00:00:00.000Z';

suite('a trial over HTTP', () => {
  let api: ApiHarness;
  let sales: Client;
  let tenantId: string;
  let operationId: string;
  beforeAll(async () => {
    api = await startApiHarness();
    sales = await api.as(['tenants:suspend']);
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    ({ tenantId, operationId } = await tenantOnTrial(api.registry));
    Object.assign(api.runs, { down: false, trials: [] });
  });

  const path = (id = tenantId) => `/v1/tenants/${id}/trial`;
  const shown = async () =>
    expectAnswer(await (await api.as(['tenants:read'])).get(`/v1/tenants/${tenantId}`), 200, tenantSchema).trial;

  test('is moved, and its run is told', async () => {
    const moved = expectAnswer(await sales.put(path(), { endsAt: ENDS_AT }), 200, trialAnswerSchema);
    expect(moved).toEqual({ tenantId, trial: { endsAt: ENDS_AT, then: 'suspend' } });
    expect(await shown()).toEqual(moved.trial);
    expect(expectAnswer(await sales.put(path(), { endsAt: ENDS_AT }), 200, trialAnswerSchema)).toEqual(moved);
    expect(api.runs.trials).toEqual([{ tenantId, operationId }]);
  });

  test('is ended because the customer pays, and cannot be moved then', async () => {
    expect((await sales.delete(path())).status).toBe(204);
    expect((await sales.delete(path())).status).toBe(204);
    expect(await shown()).toBeUndefined();
    expect(api.runs.trials).toEqual([{ tenantId, operationId }]);
    expectProblem(await sales.put(path(), { endsAt: ENDS_AT }), 'state-conflict');
  });

  test('is refused with an end in the past', async () => {
    const { errors } = expectProblem(await sales.put(path(), { endsAt: '2020-01-01T00:00:00Z' }), 'invalid-body');
    expect(errors).toMatchObject([{ pointer: '/endsAt' }]);
  });

  test('cannot be moved or ended for a tenant that has none, or does not exist', async () => {
    const without = (await activeTenant(api.registry)).tenantId;
    expectProblem(await sales.put(path(without), { endsAt: ENDS_AT }), 'state-conflict');
    expectProblem(await sales.delete(path(without)), 'state-conflict');
    expectProblem(await sales.put(path('aaaaaaaaaaaaaaaa'), { endsAt: ENDS_AT }), 'not-found');
    expectProblem(await sales.delete(path('aaaaaaaaaaaaaaaa')), 'not-found');
  });

  test('whose run could not be started or told is started by the relay, once', async () => {
    const { pool } = api.registry;
    const relay = startRelay({ pool, runs: api.runs, logger: api.dependencies.logger, graceSeconds: 0 });
    await relay.look();
    const own = () => api.runs.trials.filter((trial) => trial.tenantId === tenantId);
    expect(own()).toHaveLength(1);
    api.runs.down = true;
    await sales.put(path(), { endsAt: ENDS_AT });
    api.runs.down = false;
    await relay.look();
    await relay.look();
    await relay.stop();
    expect(own()).toHaveLength(2);
  });
});
