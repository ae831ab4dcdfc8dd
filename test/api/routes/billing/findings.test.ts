import { attentionSchema } from '../../../../contract/schemas/platform/attention-schema';
import { recordFindings } from '../../../../registry/billing/findings';
import { transaction } from '../../../../registry/database';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness } from '../../../helpers/api';
import { billedTenant } from '../../../helpers/billing';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('findings in billing over HTTP: not run, this machine has no PostgreSQL');

suite('a finding in a tenant’s billing', () => {
  let api: ApiHarness;
  beforeAll(async () => void (api = await startApiHarness()));
  afterAll(() => api.stop());

  const waiting = async () => {
    const client = await api.as(['operations:operate']);
    return expectAnswer(await client.get('/v1/attention'), 200, attentionSchema).billing!;
  };

  test('waits for operators until one accepts it, and not once its tenant is to be removed', async () => {
    const { pool } = api.registry;
    const operators = await api.as(['operations:operate']);
    const { tenantId, subscriptionId } = await billedTenant(api.registry);
    const found = [{ problem: 'subscription_cancelled', objectId: subscriptionId } as const];
    const find = () =>
      transaction(pool, (client) => recordFindings(client, tenantId, { asked: ['subscription_cancelled'], found }));
    await find();
    await find();
    const { count, items } = await waiting();
    expect({ count, items }).toMatchObject({ count: 1, items: [{ tenantId, object: subscriptionId }] });
    const path = `/v1/billing/findings/${items[0]!.findingId}:accept`;
    expect((await operators.post(path)).status).toBe(204);
    expect((await operators.post(path)).status).toBe(204);
    expectProblem(await operators.post(`/v1/billing/findings/bf_${'f'.repeat(24)}:accept`), 'not-found');
    expect(await waiting()).toEqual({ count: 0, items: [] });
    await find();
    expect((await waiting()).count).toBe(1);
    await pool.query(`update tenant set state = 'leaving' where tenant_id = $1`, [tenantId]);
    expect((await waiting()).count).toBe(0);
  });
});
