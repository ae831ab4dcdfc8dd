import { acceptedSchema } from '../../../../contract/schemas/operation-schema';
import { tenantSchema } from '../../../../contract/schemas/tenants/tenant-schema';
import { operationInput } from '../../../../contract/operations/inputs';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { placeOrder, putInState, type Ordered } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('removals over HTTP: not run, this machine has no PostgreSQL');

suite('removing a tenant', () => {
  let api: ApiHarness;
  let orderer: Client;
  let offboarding: Client;
  let ordered: Ordered;

  beforeAll(async () => {
    api = await startApiHarness();
    orderer = await api.as(['tenants:order']);
    offboarding = await api.as(['tenants:deprovision']);
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    Object.assign(api.runs, { down: false, started: [], cancelAnswer: 'cancelling', cancels: [] });
    ordered = await placeOrder(orderer);
    await api.registry.pool.query(`update operation set region = 'eu-central' where tenant_id = $1`, [
      ordered.tenantId,
    ]);
    await putInState(api, ordered, 'active');
    api.runs.started = [];
  });

  const deprovision = (body: object, client = offboarding) =>
    client.post(`/v1/tenants/${ordered.tenantId}:deprovision`, body);
  const cancel = (client = offboarding) => client.post(`/v1/tenants/${ordered.tenantId}:cancel`);

  test('closes the tenant at once, and leaves it 30 days where nothing else was said', async () => {
    const accepted = expectAnswer(await deprovision({ reason: 'customer_request' }), 202, acceptedSchema);
    expect(accepted).toMatchObject({ tenantId: ordered.tenantId, status: 'pending' });
    const [run] = api.runs.started;
    expect(run).toMatchObject({
      kind: 'deprovision',
      parameters: { access: 'closed', reason: 'customer_request', graceDays: 30, export: false, keepName: false },
    });
    const { kind, region, parameters, residency: _, ...common } = run!;
    const approvals = { approvalDeadlineSeconds: 0, acceptUnverifiedApproval: false };
    expect(
      operationInput({ ...common, compensationSeconds: 60 }, { kind, region, parameters, approvals }),
    ).toMatchObject({ access: 'closed', region: 'eu-central', graceSeconds: 30 * 86_400, export: false });
    const tenant = await orderer.get(`/v1/tenants/${ordered.tenantId}`);
    expect(expectAnswer(tenant, 200, tenantSchema)).toMatchObject({ state: 'leaving' });
  });

  test('takes its defaults from the plan’s template; a plan that always exports does so whatever is asked', async () => {
    await api.registry.pool.query(
      `update tenant set template = template || '{"removal": {"graceDays": 7, "export": "always"}}' where tenant_id = $1`,
      [ordered.tenantId],
    );
    await deprovision({ reason: 'abuse', export: false });
    expect(api.runs.started[0]?.parameters).toMatchObject({ graceDays: 7, export: true });
  });

  test('accepts a grace of its own and a name that is kept', async () => {
    await deprovision({ reason: 'other', graceDays: 0, keepName: true, export: true });
    expect(api.runs.started[0]?.parameters).toMatchObject({ graceDays: 0, keepName: true, export: true });
  });

  test.each([{}, { reason: 'bored' }, { reason: 'other', graceDays: -1 }, { reason: 'other', graceDays: 366 }])(
    'refuses %j',
    async (body) => {
      expectProblem(await deprovision(body), 'invalid-body');
      expect(api.runs.started).toEqual([]);
    },
  );

  test('needs its own role', async () => {
    for (const roles of [['tenants:suspend'], ['operations:operate'], ['tenants:order']] as const)
      expectProblem(await deprovision({ reason: 'abuse' }, await api.as(roles)), 'forbidden');
  });

  test('a tenant that is leaving cannot be removed or suspended again; 404 for one that is not there', async () => {
    await deprovision({ reason: 'abuse' });
    expect(expectProblem(await deprovision({ reason: 'other' }), 'state-conflict').detail).toContain('(deprovision)');
    const support = await api.as(['tenants:suspend']);
    expectProblem(await support.post(`/v1/tenants/${ordered.tenantId}:suspend`, { reason: 'abuse' }), 'state-conflict');
    expectProblem(await offboarding.post('/v1/tenants/aaaaaaaaaaaaaaaa:deprovision', { reason: 'other' }), 'not-found');
  });

  test('is called off by whoever asked for it, or by an operator, and by nobody else', async () => {
    const { operationId } = expectAnswer(await deprovision({ reason: 'abuse' }), 202, acceptedSchema);
    const other = await api.as(await api.token(['tenants:deprovision'], 'another'));
    expectProblem(await cancel(other), 'forbidden');
    expect((await cancel()).body).toEqual({ operationId, status: 'pending' });
    expect((await cancel(await api.as(['operations:operate']))).status).toBe(202);
    expect(api.runs.cancels.map((asked) => asked.operationId)).toEqual([operationId, operationId]);
  });

  test('cannot be called off once it has begun, nor a tenant without an open operation', async () => {
    const { operationId } = expectAnswer(await deprovision({ reason: 'abuse' }), 202, acceptedSchema);
    await putInState(api, { operationId }, 'removing');
    expect(expectProblem(await cancel(), 'state-conflict').allowed).toEqual([]);
    await putInState(api, { operationId }, 'completed');
    expect(expectProblem(await cancel(), 'state-conflict').detail).toContain('no operation of it is open');
  });
});
