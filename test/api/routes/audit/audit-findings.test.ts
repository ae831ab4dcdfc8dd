import { chainPart, lastAcceptance, type HeadName } from '../../../../contract/audit/acceptance';
import type { AuditRecord } from '../../../../contract/audit/chain';
import { auditFindingSchema, auditFindingsSchema } from '../../../../contract/schemas/audit-schema';
import { readTrail } from '../../../../registry/audit/trail';
import { noteDiscrepancy } from '../../../../registry/audit/findings';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { tamper } from '../../../helpers/audit/audit-chain';
import { placeOrder } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('findings of audit trails over HTTP: not run, this machine has no PostgreSQL');

const NAMED = 'token:operations-operate';
const REASON = 'The registry was restored to the backup of 12:00, ticket 4711.';

suite('a finding about an audit trail', () => {
  let api: ApiHarness;
  let operator: Client;
  let tenantId: string;

  beforeAll(async () => {
    api = await startApiHarness();
    operator = await api.as(['operations:operate']);
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    await api.registry.pool.query(`delete from audit_finding`);
    ({ tenantId } = await placeOrder(await api.as(['tenants:order'])));
  });

  async function trail(): Promise<AuditRecord[]> {
    const records = [];
    for await (const record of readTrail(api.registry.pool, { tenantId })) records.push(record);
    return records;
  }

  const head = (): HeadName => ({ key: `audit/${tenantId}/20.json`, sequence: 20, hash: 'ab'.repeat(32) });

  /** Records a finding as an export does. */
  async function found(problem = 'The trail ends with entry 1; when the head was signed there was entry 20.') {
    const chain = chainPart(await trail(), 1);
    return noteDiscrepancy(api.registry.pool, {
      tenantId,
      region: 'eu-central',
      sequence: 20,
      problem,
      head: head(),
      chain,
    });
  }

  const accept = (findingId: string, { client = operator, reason = REASON, key = '' } = {}) => {
    const sent = client.post(`/v1/audit/findings/${findingId}:accept`, { reason });
    return key === '' ? sent : sent.set('idempotency-key', key);
  };
  const list = async (query = '') =>
    expectAnswer(await operator.get(`/v1/audit/findings${query}`), 200, auditFindingsSchema).items;
  const counted = async (): Promise<string> => /provisioner_audit_findings (\d+)/.exec(await api.scrape())![1]!;

  test('is shown to operators and counted once', async () => {
    const { findingId } = await found();
    await found();
    expect(await list()).toEqual([expect.objectContaining({ findingId, tenantId, state: 'open', head: head() })]);
    expect(await counted()).toBe('1');
    expectProblem(await (await api.as(['tenants:read'])).get('/v1/audit/findings'), 'forbidden');
    expectProblem(await operator.get('/v1/audit/findings?state=closed'), 'invalid-parameter');
  });

  test('can be accepted by an operator, and the trail records who, why and the superseded head', async () => {
    const before = await trail();
    const { findingId, problem } = await found();
    const accepted = expectAnswer(await accept(findingId), 200, auditFindingSchema);
    expect(accepted).toMatchObject({
      findingId,
      state: 'accepted',
      acceptance: { by: NAMED, reason: REASON, entry: before.length + 1 },
    });
    const records = await trail();
    expect(records.slice(before.length)).toMatchObject([
      {
        actor: NAMED,
        action: 'audit.finding-accepted',
        detail: { findingId, problem, reason: REASON, superseded: head(), accepted: chainPart(before, 1) },
      },
    ]);
    expect(lastAcceptance(records)).toMatchObject({ actor: NAMED, superseded: head() });
  });

  test('is no longer open once accepted, but can still be looked up', async () => {
    const { findingId } = await found();
    await accept(findingId);
    expect([await list(), await list('?state=open'), await counted()]).toEqual([[], [], '0']);
    for (const state of ['accepted', 'all'])
      expect(await list(`?state=${state}`)).toMatchObject([{ findingId, state: 'accepted' }]);
  });

  test('is accepted once: a second acceptance is refused, and the same idempotency key gets the first answer', async () => {
    const { findingId } = await found();
    const answers = await Promise.all(Array.from({ length: 5 }, () => accept(findingId, { key: 'case-1' })));
    for (const answer of answers) expect(answer.body).toEqual(answers[0]!.body);
    expect((await trail()).filter(({ action }) => action === 'audit.finding-accepted')).toHaveLength(1);
    expectProblem(await accept(findingId), 'state-conflict');
    expectProblem(await accept(findingId, { key: 'case-1', reason: 'Another.' }), 'idempotency-key-reused');
  });

  test('is accepted together with earlier findings about the trail, but not while there is a newer one', async () => {
    const [older, newer] = [await found(), await found('Entry 20 is not the one the head was signed for.')];
    const refused = expectProblem(await accept(older.findingId), 'state-conflict');
    expect(refused.detail).toContain(newer.findingId);
    expectAnswer(await accept(newer.findingId), 200, auditFindingSchema);
    expect(await list()).toEqual([]);
    const both = await list('?state=accepted');
    expect(new Set(both.map(({ acceptance }) => acceptance?.entry)).size).toBe(1);
    expect(both.map(({ findingId }) => findingId).sort()).toEqual([older.findingId, newer.findingId].sort());
  });

  test('cannot be accepted if the trail has changed since, or before an export has checked it', async () => {
    const { findingId } = await found();
    await tamper(api.registry, `update audit_entry set actor = 'x' where tenant_id = $1 and sequence = 1`, [tenantId]);
    expectProblem(await accept(findingId), 'state-conflict');
    const unseen = { tenantId, region: 'eu-central', sequence: 3, problem: 'Noted by an earlier version.' };
    expectProblem(await accept((await noteDiscrepancy(api.registry.pool, unseen)).findingId), 'state-conflict');
    expect((await trail()).map(({ action }) => action)).toEqual(['order.accepted']);
    expect(await list()).toHaveLength(2);
  });

  test('cannot be accepted without a reason, without the role, or if it does not exist', async () => {
    const { findingId } = await found();
    for (const reason of ['', 'x'.repeat(1001), '\u202e'])
      expect(expectProblem(await accept(findingId, { reason }), 'invalid-body').errors?.[0]?.pointer).toBe('/reason');
    for (const role of ['tenants:order', 'tenants:read', 'approvals:decide', 'keys:destroy'] as const)
      expectProblem(await accept(findingId, { client: await api.as([role]) }), 'forbidden');
    for (const missing of ['af_999999', 'af_0', '1', findingId.slice(3)])
      expectProblem(await accept(missing), 'not-found');
    expect(await list()).toHaveLength(1);
  });
});
