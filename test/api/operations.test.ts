import { operationPageSchema, operationSchema } from '../../contract/schemas/operation-schema';
import { writeConfiguration } from '../../registry/configuration';
import { recordStepEvent } from '../../registry/step-events';
import { destroyTenantKey } from '../../registry/tenant-keys';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../helpers/api';
import { addResource, placeOrder, putInState } from '../helpers/operations';
import { hasPostgres } from '../helpers/registry';

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

  test('an accepted operation is pending, with ten steps that have not begun, while Temporal is down', async () => {
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

  test('are found by name prefix, organization, region and time, and so are tenants', async () => {
    const one = await placeOrder(orderer, { tenantName: 'findable-one', organizationName: 'Søren  ÅS Bikes' });
    const two = await placeOrder(orderer, { tenantName: 'findable-two', organizationName: 'Another' });
    await placeOrder(orderer, { tenantName: 'findablexone' });
    await api.registry.pool.query(
      `update operation set region = 'us-east', created_at = '2020-01-01T12:00:00Z' where operation_id = $1`,
      [two.operationId],
    );
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

  test('an organization is found no more once the tenant’s key is gone', async () => {
    const { tenantId } = await placeOrder(orderer, { organizationName: 'Forgotten Ltd.' });
    const count = async () =>
      (await reader.get('/v1/operations?organization=forgotten%20ltd.')).body.items.length as number;
    expect(await count()).toBe(1);
    await destroyTenantKey(api.registry.pool, tenantId);
    expect(await count()).toBe(0);
  });

  test('a parameter that a list does not know is answered with those it does', async () => {
    const { errors } = expectProblem(
      await reader.get('/v1/operations?state=failed&createdFrom=yesterday'),
      'invalid-parameter',
    );
    expect(errors).toEqual([
      { pointer: '/createdFrom', detail: expect.stringContaining('ISO 8601') as string },
      {
        pointer: '/state',
        detail:
          'Is not a parameter of this route. It takes status, plan, region, name, organization, createdFrom, createdBefore, cursor, limit, undelivered.',
      },
    ]);
  });

  test('a running operation shows its steps as their attempts went', async () => {
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

  test('the result of an active tenant has what exists, the configuration and where to claim, and no secret', async () => {
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

  test('a failed operation tells why, also when the tenant’s key is gone', async () => {
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

  test('an approver sees what was asked for', async () => {
    const { operationId } = await placeOrder(orderer, { customizations: { storageQuotaGb: 20 } });
    const approver = await api.as(['approvals:decide']);
    const operation = expectAnswer(await approver.get(`/v1/operations/${operationId}`), 200, operationSchema);
    expect(operation.approval.requested).toEqual({ storageQuotaGb: 20 });
  });

  test('the orderer learns who decided, when and why, also after the tenant’s key is gone', async () => {
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

  test('the approval of an order that was cancelled before anybody decided is withdrawn, not waiting', async () => {
    const ordered = await placeOrder(orderer, { customizations: { storageQuotaGb: 20 } });
    for (const status of ['compensating', 'cancelled'] as const) {
      await putInState(api, ordered, status, { approvalState: 'waiting' });
      const { body } = await orderer.get(`/v1/operations/${ordered.operationId}`);
      expect(operationSchema.parse(body).approval.state).toBe('withdrawn');
    }
  });

  test('a token that may only order sees its own operations; others do not exist for it', async () => {
    const { operationId, tenantId } = await placeOrder(orderer);
    const stranger = await api.as(await api.token(['tenants:order'], 'stranger'));
    expectProblem(await stranger.get(`/v1/operations/${operationId}`), 'not-found');
    expectProblem(await stranger.get(`/v1/tenants/${tenantId}`), 'not-found');
    expectProblem(await stranger.post(`/v1/operations/${operationId}/cancel`), 'not-found');
    expect(expectAnswer(await stranger.get('/v1/operations'), 200, operationPageSchema).items).toEqual([]);
    expectAnswer(await orderer.get(`/v1/operations/${operationId}`), 200, operationSchema);
  });

  test.each(['op_aaaaaaaaaaaaaaaaaaaa', 'nonsense', '%00', "'or'1", '..%2f..%2fetc'])(
    'there is no operation %s',
    async (id) => {
      expectProblem(await reader.get(`/v1/operations/${id}`), 'not-found');
    },
  );

  test('pages show every operation once, newest first, although others are ordered meanwhile', async () => {
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

  test('a list can be narrowed by status and plan', async () => {
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
  ])('the query %s is refused with the parameter’s name', async (query) => {
    const problem = expectProblem(await reader.get(`/v1/operations?${query}`), 'invalid-parameter');
    expect(problem.errors?.[0]?.pointer).toBe(`/${query.split('=')[0]}`);
  });
});
