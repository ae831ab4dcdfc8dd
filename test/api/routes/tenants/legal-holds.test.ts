import { legalHoldsSchema } from '../../../../contract/schemas/tenants/legal-hold-schema';
import { tenantPageSchema, tenantSchema } from '../../../../contract/schemas/tenants/tenant-schema';
import { acceptChange } from '../../../../registry/operations/change-acceptance';
import { findLegalHold } from '../../../../registry/tenants/legal-holds';
import { activeTenant } from '../../../helpers/tenants/accepted';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('legal holds over HTTP: not run, this machine has no PostgreSQL');

suite('a legal hold over HTTP', () => {
  let api: ApiHarness;
  let legal: Client;
  let tenantId: string;
  let tenantName: string;
  beforeAll(async () => {
    api = await startApiHarness();
    legal = await api.as(['legal-hold:manage']);
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    Object.assign(api.runs, { down: false, holdSignals: [] });
    const tenant = await activeTenant(api.registry);
    ({ tenantId } = tenant);
    ({ tenantName } = tenant.order);
  });

  const path = (id = tenantId) => `/v1/tenants/${id}/legal-hold`;
  const REASON = { reason: 'Court order 7 O 118/26.' };
  const UNTIL = { ...REASON, until: '2100-01-01T01:00:00+01:00' };

  test('is placed, shown with its reason to those who manage holds, changed and lifted', async () => {
    const placed = expectAnswer(await legal.put(path(), REASON), 200, legalHoldsSchema);
    expect(placed).toMatchObject({
      tenantId,
      holds: [{ state: 'standing', ...REASON, placedBy: 'token:legal-hold-manage' }],
    });
    expect(expectAnswer(await legal.put(path(), REASON), 200, legalHoldsSchema)).toEqual(placed);
    const changed = expectAnswer(await legal.put(path(), UNTIL), 200, legalHoldsSchema);
    expect(changed.holds).toMatchObject([{ holdId: placed.holds[0]!.holdId, until: '2100-01-01T00:00:00.000Z' }]);
    expect(expectAnswer(await legal.get(path()), 200, legalHoldsSchema)).toEqual(changed);
    expect((await legal.delete(path(), { reason: 'The case is closed.' })).status).toBe(204);
    const { holds } = expectAnswer(await legal.get(path()), 200, legalHoldsSchema);
    expect(holds).toMatchObject([{ state: 'lifted', liftReason: 'The case is closed.' }]);
  });

  test('is seen by everyone who sees the tenant, without its reason', async () => {
    await legal.put(path(), UNTIL);
    const reader = await api.as(['tenants:read']);
    const answer = await reader.get(`/v1/tenants/${tenantId}`);
    const { legalHold } = expectAnswer(answer, 200, tenantSchema);
    expect(legalHold?.until).toBe('2100-01-01T00:00:00.000Z');
    expect(answer.text).not.toContain('Court');
    const found = expectAnswer(await reader.get('/v1/tenants?legalHold=true&limit=100'), 200, tenantPageSchema);
    expect(found.items.map((tenant) => tenant.tenantId)).toContain(tenantId);
    for (const item of found.items) expect(item.legalHold).toBeDefined();
    expectProblem(await reader.get(path()), 'forbidden');
    expectProblem(await (await api.as(['operations:operate'])).put(path(), REASON), 'forbidden');
  });

  test('that does not stand cannot be lifted, and a tenant that does not exist has none', async () => {
    expectProblem(await legal.delete(path(), REASON), 'state-conflict');
    for (const answer of [
      await legal.put(path('aaaaaaaaaaaaaaaa'), REASON),
      await legal.get(path('aaaaaaaaaaaaaaaa')),
      await legal.delete(path('aaaaaaaaaaaaaaaa'), REASON),
    ])
      expectProblem(answer, 'not-found');
  });

  test.each([
    ['no reason', {}, '/reason'],
    ['an empty reason', { reason: '' }, '/reason'],
    ['an end without its offset', { ...REASON, until: '2100-01-01T00:00:00' }, '/until'],
    ['an end in the past', { ...REASON, until: '2020-01-01T00:00:00Z' }, '/until'],
  ])('is refused with %s', async (_what, body, pointer) => {
    const { errors } = expectProblem(await legal.put(path(), body), 'invalid-body');
    expect(errors?.map((error) => error.pointer)).toEqual([pointer]);
    expect(await findLegalHold(api.registry.pool, tenantId)).toBeUndefined();
  });

  test('keeps the tenant’s key from being destroyed, in words that say until when', async () => {
    await legal.put(path(), UNTIL);
    const destroyer = await api.as(['keys:destroy']);
    const body = { confirm: tenantName, reason: 'A test.', whileActive: true };
    const refused = expectProblem(await destroyer.post(`/v1/tenants/${tenantId}/keys:destroy`, body), 'legal-hold');
    expect(refused.detail).toContain('until 2100-01-01T00:00:00.000Z');
    await legal.delete(path(), REASON);
    expect((await destroyer.post(`/v1/tenants/${tenantId}/keys:destroy`, body)).status).toBe(200);
  });

  describe('while the tenant’s removal is open', () => {
    let operationId: string;
    beforeEach(async () => {
      const parameters = { access: 'closed', reason: 'customer_request' } as const;
      const request = { kind: 'deprovision', tenantId, parameters, caller: 'token:test' } as const;
      const done = await acceptChange(api.registry.pool, api.registry.keys, {
        ...request,
        requestHash: Buffer.alloc(32),
      });
      if (done.outcome !== 'accepted') throw new Error(done.outcome);
      ({ operationId } = done.run);
    });

    test('tells the removal’s run when it is changed and lifted, not when it is placed', async () => {
      await legal.put(path(), REASON);
      expect(api.runs.holdSignals).toEqual([]);
      await legal.put(path(), UNTIL);
      expect(api.runs.holdSignals).toEqual([operationId]);
      await legal.delete(path(), REASON);
      expect(api.runs.holdSignals).toEqual([operationId, operationId]);
    });

    test('is lifted even if the run cannot be told, because it looks again by itself', async () => {
      await legal.put(path(), REASON);
      api.runs.down = true;
      expect((await legal.delete(path(), REASON)).status).toBe(204);
      expect(await findLegalHold(api.registry.pool, tenantId)).toBeUndefined();
    });

    test('is refused once the removal can no longer be stopped', async () => {
      await api.registry.pool.query(`update operation set pivot_at = now() where operation_id = $1`, [operationId]);
      expect(expectProblem(await legal.put(path(), REASON), 'state-conflict').detail).toContain(operationId);
    });
  });
});
