import { MESSAGES_AT_ONCE } from '../../../contract/webhooks/webhooks';
import { listDueDeliveries, markStarted } from '../../../registry/webhooks/due';
import { rowsRead } from '../../helpers/registry-watch';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { makeEndpoint, messagesTo } from '../../helpers/webhooks/endpoints';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('due deliveries of webhooks: not run, this machine has no PostgreSQL');

suite('due deliveries of webhooks', () => {
  let registry: TestRegistry;
  let endpointId: string;
  beforeEach(async () => {
    registry = await createTestRegistry();
    endpointId = await makeEndpoint(registry);
  });
  afterEach(() => registry.drop());

  /** Makes messages to tenants in turn. */
  const make = (messages: number, tenants: number): Promise<unknown> =>
    registry.pool.query(
      `insert into webhook_delivery (delivery_id, endpoint_id, sequence, type, tenant_id, payload)
       select 'msg_' || md5(n::text), $1, n, 'operation.status', 'a' || left(md5((n % $3)::text), 15), '{}'
       from generate_series(1, $2) as n`,
      [endpointId, messages, tenants],
    );
  /** The tenants of the deliveries that are due now, which are started. */
  const start = async (): Promise<(string | null)[]> => {
    const due = await listDueDeliveries(registry.pool, 100);
    for (const delivery of due) await markStarted(registry.pool, delivery);
    return due.map(({ tenantId }) => tenantId);
  };

  test('are found by a look at a few messages, however many wait, and those of the oldest come first', async () => {
    await make(5000, 50);
    expect(await rowsRead((db) => listDueDeliveries(db, 100), registry.pool)).toBeLessThan(500);
    const oldest = (await messagesTo(registry, endpointId)).slice(0, MESSAGES_AT_ONCE);
    expect(await start()).toEqual(oldest.map(({ tenantId }) => tenantId));
  });

  test('of more tenants than one look considers all come to their turn', async () => {
    await make(1000, 1000);
    const seen = new Set<string | null>();
    for (let looks = 0; seen.size < 1000 && looks < 1000; looks++) {
      for (const tenant of await start()) seen.add(tenant);
      await registry.pool.query(`update webhook_delivery set state = 'delivered' where state = 'trying'`);
    }
    expect(seen.size).toBe(1000);
  });
});
