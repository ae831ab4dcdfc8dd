import { randomUUID } from 'node:crypto';
import type { NewEvent } from '../../../contract/events/events';
import { transaction } from '../../../registry/database';
import { revokeApiToken } from '../../../registry/credentials/api-tokens';
import { endpointIdOf } from '../../../contract/webhooks/webhooks';
import { confirmPerson } from '../../../registry/staff/people';
import { createEndpoint } from '../../../registry/webhooks/endpoint-secrets';
import { disableEndpoint } from '../../../registry/webhooks/endpoints';
import { acceptTenant, type AcceptedTenant } from '../../helpers/tenants/accepted';
import { commitEvents, testEvent } from '../../helpers/events/events';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { ALL_GRANTS, fanOutAll, makeEndpoint, messagesTo, NO_GRANTS } from '../../helpers/webhooks/endpoints';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('messages of events: not run, this machine has no PostgreSQL');

const FOUND: NewEvent = {
  type: 'quarantine.found',
  data: { findingId: 'f1', reason: 'orphan', kind: 'bucket', provider: 's3', region: 'eu-central' },
};

suite('the webhooks’ reader of the event log', () => {
  let registry: TestRegistry;
  let tenant: AcceptedTenant;
  beforeAll(async () => {
    registry = await createTestRegistry();
    // Ordered by token:signup.
    tenant = await acceptTenant(registry);
  });
  beforeEach(async () => {
    await fanOutAll(registry);
    await registry.asOwner('truncate webhook_endpoint, api_token cascade');
  });
  afterAll(() => registry.drop());

  const about = (more: Partial<AcceptedTenant> = {}) => {
    const { tenantId, operationId } = { ...tenant, ...more };
    return { tenantId, operationId };
  };
  const status = (more: Partial<AcceptedTenant> = {}): NewEvent => ({
    type: 'operation.status',
    ...about(more),
    data: { from: 'pending', status: 'provisioning' },
  });
  const state = (more: Partial<AcceptedTenant> = {}): NewEvent => ({
    type: 'tenant.state',
    ...about(more),
    data: { state: 'active' },
  });
  const payloads = async (endpointId: string): Promise<string[]> => {
    const { rows } = await registry.pool.query<{ payload: string }>(
      `select payload from webhook_delivery where endpoint_id = $1 order by position`,
      [endpointId],
    );
    return rows.map(({ payload }) => (JSON.parse(payload) as { type: string }).type);
  };

  test('makes one message of each event for each endpoint, in the order of the log', async () => {
    const endpoints = [await makeEndpoint(registry), await makeEndpoint(registry, { owner: 'support' })];
    await commitEvents(registry.pool, ...Array.from({ length: 250 }, (_, index) => testEvent(index, about())));
    const events = await fanOutAll(registry);
    expect(events).toHaveLength(250);
    for (const endpointId of endpoints)
      expect((await messagesTo(registry, endpointId)).map(({ sequence }) => sequence)).toEqual(
        events.map(({ sequence }) => sequence),
      );
  });

  test('sends an endpoint only the types that it follows, and nothing from before it was created', async () => {
    await commitEvents(registry.pool, state());
    const endpointId = await makeEndpoint(registry, { eventTypes: ['tenant.state'] });
    await commitEvents(registry.pool, status(), state());
    await fanOutAll(registry);
    expect(await payloads(endpointId)).toEqual(['tenant.state']);
  });

  test('sends a caller that sees only its own operations no event of others', async () => {
    const foreign = { operationId: 'op_aaaaaaaaaaaaaaaaaaaa', tenantId: 'aaaaaaaaaaaaaaaa' };
    const [own, other] = [
      await makeEndpoint(registry, { owner: 'signup', grants: NO_GRANTS }),
      await makeEndpoint(registry, { owner: 'partner', grants: NO_GRANTS }),
    ];
    // An operation of another caller on the caller's own tenant, such as a suspension.
    const suspension = { operationId: foreign.operationId };
    await commitEvents(registry.pool, status(), status(foreign), state(foreign), status(suspension), state(suspension));
    await commitEvents(registry.pool, FOUND);
    await fanOutAll(registry);
    expect(await payloads(own)).toEqual(['operation.status', 'tenant.state']);
    expect(await payloads(other)).toEqual([]);
  });

  test('sends what sweeps find to operators only', async () => {
    const reader = await makeEndpoint(registry, {
      owner: 'reader',
      grants: { ...NO_GRANTS, operation: ['tenants:read'] },
    });
    const operator = await makeEndpoint(registry, {
      owner: 'operator',
      grants: { ...NO_GRANTS, operators: ['operations:operate'] },
    });
    await commitEvents(registry.pool, FOUND);
    await fanOutAll(registry);
    expect([await payloads(reader), await payloads(operator)]).toEqual([[], ['quarantine.found']]);
  });

  test('follows the roles that the owner’s tokens have now, and sends nothing once every token is revoked', async () => {
    const endpointId = await makeEndpoint(registry, { owner: 'reader' });
    const { rows } = await registry.pool.query<{ tokenId: string }>(
      `update api_token set roles = '{webhooks:manage}' where name = 'reader' returning token_id as "tokenId"`,
    );
    await commitEvents(registry.pool, status());
    await fanOutAll(registry);
    expect(await payloads(endpointId)).toEqual([]);
    const signup = await makeEndpoint(registry, { owner: 'signup', grants: NO_GRANTS });
    await revokeApiToken(registry.pool, rows[0]!.tokenId);
    await registry.pool.query(`update api_token set revoked_at = now() where name = 'signup'`);
    await commitEvents(registry.pool, status());
    await fanOutAll(registry);
    expect([await payloads(endpointId), await payloads(signup)]).toEqual([[], []]);
  });

  test('passes over no event because of a type that a newer version has added, and sends it to those who see its operation', async () => {
    const [operator, own, other] = [
      await makeEndpoint(registry, { owner: 'operator' }),
      await makeEndpoint(registry, { owner: 'signup', grants: NO_GRANTS }),
      await makeEndpoint(registry, { owner: 'partner', grants: NO_GRANTS }),
    ];
    const { tenantId, operationId } = tenant;
    await registry.pool.query(
      `insert into event (type, tenant_id, operation_id, data) values ('tenant.renamed', $1, $2, '{}'), ('region.closed', null, null, '{}')`,
      [tenantId, operationId],
    );
    await commitEvents(registry.pool, state());
    await fanOutAll(registry);
    expect(await payloads(operator)).toEqual(['tenant.renamed', 'region.closed', 'tenant.state']);
    expect(await payloads(own)).toEqual(['tenant.renamed', 'tenant.state']);
    expect(await payloads(other)).toEqual([]);
  });

  test('follows the roles that a person’s identity provider last confirmed, for thirty days', async () => {
    const { pool, keys } = registry;
    const endpointId = endpointIdOf(randomUUID());
    const endpoint = { endpointId, url: 'https://hooks.example.com/', eventTypes: null, grants: ALL_GRANTS };
    await createEndpoint(pool, keys, { ...endpoint, actor: 'user:ada' });
    const sent = async (): Promise<number> => {
      const before = (await payloads(endpointId)).length;
      await commitEvents(pool, status());
      await fanOutAll(registry);
      return (await payloads(endpointId)).length - before;
    };
    const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);
    expect(await sent()).toBe(0);
    await confirmPerson(pool, 'user:ada', ['tenants:read'], daysAgo(29));
    expect(await sent()).toBe(1);
    await confirmPerson(pool, 'user:ada', ['webhooks:manage'], daysAgo(29));
    expect(await sent()).toBe(0);
    await confirmPerson(pool, 'user:ada', ['tenants:read'], daysAgo(31));
    expect(await sent()).toBe(0);
  });

  test('skips disabled endpoints', async () => {
    const endpointId = await makeEndpoint(registry);
    await transaction(registry.pool, (client) =>
      disableEndpoint(client, { endpointId, actor: 'token:signup' }, 'requested'),
    );
    await commitEvents(registry.pool, status());
    await fanOutAll(registry);
    expect(await payloads(endpointId)).toEqual([]);
  });
});
