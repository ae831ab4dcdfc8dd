import { operationPageSchema, operationSchema } from '../../../../contract/schemas/operation-schema';
import { writeConfiguration } from '../../../../registry/tenants/configuration';
import { recordStepEvent } from '../../../../registry/operations/step-events';
import { destroyTenantKey } from '../../../../registry/keys/tenant-keys';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { addResource, placeOrder, putInState } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('operations over HTTP: not run, this machine has no PostgreSQL');

suite('following operations', () => {
  let api: ApiHarness;
  let orderer: Client;
  let reader: Client;

  beforeAll(async () => {
    api = await startApiHarness();
    orderer = await api.as(['tenants:order']);
    reader = await api.as(['tenants:read']);
  });
  afterAll(() => api.stop());

  test('while Temporal is down an accepted operation is pending, and none of its ten steps has begun', async () => {
    api.runs.down = true;
    const { operationId, tenantId, order } = await placeOrder(orderer);
    api.runs.down = false;
    const response = await reader.get(`/v1/operations/${operationId}`);
    const operation = expectAnswer(response, 200, operationSchema);
    expect(operation).toMatchObject({
      operationId,
      tenantId,
      tenantName: order.tenantName,
      status: 'pending',
      completed: 0,
      total: 10,
      verbs: ['cancel'],
      leftovers: [],
      approval: { state: 'not_required', required: [] },
      result: { tenantId, status: 'pending', resources: { database: [], storage: [], compute: [] } },
    });
    expect(operation.steps.map(({ state }) => state)).toEqual(Array.from({ length: 10 }, () => 'pending'));
    expect(response.headers['retry-after']).toBeDefined();
  });

  test('operations can be listed by tenant, and while they are open; each names who asked for it', async () => {
    const [open, ended] = [await placeOrder(orderer), await placeOrder(orderer)];
    await putInState(api, ended, 'active');
    const listed = async (query: string) => {
      const { items } = expectAnswer(await reader.get(`/v1/operations?${query}`), 200, operationPageSchema);
      return items.filter(({ operationId }) => [open.operationId, ended.operationId].includes(operationId));
    };
    expect(await listed(`tenantId=${ended.tenantId}`)).toMatchObject([
      { operationId: ended.operationId, requestedBy: 'token:tenants-order' },
    ]);
    expect(await listed('open=true')).toMatchObject([{ operationId: open.operationId }]);
    expect(await listed(`open=true&tenantId=${ended.tenantId}`)).toEqual([]);
  });

  test('an operator is shown where the run is in the Temporal Web UI', async () => {
    const { operationId } = await placeOrder(orderer);
    const shown = async (client: Client) =>
      expectAnswer(await client.get(`/v1/operations/${operationId}`), 200, operationSchema).webUi;
    expect(await shown(reader)).toBeUndefined();
    expect(await shown(await api.as(['operations:operate']))).toBe(
      `http://temporal.example:8233/namespaces/default/workflows/operation%2F${operationId}`,
    );
  });

  test('operations and tenants can be filtered by name prefix, organization, region and time', async () => {
    const one = await placeOrder(orderer, { tenantName: 'findable-one', organizationName: 'Søren  ÅS Bikes' });
    const two = await placeOrder(orderer, { tenantName: 'findable-two', organizationName: 'Another' });
    await placeOrder(orderer, { tenantName: 'findablexone' });
    for (const change of [`operation set region = 'us-east',`, 'tenant set'])
      await api.registry.pool.query(`update ${change} created_at = '2020-01-01T12:00:00Z' where operation_id = $1`, [
        two.operationId,
      ]);
    const found = async (query: object) => {
      const search = new URLSearchParams({ ...query }).toString();
      const [operations, tenants] = await Promise.all(
        ['operations', 'tenants'].map(async (list) => {
          const answer = await reader.get(`/v1/${list}?${search}`);
          expect(answer.status).toBe(200);
          return (answer.body as { items: { tenantName: string }[] }).items.map(({ tenantName }) => tenantName);
        }),
      );
      expect(tenants).toEqual(operations);
      return operations!.sort();
    };
    expect(await found({ name: 'findable-' })).toEqual(['findable-one', 'findable-two']);
    expect(await found({ name: 'findable_' })).toEqual([]);
    expect(await found({ organization: 'søren åS BIKES' })).toEqual(['findable-one']);
    expect(await found({ organization: 'søren' })).toEqual([]);
    expect(await found({ region: 'us-east' })).toEqual(['findable-two']);
    expect(await found({ createdBefore: '2020-01-01T13:00:01+01:00' })).toEqual(['findable-two']);
    expect(await found({ createdFrom: '2020-01-01T12:00:01Z', name: 'findable-' })).toEqual(['findable-one']);
    expect(await found({ status: 'pending', plan: one.order.subscription.plan, name: 'findable-o' })).toEqual([
      'findable-one',
    ]);
    const { rows } = await api.registry.pool.query<{ row: string }>(
      `select operation::text as row from operation where tenant_name = 'findable-one'`,
    );
    expect(rows[0]!.row).not.toMatch(/søren/i);
  });

  test('an organization is no longer found once the tenant’s key is destroyed', async () => {
    const { tenantId } = await placeOrder(orderer, { organizationName: 'Forgotten Ltd.' });
    const count = async (list: string) =>
      (await reader.get(`/v1/${list}?organization=forgotten%20ltd.`)).body.items.length as number;
    const counts = () => Promise.all(['operations', 'tenants'].map(count));
    expect(await counts()).toEqual([1, 1]);
    await destroyTenantKey(api.registry.pool, tenantId);
    expect(await counts()).toEqual([0, 0]);
  });

  test('an unknown list parameter is refused with the known ones', async () => {
    const { errors } = expectProblem(
      await reader.get('/v1/operations?state=failed&createdFrom=yesterday'),
      'invalid-parameter',
    );
    expect(errors).toEqual([
      { pointer: '/createdFrom', detail: expect.stringContaining('ISO 8601') as string },
      {
        pointer: '/state',
        detail:
          'Is not a parameter of this route. It takes status, plan, region, name, organization, createdFrom, createdBefore, cursor, limit, kind, tenantId, open, undelivered.',
      },
    ]);
  });

  test('a running operation shows the attempts of its steps', async () => {
    const { operationId } = await placeOrder(orderer);
    await putInState(api, { operationId }, 'provisioning');
    const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 12, 0, second));
    const event = { operationId, direction: 'forward' as const };
    await recordStepEvent(api.registry.pool, {
      ...event,
      activityId: '1',
      attempt: 1,
      step: 'validate',
      startedAt: at(0),
      endedAt: at(1),
    });
    await recordStepEvent(api.registry.pool, {
      ...event,
      activityId: '2',
      attempt: 1,
      step: 'reserve',
      startedAt: at(1),
      endedAt: at(2),
      errorType: 'ProviderUnavailable',
      errorMessage: 'No answer.',
    });
    await recordStepEvent(api.registry.pool, {
      ...event,
      activityId: '2',
      attempt: 2,
      step: 'reserve',
      startedAt: at(3),
    });
    const operation = expectAnswer(await reader.get(`/v1/operations/${operationId}`), 200, operationSchema);
    expect(operation.steps[0]).toMatchObject({ state: 'done', attempts: 1, endedAt: at(1).toISOString() });
    expect(operation.steps[1]).toMatchObject({
      state: 'running',
      attempts: 2,
      startedAt: at(1).toISOString(),
      error: { type: 'ProviderUnavailable', message: 'No answer.' },
    });
    expect(operation.steps[1]).not.toHaveProperty('endedAt');
    expect(operation.completed).toBe(1);
  });

  test('the result of an active tenant has its resources, its configuration and where to claim, but no secret', async () => {
    const ordered = await placeOrder(orderer);
    const { operationId, tenantId } = ordered;
    await addResource(api, ordered, { kind: 'pooled-share', step: 'database' });
    await addResource(api, ordered, { kind: 'bucket', step: 'storage-and-compute' });
    await addResource(api, ordered, { kind: 'pool-placement', step: 'storage-and-compute', facts: { cell: 'c' } });
    const adminAccessUrl = 'https://login.example/admin';
    await addResource(api, ordered, { kind: 'idp-admin-user', step: 'identity', facts: { adminAccessUrl } });
    const empty = { modules: [], settings: {}, branding: {}, integrations: [], notifications: [], reporting: [] };
    const configuration = { features: { records: true }, ...empty };
    await writeConfiguration(api.registry.pool, api.registry.keys, tenantId, 1, configuration);
    await putInState(api, ordered, 'active', { steps: [{ id: 'validate', state: 'done' }] });
    const response = await reader.get(`/v1/operations/${operationId}`);
    const { result } = expectAnswer(response, 200, operationSchema);
    expect(result).toMatchObject({
      status: 'success',
      resources: {
        database: [{ kind: 'pooled-share' }],
        storage: [{ kind: 'bucket' }],
        compute: [{ kind: 'pool-placement', facts: { cell: 'c' } }],
      },
      configuration,
      credentials: { adminAccessUrl },
    });
    expect(response.headers['retry-after']).toBeUndefined();
  });

  test('a failed operation shows why, even after the tenant’s key is destroyed', async () => {
    const ordered = await placeOrder(orderer, { customizations: { storageQuotaGb: 20 } });
    const failure = {
      type: 'PaymentMethodDeclined',
      message: 'Declined.',
      step: 'integrations',
      pointer: '/paymentMethod',
    };
    await putInState(api, ordered, 'failed', { failure });
    await destroyTenantKey(api.registry.pool, ordered.tenantId);
    const operation = expectAnswer(await reader.get(`/v1/operations/${ordered.operationId}`), 200, operationSchema);
    expect(operation).toMatchObject({ status: 'failed', failure, verbs: [], result: { status: 'failed' } });
    expect(operation.approval).toEqual({ state: 'not_required', required: ['storageQuotaGb'] });
    expect(operation.result?.errors).toEqual(['integrations: Declined.']);
  });

  test('an approver sees the requested customizations', async () => {
    const { operationId } = await placeOrder(orderer, { customizations: { storageQuotaGb: 20 } });
    const approver = await api.as(['approvals:decide']);
    const operation = expectAnswer(await approver.get(`/v1/operations/${operationId}`), 200, operationSchema);
    expect(operation.approval.requested).toEqual({ storageQuotaGb: 20 });
  });

  test('the orderer sees who decided, when and why, even after the tenant’s key is destroyed', async () => {
    const ordered = await placeOrder(orderer, { customizations: { storageQuotaGb: 20 } });
    await putInState(api, ordered, 'awaiting_approval', { approvalState: 'waiting' });
    const approver = await api.as(['approvals:decide']);
    const comment = 'Grace Hopper has no budget left';
    await approver.post(`/v1/operations/${ordered.operationId}/approval`, { decision: 'reject', comment });
    await putInState(api, ordered, 'rejected', { approvalState: 'rejected' });
    await destroyTenantKey(api.registry.pool, ordered.tenantId);
    const { approval } = expectAnswer(await orderer.get(`/v1/operations/${ordered.operationId}`), 200, operationSchema);
    expect(approval).toMatchObject({
      state: 'rejected',
      decision: { by: 'token:approvals-decide', comment, verified: true },
    });
    const { rows } = await api.registry.pool.query<{ row: string }>(
      `select approval_decision::text as row from approval_decision where operation_id = $1`,
      [ordered.operationId],
    );
    expect(rows[0]!.row).not.toContain('Grace');
    expect(rows[0]!.row).not.toContain(Buffer.from('Grace').toString('hex'));
  });

  test('the approval of an order cancelled before a decision is withdrawn, not waiting', async () => {
    const ordered = await placeOrder(orderer, { customizations: { storageQuotaGb: 20 } });
    for (const status of ['compensating', 'cancelled'] as const) {
      await putInState(api, ordered, status, { approvalState: 'waiting' });
      const { body } = await orderer.get(`/v1/operations/${ordered.operationId}`);
      expect(operationSchema.parse(body).approval.state).toBe('withdrawn');
    }
  });

  test('a token that may only order sees its own operations; others look as if they did not exist', async () => {
    const { operationId, tenantId } = await placeOrder(orderer);
    const stranger = await api.as(await api.token(['tenants:order'], 'stranger'));
    expectProblem(await stranger.get(`/v1/operations/${operationId}`), 'not-found');
    expectProblem(await stranger.get(`/v1/tenants/${tenantId}`), 'not-found');
    expectProblem(await stranger.post(`/v1/operations/${operationId}/cancel`), 'not-found');
    expect(expectAnswer(await stranger.get('/v1/operations'), 200, operationPageSchema).items).toEqual([]);
    expectAnswer(await orderer.get(`/v1/operations/${operationId}`), 200, operationSchema);
  });

  test.each(['op_aaaaaaaaaaaaaaaaaaaa', 'nonsense', '%00', "'or'1", '..%2f..%2fetc'])(
    'the operation %s is not found',
    async (id) => {
      expectProblem(await reader.get(`/v1/operations/${id}`), 'not-found');
    },
  );

  test('pages show every operation once, newest first, even if others are ordered meanwhile', async () => {
    const own = await api.as(await api.token(['tenants:order'], 'pager'));
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) ids.unshift((await placeOrder(own)).operationId);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const response = await own.get(`/v1/operations?limit=3${cursor === undefined ? '' : `&cursor=${cursor}`}`);
      const page = expectAnswer(response, 200, operationPageSchema);
      seen.push(...page.items.map(({ operationId }) => operationId));
      cursor = page.nextCursor;
      await placeOrder(own);
    } while (cursor !== undefined);
    expect(seen).toEqual(ids);
  });

  test('operations ordered in the same microsecond are all listed', async () => {
    const own = await api.as(await api.token(['tenants:order'], 'simultaneous'));
    const ids = [
      (await placeOrder(own)).operationId,
      (await placeOrder(own)).operationId,
      (await placeOrder(own)).operationId,
    ];
    await api.registry.pool.query(
      `update operation set created_at = '2026-01-01T00:00:00.123457Z' where operation_id = any($1)`,
      [ids],
    );
    const first = expectAnswer(await own.get('/v1/operations?limit=2'), 200, operationPageSchema);
    const rest = expectAnswer(
      await own.get(`/v1/operations?limit=2&cursor=${first.nextCursor}`),
      200,
      operationPageSchema,
    );
    expect([...first.items, ...rest.items].map(({ operationId }) => operationId).sort()).toEqual(ids.sort());
  });

  test('a list can be filtered by status and plan', async () => {
    const own = await api.as(await api.token(['tenants:order'], 'filterer'));
    const starter = await placeOrder(own);
    await placeOrder(own, { subscription: { plan: 'professional', billingCycle: 'yearly', features: [] } });
    await putInState(api, starter, 'provisioning');
    const plans = async (query: string): Promise<string[]> =>
      expectAnswer(await own.get(`/v1/operations?${query}`), 200, operationPageSchema).items.map(({ plan }) => plan);
    expect(await plans('plan=professional')).toEqual(['professional']);
    expect(await plans('status=provisioning')).toEqual(['starter']);
    expect(await plans('status=provisioning&plan=professional')).toEqual([]);
  });

  test.each([
    'status=done',
    'plan=gold',
    'cursor=x',
    'limit=0',
    'limit=101',
    'limit=1e2',
    'page=2',
    'status=active&status=failed',
  ])('the query %s is refused and names the parameter', async (query) => {
    const problem = expectProblem(await reader.get(`/v1/operations?${query}`), 'invalid-parameter');
    expect(problem.errors?.[0]?.pointer).toBe(`/${query.split('=')[0]}`);
  });
});
