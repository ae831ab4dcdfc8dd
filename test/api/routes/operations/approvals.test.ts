import { findDecision } from '../../../../registry/operations/approvals';
import { expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { placeOrder, putInState, type Ordered } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('approvals over HTTP: not run, this machine has no PostgreSQL');

suite('approving a restricted customization', () => {
  let api: ApiHarness;
  let orderer: Client;
  let approver: Client;
  let waiting: Ordered;

  beforeAll(async () => {
    api = await startApiHarness();
    orderer = await api.as(['tenants:order']);
    approver = await api.as(['approvals:decide']);
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    api.runs.down = false;
    api.runs.signals = [];
    waiting = await placeOrder(orderer, { customizations: { storageQuotaGb: 20 } });
    await putInState(api, waiting, 'awaiting_approval', { approvalState: 'waiting' });
  });

  const path = (): string => `/v1/operations/${waiting.operationId}/approval`;

  test.each(['approve', 'reject'] as const)('%s is stored, then signalled by its id', async (decision) => {
    const response = await approver.post(path(), { decision, comment: 'Agreed with sales.' });
    const answer = {
      operationId: waiting.operationId,
      decision,
      comment: 'Agreed with sales.',
      decidedBy: 'token:approvals-decide',
    };
    expect({ status: response.status, body: response.body as unknown }).toEqual({ status: 202, body: answer });
    const kept = await findDecision(api.registry.pool, api.registry.keys, waiting.operationId);
    expect(kept).toMatchObject({ decision, verified: true });
    expect(api.runs.signals).toEqual([{ operationId: waiting.operationId, decisionId: kept?.decisionId }]);
  });

  test('the orderer cannot decide, even with the role', async () => {
    const both = await api.as(await api.token(['tenants:order', 'approvals:decide'], 'both'));
    const own = await placeOrder(both, { customizations: { storageQuotaGb: 20 } });
    await putInState(api, own, 'awaiting_approval');
    expectProblem(await both.post(`/v1/operations/${own.operationId}/approval`, { decision: 'approve' }), 'four-eyes');
    // Another token of the same name is the same caller.
    const again = await api.as(await api.token(['approvals:decide'], 'both'));
    expectProblem(await again.post(`/v1/operations/${own.operationId}/approval`, { decision: 'approve' }), 'four-eyes');
    expect(await findDecision(api.registry.pool, api.registry.keys, own.operationId)).toBeUndefined();
  });

  test('a repeated decision gets the same answer, even after the run has moved on', async () => {
    const first = await approver.post(path(), { decision: 'approve' });
    const second = await approver.post(path(), { decision: 'approve' });
    const told = api.runs.signals.length;
    await putInState(api, waiting, 'provisioning');
    const third = await approver.post(path(), { decision: 'approve' });
    // The run has already taken the decision, so it is not signalled again.
    expect([told, api.runs.signals.length]).toEqual([2, 2]);
    expect([second.status, second.body, third.status, third.body]).toEqual([202, first.body, 202, first.body]);
  });

  test('a different decision after the first is refused', async () => {
    await approver.post(path(), { decision: 'approve' });
    expectProblem(await approver.post(path(), { decision: 'reject' }), 'already-decided');
    const colleague = await api.as(await api.token(['approvals:decide'], 'colleague'));
    expectProblem(await colleague.post(path(), { decision: 'approve' }), 'already-decided');
  });

  test('of ten simultaneous approvers, one decides', async () => {
    const tokens = await Promise.all(
      Array.from({ length: 10 }, (_, n) => api.token(['approvals:decide'], `approver-${n}`)),
    );
    const clients = await Promise.all(tokens.map((token) => api.as(token)));
    const responses = await Promise.all(
      clients.map((client, n) => client.post(path(), { decision: n % 2 ? 'approve' : 'reject' })),
    );
    expect(responses.filter(({ status }) => status === 202)).toHaveLength(1);
    for (const response of responses.filter(({ status }) => status !== 202)) expectProblem(response, 'already-decided');
  });

  test('an operation that does not wait for a decision refuses and names what it allows', async () => {
    const running = await placeOrder(orderer);
    const response = await approver.post(`/v1/operations/${running.operationId}/approval`, { decision: 'approve' });
    expect(expectProblem(response, 'state-conflict').allowed).toEqual(['cancel']);
    await putInState(api, running, 'active');
    const ended = await approver.post(`/v1/operations/${running.operationId}/approval`, { decision: 'approve' });
    expect(expectProblem(ended, 'state-conflict').allowed).toEqual([]);
  });

  test('a decision after the deadline is refused with that reason', async () => {
    await api.registry.pool.query(
      `update operation set approval_deadline = now() - interval '1 second' where operation_id = $1`,
      [waiting.operationId],
    );
    const problem = expectProblem(await approver.post(path(), { decision: 'approve' }), 'state-conflict');
    expect(problem.detail).toMatch(/deadline for a decision has passed/);
    expect(await findDecision(api.registry.pool, api.registry.keys, waiting.operationId)).toBeUndefined();
    expect(api.runs.signals).toEqual([]);
  });

  test('a decision made before the deadline gets the same answer when repeated after it', async () => {
    const first = await approver.post(path(), { decision: 'approve' });
    await api.registry.pool.query(
      `update operation set approval_deadline = now() - interval '1 second' where operation_id = $1`,
      [waiting.operationId],
    );
    const second = await approver.post(path(), { decision: 'approve' });
    expect([second.status, second.body]).toEqual([202, first.body]);
  });

  test('a decision made while Temporal is down is stored', async () => {
    api.runs.down = true;
    expect((await approver.post(path(), { decision: 'approve' })).status).toBe(202);
    expect(await findDecision(api.registry.pool, api.registry.keys, waiting.operationId)).toMatchObject({
      decision: 'approve',
    });
  });

  test.each([
    [{ decision: 'maybe' }, '/decision'],
    [{}, '/decision'],
    [{ decision: 'approve', comment: 'a\u202eb' }, '/comment'],
    [{ decision: 'approve', decidedBy: 'me' }, '/decidedBy'],
  ])('the body %j is refused at %s', async (body, pointer) => {
    expect(expectProblem(await approver.post(path(), body), 'invalid-body').errors?.[0]?.pointer).toBe(pointer);
    expect(await findDecision(api.registry.pool, api.registry.keys, waiting.operationId)).toBeUndefined();
  });
});
