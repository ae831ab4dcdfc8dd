import { tenantFlagsSchema } from '../../../../contract/schemas/flags/flag-schema';
import { rotateTenantKey } from '../../../../registry/keys/rotation';
import { forgetBelongings } from '../../../../registry/tenants/forgetting';
import { transaction } from '../../../../registry/database';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { OFF_FLAG, tenantWithFlags } from '../../../helpers/tenants/flags';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the flags of a tenant over HTTP: not run, this machine has no PostgreSQL');

const REASON = 'Pilot customer Xylophonics.';

suite('the feature flags of a tenant', () => {
  let api: ApiHarness;
  let manager: Client;
  let tenantId: string;

  beforeAll(async () => {
    api = await startApiHarness();
    manager = await api.as(['flags:manage']);
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    const targeting = { if: [{ '==': [{ var: 'tier' }, 'gold'] }, 'on', null] };
    const flags = { 'new-editor': { ...OFF_FLAG, description: 'The new editor.', targeting }, beta: OFF_FLAG };
    ({ tenantId } = await tenantWithFlags(api.registry, flags));
  });

  const path = (flag: string): string => `/v1/tenants/${tenantId}/flags/${flag}`;
  const put = (flag: string, body: object) => manager.put(path(flag), { reason: REASON, ...body });
  const reset = (flag: string) => manager.delete(path(flag), { reason: REASON });
  const listed = async () =>
    expectAnswer(await manager.get(`/v1/tenants/${tenantId}/flags`), 200, tenantFlagsSchema).flags;
  const rows = async (sql: string): Promise<Record<string, unknown>[]> =>
    (await api.registry.pool.query<Record<string, unknown>>(sql, [tenantId])).rows;
  const events = () => rows(`select data from event where tenant_id = $1 and type = 'flags.changed' order by event_id`);
  const audited = () =>
    rows(
      `select actor, action, detail from audit_entry where tenant_id = $1 and action like 'flag.%' order by sequence`,
    );

  test('are listed with what was ordered and with the newest change', async () => {
    expect(await listed()).toMatchObject([
      { flag: 'beta', variant: 'off', ordered: { variant: 'off' } },
      {
        flag: 'new-editor',
        variant: 'off',
        description: 'The new editor.',
        targeting: { if: expect.anything() as object },
      },
    ]);
    expect((await put('new-editor', { variant: 'on' })).status).toBe(204);
    const changed = (await listed())[1]!;
    expect(changed).toMatchObject({
      variant: 'on',
      ordered: { variant: 'off', targeting: { if: expect.anything() as object } },
      change: { to: 'setting', by: 'token:flags-manage', reason: REASON },
    });
    expect(changed.targeting).toBeUndefined();
    expect((await reset('new-editor')).status).toBe(204);
    expect((await listed())[1]).toMatchObject({ variant: 'off', change: { to: 'ordered' } });
  });

  test('are changed with one audit entry and one event each, and a repeated request changes nothing', async () => {
    for (const variant of ['on', 'on', 'off']) expect((await put('beta', { variant })).status).toBe(204);
    for (let times = 0; times < 2; times += 1) expect((await reset('beta')).status).toBe(204);
    expect((await reset('new-editor')).status).toBe(204);
    const actor = 'token:flags-manage';
    expect(await audited()).toEqual([
      { actor, action: 'flag.changed', detail: { flag: 'beta', revision: 1, variant: 'on' } },
      { actor, action: 'flag.changed', detail: { flag: 'beta', revision: 2, variant: 'off' } },
      { actor, action: 'flag.reset', detail: { flag: 'beta', revision: 3 } },
    ]);
    expect(await events()).toEqual([1, 2, 3].map((revision) => ({ data: { flag: 'beta', revision } })));
  });

  test('changed at the same time get one revision each', async () => {
    const answers = await Promise.all([
      put('beta', { variant: 'on' }),
      put('new-editor', { variant: 'on' }),
      put('beta', { variant: 'on', targeting: { if: [true, 'on'] } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
    const revisions = await rows(
      `select data->>'revision' as revision from event where tenant_id = $1 and type = 'flags.changed'`,
    );
    expect(revisions.map(({ revision }) => Number(revision)).sort()).toEqual([1, 2, 3]);
  });

  test.each<[string, string, object, string]>([
    ['a variant of another flag', 'beta', { variant: 'purple' }, '/variant'],
    ['an inherited name as variant', 'beta', { variant: 'constructor' }, '/variant'],
    ['an unknown operator', 'beta', { variant: 'on', targeting: { launch: [1] } }, '/targeting'],
    ['a value of its own', 'beta', { variant: 'on', variants: { on: 7 } }, '/variants'],
  ])('refuse %s, and nothing changes', async (_, flag, body, pointer) => {
    const { errors } = expectProblem(await put(flag, body), 'invalid-body');
    expect(errors?.map((error) => error.pointer)).toEqual([pointer]);
    expect(await events()).toEqual([]);
  });

  test('that the plan does not have cannot be changed, and neither can those of a tenant that leaves', async () => {
    expectProblem(await put('no-such-flag', { variant: 'on' }), 'not-found');
    expectProblem(await put('constructor', { variant: 'on' }), 'not-found');
    await api.registry.pool.query(`update tenant set state = 'leaving' where tenant_id = $1`, [tenantId]);
    expectProblem(await put('beta', { variant: 'on' }), 'state-conflict');
    expect(await events()).toEqual([]);
  });

  test('stay readable after the tenant’s key was rotated, and neither rule nor reason is stored as plain text', async () => {
    await put('beta', { variant: 'on', targeting: { if: [{ '==': [{ var: 'name' }, 'Xylophonics'] }, 'on'] } });
    const before = await listed();
    const { pool, keys } = api.registry;
    expect((await rotateTenantKey(pool, keys, { tenantId, actor: 'token:test' })).outcome).toBe('rotated');
    expect(await listed()).toEqual(before);
    const [row] = await rows(`select ciphertext from feature_flag_change where tenant_id = $1`);
    expect((row!['ciphertext'] as Buffer).toString('latin1')).not.toContain('Xylophonics');
  });

  test('of a tenant that is gone are forgotten', async () => {
    await put('beta', { variant: 'on' });
    await transaction(api.registry.pool, (client) => forgetBelongings(client, tenantId));
    expect(await rows(`select from feature_flag_change where tenant_id = $1`)).toEqual([]);
    expect(await listed()).toEqual([]);
  });
});
