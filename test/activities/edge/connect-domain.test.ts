import { randomBytes } from 'node:crypto';
import { createConnectDomain } from '../../../activities/edge/connect-domain';
import { createEffects } from '../../../activities/effects/effect';
import { createRunRecords } from '../../../activities/operations/run-records';
import { dashName } from '../../../contract/ids';
import { EDGE_ROUTE_KIND, type DomainConnection } from '../../../contract/edge/route';
import type { EdgeRouteSpec } from '../../../contract/edge/route';
import type { Edge } from '../../../providers/edge/edge';
import type { EdgeAnswer } from '../../../providers/edge/look';
import type { ResourceKind } from '../../../providers/port/kind';
import { listResources } from '../../../registry/ledger/ledger';
import { acceptChange } from '../../../registry/operations/change-acceptance';
import { recordOutcome } from '../../../registry/operations/transitions';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { acceptTenant } from '../../helpers/tenants/accepted';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('connecting custom domains: not run, this machine has no PostgreSQL');

suite('connecting a custom domain', () => {
  let registry: TestRegistry;
  /** The host of each tenant's route at the edge; null for none. */
  let routes: Map<string, string | null>;
  let answer: EdgeAnswer;
  let count = 0;

  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());
  beforeEach(() => {
    routes = new Map();
    answer = { status: 200, closed: false };
  });

  const kind: ResourceKind<EdgeRouteSpec> = {
    kind: EDGE_ROUTE_KIND,
    provider: 'caddy',
    global: true,
    name: dashName,
    find: ({ tenantId, name }) =>
      Promise.resolve(routes.has(tenantId) ? { state: 'present', id: name } : { state: 'absent' }),
    create: ({ tenantId, name }) => {
      routes.set(tenantId, null);
      return Promise.resolve({ id: name });
    },
    update: ({ tenantId }, { domain }) => Promise.resolve(void routes.set(tenantId, domain ?? null)),
    access: () => Promise.resolve('open'),
    remove: ({ tenantId }) => Promise.resolve(void routes.delete(tenantId)),
    async *list() {},
  };
  const activities = () => {
    const { pool, keys } = registry;
    const registered = { kind: kind as ResourceKind, classify: () => undefined };
    const common = { pool, keys, signal: () => AbortSignal.timeout(20_000) };
    const effects = createEffects({
      ...common,
      ...{ lateRequestSeconds: 1, repeatedRequestSeconds: 0 },
      kindOf: () => registered,
    });
    const kinds = { all: [], of: () => registered as never, find: () => registered };
    const edge: Edge = { route: kind, kinds: [kind], classify: () => undefined, look: () => Promise.resolve(answer) };
    return {
      ...createConnectDomain({ ...common, effects, kinds, edge, activity: () => `test/${(count += 1)}` }),
      ...createRunRecords({ ...common, effects }),
    };
  };
  const tenant = async () => {
    const domain = `shop-${(count += 1)}.example`;
    const { tenantId, operationId } = await acceptTenant(registry, { configuration: { customDomain: domain } });
    await registry.pool.query(`update operation set status = 'active', region = 'eu' where operation_id = $1`, [
      operationId,
    ]);
    return { tenantId, domain };
  };
  const begin = async (tenantId: string, edge: DomainConnection) => {
    const about = { kind: 'connect-domain', tenantId, caller: 'test', requestHash: randomBytes(32) } as const;
    const done = await acceptChange(registry.pool, registry.keys, { ...about, parameters: { edge } });
    if (done.outcome !== 'accepted') throw new Error(done.outcome);
    await recordOutcome(registry.pool, { operationId: done.run.operationId, status: 'running' });
    return done.run.operationId;
  };
  const complete = async (operationId: string) => {
    await activities().connectDomain({ operationId, step: 'integrations' });
    await activities().verifyDomain({ operationId, step: 'verify' });
    expect(await recordOutcome(registry.pool, { operationId, status: 'completed' })).toBe('committed');
  };
  const undo = async (operationId: string) => {
    await recordOutcome(registry.pool, { operationId, status: 'compensating' });
    await activities().compensateStep({ operationId, step: 'integrations' });
    await recordOutcome(registry.pool, { operationId, status: 'failed' });
  };
  const row = async (tenantId: string) =>
    (await listResources(registry.pool, tenantId)).find((each) => each.kind === EDGE_ROUTE_KIND);

  test('makes the route with its host; disconnected, the route has none; connected again, it has it again', async () => {
    const { tenantId, domain } = await tenant();
    await complete(await begin(tenantId, 'connected'));
    expect(routes.get(tenantId)).toBe(domain);
    await complete(await begin(tenantId, 'disconnected'));
    expect(routes.get(tenantId)).toBeNull();
    await complete(await begin(tenantId, 'connected'));
    expect(routes.get(tenantId)).toBe(domain);
    expect(await row(tenantId)).toMatchObject({ state: 'present', settings: { domain } });
  });

  test.each<[string, EdgeAnswer]>([
    ['the handshake fails', { refused: 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR' }],
    ['the edge knows no such host', { status: 421, closed: false }],
    ['the edge refuses for a closed tenant', { status: 503, closed: true }],
  ])('fails the verification if %s; undone, nothing is left', async (_, given) => {
    const { tenantId } = await tenant();
    const operationId = await begin(tenantId, 'connected');
    await activities().connectDomain({ operationId, step: 'integrations' });
    answer = given;
    await expect(activities().verifyDomain({ operationId, step: 'verify' })).rejects.toMatchObject({
      type: 'VerificationFailed',
      message: expect.not.stringContaining('shop-'),
    });
    await undo(operationId);
    expect(routes.has(tenantId)).toBe(false);
    expect(await row(tenantId)).toMatchObject({ state: 'absent' });
  });

  test('an application that is down does not fail it: the edge serves the domain all the same', async () => {
    const { tenantId } = await tenant();
    answer = { status: 502, closed: false };
    await complete(await begin(tenantId, 'connected'));
  });

  test('disconnecting that is undone gives the host back', async () => {
    const { tenantId, domain } = await tenant();
    await complete(await begin(tenantId, 'connected'));
    const operationId = await begin(tenantId, 'disconnected');
    await activities().connectDomain({ operationId, step: 'integrations' });
    expect(routes.get(tenantId)).toBeNull();
    await undo(operationId);
    expect(routes.get(tenantId)).toBe(domain);
  });

  test('a worker without an edge says so, and nothing is made', async () => {
    const { tenantId } = await tenant();
    const operationId = await begin(tenantId, 'connected');
    const { connectDomain } = createConnectDomainWithoutEdge();
    await expect(connectDomain({ operationId, step: 'integrations' })).rejects.toMatchObject({
      type: 'CapabilityMissing',
      message: expect.stringContaining('EDGE_ADDRESS'),
    });
    expect(await row(tenantId)).toBeUndefined();
  });

  function createConnectDomainWithoutEdge() {
    const nothing = undefined as never;
    const edge: Edge = { route: undefined, kinds: [], classify: nothing, look: nothing };
    const { pool } = registry;
    return createConnectDomain({ pool, edge, effects: nothing, kinds: nothing, signal: nothing, activity: nothing });
  }
});
