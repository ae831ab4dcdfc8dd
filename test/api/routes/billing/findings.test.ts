import { billingFindingPageSchema } from '../../../../contract/schemas/billing/finding-schema';
import { attentionSchema } from '../../../../contract/schemas/platform/attention-schema';
import { recordFindings } from '../../../../registry/billing/findings';
import { transaction } from '../../../../registry/database';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness } from '../../../helpers/api';
import { billedTenant } from '../../../helpers/tenants/billing';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('findings in billing over HTTP: not run, this machine has no PostgreSQL');

const PROBLEM = 'subscription_cancelled' as const;

suite('a finding in billing', () => {
  let api: ApiHarness;
  beforeAll(async () => void (api = await startApiHarness()));
  afterAll(() => api.stop());

  const waiting = async () => {
    const client = await api.as(['operations:operate']);
    return expectAnswer(await client.get('/v1/attention'), 200, attentionSchema).billing!;
  };
  const listed = async (query: string) => {
    const client = await api.as(['operations:operate']);
    return expectAnswer(await client.get(`/v1/billing/findings?${query}`), 200, billingFindingPageSchema);
  };
  const found = (tenantId: string | null, ...objects: string[]) =>
    transaction(api.registry.pool, (client) =>
      recordFindings(client, tenantId, {
        asked: [PROBLEM],
        found: objects.map((objectId) => ({ problem: PROBLEM, objectId })),
      }),
    );
  const reason = { reason: 'The customer has asked for it.' };

  test('waits for operators until one resolves it, and is found again only after it was mended', async () => {
    const operators = await api.as(['operations:operate']);
    const { tenantId, subscriptionId } = await billedTenant(api.registry);
    await found(tenantId, subscriptionId);
    await found(tenantId, subscriptionId);
    const { count, items } = await waiting();
    expect({ count, items }).toMatchObject({ count: 1, items: [{ tenantId, object: subscriptionId }] });
    const path = `/v1/billing/findings/${items[0]!.findingId}:resolve`;
    expect((await operators.post(path, reason)).status).toBe(204);
    expect((await operators.post(path, reason)).status).toBe(204);
    expectProblem(await operators.post(`/v1/billing/findings/bf_${'f'.repeat(24)}:resolve`, reason), 'not-found');
    await found(tenantId, subscriptionId);
    expect(await waiting()).toEqual({ count: 0, items: [] });
    await found(tenantId);
    await found(tenantId, subscriptionId);
    expect((await waiting()).count).toBe(1);
    await api.registry.pool.query(`update tenant set state = 'leaving' where tenant_id = $1`, [tenantId]);
    expect((await waiting()).count).toBe(0);
  });

  test('is listed with its remedy and with the decision about it, newest first', async () => {
    const operators = await api.as(['operations:operate']);
    const { tenantId } = await billedTenant(api.registry);
    await found(tenantId, 'sub_one');
    await found(tenantId, 'sub_one', 'sub_two');
    const first = await listed(`tenantId=${tenantId}&limit=1`);
    expect(first.items).toMatchObject([
      { object: 'sub_two', state: 'open', remedy: expect.stringContaining('Stripe') },
    ]);
    const second = await listed(`tenantId=${tenantId}&limit=1&cursor=${first.nextCursor}`);
    expect(second.items).toMatchObject([{ object: 'sub_one', state: 'open' }]);
    expect(second.nextCursor).toBeUndefined();
    await operators.post(`/v1/billing/findings/${second.items[0]!.findingId}:resolve`, reason);
    expect((await listed(`tenantId=${tenantId}&state=resolved`)).items).toMatchObject([
      { object: 'sub_one', resolution: { ...reason, by: expect.stringMatching(/^token:/) } },
    ]);
    await found(tenantId);
    expect((await listed(`tenantId=${tenantId}&state=ended`)).items).toMatchObject([{ object: 'sub_two' }]);
    expect((await listed(`tenantId=${tenantId}&state=open`)).items).toEqual([]);
  });

  test('belongs to no tenant where Stripe has what no tenant has', async () => {
    await found(null, 'sub_nobody');
    await found(null, 'sub_nobody');
    const { items } = await waiting();
    expect(items).toMatchObject([{ object: 'sub_nobody' }]);
    expect(items[0]).not.toHaveProperty('tenantId');
    await found(null);
    expect((await waiting()).count).toBe(0);
  });
});
