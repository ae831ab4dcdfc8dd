import { randomBytes } from 'node:crypto';
import request from 'supertest';
import { identityText } from '../../../../contract/exports/age-keys';
import { exportKeySchema, exportSchema } from '../../../../contract/schemas/tenants/export-schema';
import { forgetClaimedIdentities, readIdentity } from '../../../../registry/tenants/export-identity';
import { beginRemoval } from '../../../../registry/tenants/exports';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { makeExport } from '../../../helpers/tenants/exports';
import { placeOrder, putInState, type Ordered } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('exports over HTTP: not run, this machine has no PostgreSQL');

suite('exports', () => {
  const secret = randomBytes(32);
  const token = randomBytes(32).toString('base64url');
  let api: ApiHarness;
  let orderer: Client;
  let stranger: Client;
  let ordered: Ordered;
  let path: string;

  beforeAll(async () => {
    api = await startApiHarness();
    orderer = await api.as(['tenants:order']);
    stranger = await api.as(await api.token(['tenants:order'], 'another'));
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    api.runs.down = false;
    ordered = await placeOrder(orderer);
    await putInState(api, ordered, 'active');
    path = `/v1/tenants/${ordered.tenantId}/export`;
  });

  const make = ({ ready = true } = {}): Promise<void> =>
    makeExport(api.registry, { ...ordered, secret, ...(ready ? { token } : {}) });
  const claim = (sent: string, key: string) =>
    request(api.app).post(`${path}:claim`).send({ token: sent }).set('idempotency-key', key);
  const audited = async (): Promise<string[]> => {
    const { rows } = await api.registry.pool.query<{ action: string }>(
      `select action from audit_entry where tenant_id = $1 and action like 'export.%' order by sequence`,
      [ordered.tenantId],
    );
    return rows.map(({ action }) => action);
  };

  test('the state and the volumes are shown to those who see the tenant', async () => {
    expectProblem(await orderer.get(path), 'not-found');
    await make({ ready: false });
    expect(expectAnswer(await orderer.get(path), 200, exportSchema)).toMatchObject({ state: 'running' });
    expectProblem(await orderer.get(`${path}/archive`), 'state-conflict');
    expectProblem(await stranger.get(path), 'not-found');
  });

  test('each volume is downloaded from the region’s store through a link, which is audited', async () => {
    await make();
    const shown = expectAnswer(await orderer.get(path), 200, exportSchema);
    expect(shown).toMatchObject({ state: 'ready', key: 'one-time-link', recipient: 'age1test' });
    expect(shown.volumes.map(({ name }) => name)).toEqual([
      `export-${ordered.tenantId}-0001.tar.age`,
      `export-${ordered.tenantId}-0002.tar.age`,
    ]);
    expect(shown.expiresAt).toBeUndefined();
    const answer = await orderer.get(`${path}/archive?volume=2`);
    expect(answer.status).toBe(307);
    expect(answer.headers['location']).toBe(`https://store.example/${ordered.operationId}/2?signature=none`);
    expect(answer.headers['cache-control']).toBe('no-store');
    expectProblem(await orderer.get(`${path}/archive?volume=3`), 'not-found');
    expectProblem(await orderer.get(`${path}/archive?volume=0`), 'invalid-parameter');
    expectProblem(await stranger.get(`${path}/archive`), 'not-found');
    expectProblem(await (await api.as(['tenants:read'])).get(`${path}/archive`), 'forbidden');
    expect(await audited()).toEqual(['export.ready', 'export.link-issued']);
  });

  test('a download says so while the region’s worker is away', async () => {
    await make();
    api.runs.down = true;
    expectProblem(await orderer.get(`${path}/archive`), 'temporal-unavailable');
  });

  test('the key is handed out once, and then forgotten', async () => {
    const { pool, keys } = api.registry;
    await make();
    expectProblem(await claim(`${token.slice(1)}x`, 'first-page'), 'claim-refused');
    const taken = await claim(token, 'first-page');
    expect(expectAnswer(taken, 200, exportKeySchema)).toEqual({
      identity: identityText(secret),
      recipient: 'age1test',
    });
    expect(taken.headers['cache-control']).toBe('no-store');
    expectAnswer(await claim(token, 'first-page'), 200, exportKeySchema);
    expectProblem(await claim(token, 'other-page'), 'claim-refused');
    expect(expectAnswer(await orderer.get(path), 200, exportSchema).keyClaimedAt).toBeDefined();
    await forgetClaimedIdentities(pool);
    expect(await readIdentity(pool, keys, ordered.operationId)).toEqual(secret);
    await pool.query(
      `update tenant_export set claimed_at = claimed_at - interval '11 minutes' where operation_id = $1`,
      [ordered.operationId],
    );
    expect(await forgetClaimedIdentities(pool)).toBe(1);
    expect(await readIdentity(pool, keys, ordered.operationId)).toBeUndefined();
    expectProblem(await claim(token, 'first-page'), 'claim-refused');
    expect(expectAnswer(await orderer.get(path), 200, exportSchema).key).toBe('one-time-link');
    expect(await audited()).toEqual(['export.ready', 'export.key-claimed']);
  });

  test('nothing can be downloaded or claimed of an export that is being removed', async () => {
    await make();
    await beginRemoval(api.registry.pool, ordered.operationId);
    expectProblem(await orderer.get(`${path}/archive`), 'state-conflict');
    expectProblem(await claim(token, 'first-page'), 'claim-refused');
  });
});
