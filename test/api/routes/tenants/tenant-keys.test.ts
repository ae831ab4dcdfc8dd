import { credentialsSchema } from '../../../../contract/schemas/request-schemas';
import {
  keyDestroyedSchema,
  keyRotatedSchema,
  tenantKeysSchema,
} from '../../../../contract/schemas/tenants/key-schema';
import { operationSchema } from '../../../../contract/schemas/operation-schema';
import { KeysUnavailable } from '../../../../contract/keys/key-wrapping';
import { issueClaim } from '../../../../registry/credentials/claim-tokens';
import { activeTenant } from '../../../helpers/tenants/accepted';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { addResource, placeOrder } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';
import { storeSecret } from '../../../../registry/keys/secrets';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('tenants’ keys over HTTP: not run, this machine has no PostgreSQL');

suite('a tenant’s data key over HTTP', () => {
  let api: ApiHarness;
  let operator: Client;
  let destroyer: Client;
  beforeAll(async () => {
    api = await startApiHarness();
    operator = await api.as(['operations:operate']);
    destroyer = await api.as(['keys:destroy']);
  });
  afterAll(() => api.stop());

  const audited = async (tenantId: string): Promise<unknown[]> =>
    (
      await api.registry.pool.query<object>(
        `select actor, action, detail from audit_entry where tenant_id = $1 and action like 'key.%' order by sequence`,
        [tenantId],
      )
    ).rows;
  const keysOf = async (tenantId: string) =>
    expectAnswer(await operator.get(`/v1/tenants/${tenantId}/keys`), 200, tenantKeysSchema);

  test('is shown by provider, id and generations, but never discloses the key', async () => {
    const { tenantId } = await activeTenant(api.registry);
    const answer = await operator.get(`/v1/tenants/${tenantId}/keys`);
    expect(expectAnswer(answer, 200, tenantKeysSchema)).toMatchObject({
      state: 'present',
      generations: [{ generation: 1, provider: 'local', keyId: 'test-1' }],
    });
    const { rows } = await api.registry.pool.query<{ wrapped_key: Buffer }>(
      'select wrapped_key from tenant_key where tenant_id = $1',
      [tenantId],
    );
    for (const encoding of ['hex', 'base64'] as const)
      expect(answer.text).not.toContain(rows[0]!.wrapped_key.toString(encoding).slice(0, 16));
  });

  test('can be rotated without affecting readers, and the trail records who did it', async () => {
    const { tenantId, configuration } = await activeTenant(api.registry);
    const answer = await operator.post(`/v1/tenants/${tenantId}/keys:rotate`);
    expect(expectAnswer(answer, 200, keyRotatedSchema)).toEqual({ tenantId, generation: 2 });
    expect((await operator.get(`/v1/tenants/${tenantId}/configuration`)).body).toMatchObject({ configuration });
    const { generations } = await keysOf(tenantId);
    expect(generations.map(({ generation, destroyedAt }) => [generation, destroyedAt !== undefined])).toEqual([
      [2, false],
      [1, true],
    ]);
    expect(await audited(tenantId)).toEqual([
      {
        actor: 'token:operations-operate',
        action: 'key.rotated',
        detail: { generation: 2, provider: 'local' },
      },
    ]);
  });

  test('is rotated once per idempotency key', async () => {
    const { tenantId } = await activeTenant(api.registry);
    const rotate = (id: string) => operator.post(`/v1/tenants/${id}/keys:rotate`).set('idempotency-key', 'rotate-1');
    for (let n = 0; n < 3; n++) expect(expectAnswer(await rotate(tenantId), 200, keyRotatedSchema).generation).toBe(2);
    const other = await activeTenant(api.registry);
    expectProblem(await rotate(other.tenantId), 'idempotency-key-reused');
  });

  test('is not rotated or destroyed while a run needs it, and a missing tenant is not found', async () => {
    const pending = await placeOrder(await api.as(['tenants:order']));
    const body = { confirm: pending.order.tenantName, reason: 'A test.', whileActive: true };
    expectProblem(await operator.post(`/v1/tenants/${pending.tenantId}/keys:rotate`), 'state-conflict');
    expectProblem(await destroyer.post(`/v1/tenants/${pending.tenantId}/keys:destroy`, body), 'state-conflict');
    for (const verb of ['rotate', 'destroy'])
      expectProblem(
        await (verb === 'rotate' ? operator : destroyer).post(`/v1/tenants/aaaaaaaaaaaaaaaa/keys:${verb}`, body),
        'not-found',
      );
  });

  test('is destroyed only with the tenant’s name, a reason, and an explicit consent for an active tenant', async () => {
    const { tenantId, order } = await activeTenant(api.registry);
    const destroy = (body: object) => destroyer.post(`/v1/tenants/${tenantId}/keys:destroy`, body);
    const meant = { confirm: order.tenantName, reason: 'The customer has asked for it.', whileActive: true };
    expectProblem(await operator.post(`/v1/tenants/${tenantId}/keys:destroy`, meant), 'forbidden');
    expectProblem(await destroy({ ...meant, confirm: 'another' }), 'invalid-body');
    expectProblem(await destroy({ ...meant, reason: '' }), 'invalid-body');
    expectProblem(await destroy({ ...meant, whileActive: undefined }), 'invalid-body');
    expect((await keysOf(tenantId)).state).toBe('present');
    expect(expectAnswer(await destroy(meant), 200, keyDestroyedSchema)).toEqual({ tenantId, state: 'destroyed' });
    expect((await keysOf(tenantId)).state).toBe('destroyed');
  });

  test('once destroyed, opens nothing, and every later use is refused with a clear message', async () => {
    const tenant = await activeTenant(api.registry);
    const { tenantId, operationId, order } = tenant;
    const { pool, keys } = api.registry;
    await addResource(api, tenant, {
      kind: 'idp-admin-user',
      step: 'identity',
      facts: { adminAccessUrl: 'https://login.example/admin' },
    });
    await storeSecret(pool, keys, { tenantId, kind: 'idp-admin-user', name: 'temporaryPassword' }, 'first-password');
    const token = 'x'.repeat(43);
    await issueClaim(pool, tenantId, token);
    await pool.query(
      `insert into approval_decision (decision_id, operation_id, decision, comment_ciphertext, decided_by, verified)
       values (gen_random_uuid(), $1, 'approve', 'sealed', 'token:approver', true)`,
      [operationId],
    );
    const meant = { confirm: order.tenantName, reason: 'The customer has asked for it.', whileActive: true };
    await destroyer.post(`/v1/tenants/${tenantId}/keys:destroy`, meant);
    const decisions = await pool.query(
      'select comment_ciphertext as sealed from approval_decision where operation_id = $1',
      [operationId],
    );
    expect(decisions.rows).toEqual([{ sealed: null }]);

    expectProblem(await operator.get(`/v1/tenants/${tenantId}/configuration`), 'key-destroyed');
    const claim = await operator.post(`/v1/tenants/${tenantId}/credentials:claim`, { token });
    expect(credentialsSchema.safeParse(claim.body).success).toBe(false);
    expectProblem(claim, 'key-destroyed');
    expectProblem(await operator.post(`/v1/tenants/${tenantId}/credentials:reissue`), 'key-destroyed');
    expectProblem(await operator.post(`/v1/tenants/${tenantId}/keys:rotate`), 'key-destroyed');
    expectProblem(await destroyer.post(`/v1/tenants/${tenantId}/keys:destroy`, meant), 'key-destroyed');
    // Facts that do not need the order are still shown.
    const operation = await operator.get(`/v1/operations/${operationId}`);
    expect(expectAnswer(operation, 200, operationSchema).result).not.toHaveProperty('configuration');
    expect(await audited(tenantId)).toEqual([
      { actor: 'token:keys-destroy', action: 'key.destroyed', detail: { reason: meant.reason } },
    ]);
  });
});

suite('the tenant’s own key', () => {
  test('has a trail entry before its provider is asked to rotate or destroy it, once, even if that fails', async () => {
    const api = await startApiHarness();
    const { pool, keys } = api.registry;
    const audited = async (tenantId: string): Promise<string[]> => {
      const { rows } = await pool.query<{ action: string }>(
        `select action from audit_entry where tenant_id = $1 and action like 'key.%' order by sequence`,
        [tenantId],
      );
      return rows.map(({ action }) => action);
    };
    const seen: string[][] = [];
    let current = '';
    const away = async (): Promise<never> => {
      seen.push(await audited(current));
      throw new KeysUnavailable('AWS KMS cannot be used now (TimeoutError).');
    };
    Object.assign(keys, { renew: away, scheduleDeletion: away, unwrap: () => Promise.resolve(Buffer.alloc(32)) });
    try {
      const ask = {
        rotate: async (tenantId: string) =>
          (await api.as(['operations:operate'])).post(`/v1/tenants/${tenantId}/keys:rotate`),
        destroy: async (tenantId: string, confirm: string) =>
          (await api.as(['keys:destroy'])).post(`/v1/tenants/${tenantId}/keys:destroy`, {
            confirm,
            reason: 'The customer has asked for it.',
            whileActive: true,
          }),
      };
      for (const [verb, action] of [
        ['rotate', 'key.rotation-begun'],
        ['destroy', 'key.destruction-begun'],
      ] as const) {
        const { tenantId, order } = await activeTenant(api.registry);
        current = tenantId;
        await pool.query(
          `update tenant_key set provider = 'aws-kms', key_id = 'arn', key_region = 'eu-central' where tenant_id = $1`,
          [tenantId],
        );
        for (let n = 0; n < 2; n += 1) expectProblem(await ask[verb](tenantId, order.tenantName), 'keys-unavailable');
        expect(seen.splice(0)).toEqual([[action], [action]]);
        expect(await audited(tenantId)).toEqual([action]);
      }
    } finally {
      await api.stop();
    }
  });
});

suite('a key that its provider cannot open at the moment', () => {
  test('refuses only the calls that need it, with Retry-After', async () => {
    const down = { now: false };
    const api = await startApiHarness();
    const { keys } = api.registry;
    const unwrap = keys.unwrap.bind(keys);
    keys.unwrap = async (tenantId, key) => {
      if (down.now) throw new KeysUnavailable('AWS KMS cannot be used now (TimeoutError).');
      return unwrap(tenantId, key);
    };
    try {
      const { tenantId, operationId } = await activeTenant(api.registry);
      const operator = await api.as(['operations:operate']);
      down.now = true;
      const refused = await operator.get(`/v1/tenants/${tenantId}/configuration`);
      expectProblem(refused, 'keys-unavailable');
      expect(refused.headers['retry-after']).toBe('5');
      expectProblem(await operator.post(`/v1/tenants/${tenantId}/keys:rotate`), 'keys-unavailable');
      expectAnswer(await operator.get(`/v1/operations/${operationId}`), 200, operationSchema);
      down.now = false;
      expect((await operator.get(`/v1/tenants/${tenantId}/configuration`)).status).toBe(200);
    } finally {
      await api.stop();
    }
  });
});
