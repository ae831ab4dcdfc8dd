import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OpenFeature, type Client as FlagClient } from '@openfeature/server-sdk';
import request, { type Test } from 'supertest';
import { flagEngine } from '../../../../templates/flags';
import { evaluateFlags } from '../../../../api/flags/evaluate';
import type { FlagDefinitions } from '../../../../contract/flags/flags';
import { evaluatedFlagsSchema, failedEvaluationSchema } from '../../../../contract/schemas/flags/ofrep-schema';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { OFF_FLAG, tenantWithFlags, type FlaggedTenant } from '../../../helpers/tenants/flags';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the evaluation of flags: not run, this machine has no PostgreSQL');

const BULK = '/ofrep/v1/evaluate/flags';
const FLAGS: FlagDefinitions = {
  'new-editor': OFF_FLAG,
  engine: { variants: { fast: 'falcon', safe: 'tortoise' }, defaultVariant: 'safe' },
  'batch-size': { variants: { small: 100, large: 1000 }, defaultVariant: 'small' },
  theme: { variants: { dark: { background: '#000' }, light: { background: '#fff' } }, defaultVariant: 'light' },
  beta: {
    ...OFF_FLAG,
    targeting: { if: [{ ends_with: [{ var: 'targetingKey' }, '-beta'] }, 'on', null] },
  },
  careless: { ...OFF_FLAG, targeting: { var: 'variant' } },
};

suite('flags evaluated over OFREP', () => {
  let api: ApiHarness;
  let server: Server;
  let manager: Client;
  let tenant: FlaggedTenant;

  beforeAll(async () => {
    api = await startApiHarness();
    manager = await api.as(['flags:manage']);
    server = createServer(api.app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await OpenFeature.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await api.stop();
  });
  beforeEach(async () => {
    tenant = await tenantWithFlags(api.registry, FLAGS);
  });

  /** A stock OpenFeature client with the key of a tenant. */
  const clientOf = async ({ tenantId, key }: FlaggedTenant): Promise<FlagClient> => {
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const provider = new OFREPProvider({ baseUrl, headers: [['Authorization', `Bearer ${key}`]] });
    await OpenFeature.setProviderAndWait(tenantId, provider);
    return OpenFeature.getClient(tenantId);
  };
  const change = async (flag: string, body: object, { tenantId } = tenant): Promise<void> => {
    const { status } = await manager.put(`/v1/tenants/${tenantId}/flags/${flag}`, { reason: 'A test.', ...body });
    expect(status).toBe(204);
  };
  const evaluate = (path: string, body: object | string = {}, key = tenant.key): Test =>
    request(api.app).post(path).auth(key, { type: 'bearer' }).type('json').send(body);
  const bulk = (etag?: string): Test => {
    const sent = evaluate(BULK);
    return etag === undefined ? sent : sent.set('if-none-match', etag);
  };

  test('a stock client gets booleans, texts, numbers and objects', async () => {
    const client = await clientOf(tenant);
    expect(await client.getBooleanDetails('new-editor', true)).toMatchObject({
      value: false,
      variant: 'off',
      reason: 'STATIC',
    });
    expect(await client.getStringValue('engine', 'none')).toBe('tortoise');
    expect(await client.getNumberValue('batch-size', 0)).toBe(100);
    expect(await client.getObjectValue('theme', {})).toEqual({ background: '#fff' });
  });

  test('a stock client sees a changed flag with its next evaluation, and the ordered value after a reset', async () => {
    const client = await clientOf(tenant);
    expect(await client.getBooleanValue('new-editor', true)).toBe(false);
    await change('new-editor', { variant: 'on' });
    expect(await client.getBooleanValue('new-editor', false)).toBe(true);
    const reset = await manager.delete(`/v1/tenants/${tenant.tenantId}/flags/new-editor`, { reason: 'A test.' });
    expect(reset.status).toBe(204);
    expect(await client.getBooleanValue('new-editor', true)).toBe(false);
  });

  test('a rule decides by the context, and a changed rule replaces it', async () => {
    const client = await clientOf(tenant);
    const valueFor = (targetingKey: string) => client.getBooleanDetails('beta', false, { targetingKey });
    expect(await valueFor('ada-beta')).toMatchObject({ value: true, reason: 'TARGETING_MATCH' });
    expect(await valueFor('ada')).toMatchObject({ value: false, reason: 'DEFAULT' });
    await change('beta', { variant: 'off', targeting: { if: [{ '==': [{ var: 'targetingKey' }, 'ada'] }, 'on'] } });
    expect((await valueFor('ada-beta')).value).toBe(false);
    expect((await valueFor('ada')).value).toBe(true);
  });

  test('a flag that does not exist, and one of another type, give a stock client its default', async () => {
    const client = await clientOf(tenant);
    expect(await client.getBooleanDetails('no-such-flag', true)).toMatchObject({
      value: true,
      errorCode: 'FLAG_NOT_FOUND',
    });
    expect(await client.getStringDetails('new-editor', 'x')).toMatchObject({ value: 'x', errorCode: 'TYPE_MISMATCH' });
  });

  test('two tenants have their own flags and values', async () => {
    const other = await tenantWithFlags(api.registry, { 'new-editor': OFF_FLAG, secret: OFF_FLAG });
    await change('new-editor', { variant: 'on' }, other);
    const [own, foreign] = [await clientOf(tenant), await clientOf(other)];
    expect(await foreign.getBooleanValue('new-editor', false)).toBe(true);
    expect(await own.getBooleanValue('new-editor', true)).toBe(false);
    expect(await own.getBooleanDetails('secret', true)).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' });
    const { flags } = expectAnswer(await bulk(), 200, evaluatedFlagsSchema);
    expect(flags.map(({ key }) => key)).toEqual(Object.keys(FLAGS).sort());
  });

  test('a bulk evaluation is answered 304 until a value changes', async () => {
    const first = await bulk();
    const etag = first.headers['etag'] as string;
    expect((await bulk(etag)).status).toBe(304);
    await change('new-editor', { variant: 'on' });
    const second = await bulk(etag);
    expect(expectAnswer(second, 200, evaluatedFlagsSchema).flags).toContainEqual(
      expect.objectContaining({ key: 'new-editor', value: true }) as object,
    );
    expect(second.headers['etag']).not.toBe(etag);
    expect((await bulk(second.headers['etag'] as string)).status).toBe(304);
  });

  test.each([
    '__proto__',
    'constructor',
    'toString',
    '..%2f..%2fetc',
    '%00',
    'a'.repeat(2000),
    '%F0%9F%92%A3',
    '$flagd',
  ])('the key %s is a flag that does not exist', async (key) => {
    const answer = await evaluate(`${BULK}/${key}`);
    expect(expectAnswer(answer, 404, failedEvaluationSchema)).toMatchObject({
      key: decodeURIComponent(key),
      errorCode: 'FLAG_NOT_FOUND',
    });
  });

  test.each<[string, unknown]>([
    ['a text as context', { context: 'ada' }],
    ['a list as context', { context: [] }],
    ['null as context', { context: null }],
    ['a number as targeting key', { context: { targetingKey: 7 } }],
  ])('%s is refused as INVALID_CONTEXT', async (_, body) => {
    for (const path of [BULK, `${BULK}/new-editor`])
      expect((await evaluate(path, body as object)).body).toMatchObject({ errorCode: 'INVALID_CONTEXT' });
  });

  test.each([
    '{"variant":{"toString":"x"}}',
    '{"variant":"__proto__"}',
    '{"variant":["on","off"]}',
    '{"variant":true}',
  ])('a rule that answers with %s fails alone, and its message repeats nothing of it', async (context) => {
    const body = `{"context":${context}}`;
    const answer = await evaluate(`${BULK}/careless`, body);
    expect(expectAnswer(answer, 400, failedEvaluationSchema).errorCode).toBe('GENERAL');
    expect(answer.text).not.toMatch(/__proto__|on,off|true/);
  });

  test('a context with the name of a prototype changes no other evaluation', async () => {
    const body = '{"context":{"__proto__":{"variant":"on"},"constructor":{"prototype":{"variant":"on"}}}}';
    expect((await evaluate(`${BULK}/careless`, body)).status).toBe(200);
    const { body: after } = await evaluate(`${BULK}/careless`);
    expect(after).toMatchObject({ value: false, reason: 'DEFAULT' });
  });

  test('a key is taken from X-API-Key as well', async () => {
    const answer = await request(api.app).post(`${BULK}/new-editor`).set('x-api-key', tenant.key).send({});
    expect(answer.body).toMatchObject({ value: false });
  });

  test('without a key, with a wrong one and with an API token nothing is evaluated', async () => {
    for (const path of [BULK, `${BULK}/new-editor`]) {
      expectProblem(await request(api.app).post(path).send({}), 'unauthenticated');
      expectProblem(await evaluate(path, {}, `${tenant.key}x`), 'unauthenticated');
      expectProblem(await evaluate(path, {}, await api.token(['flags:manage'])), 'unauthenticated');
    }
  });

  test.each<[string, string, number]>([
    ['suspended', 'read-only', 200],
    ['suspended', 'closed', 403],
    ['leaving', 'closed', 403],
    ['gone', 'closed', 401],
  ])('of a tenant that is %s with access %s, the evaluation is answered %d', async (state, access, status) => {
    expect((await bulk()).status).toBe(200);
    const values = [tenant.tenantId, state, access];
    await api.registry.pool.query(`update tenant set state = $2, access = $3 where tenant_id = $1`, values);
    expect((await bulk()).status).toBe(status);
  });

  test('an evaluation of known flags asks the registry twice, for the key and the revision', async () => {
    await bulk();
    const queries = jest.spyOn(api.registry.pool, 'query');
    try {
      expect((await bulk()).status).toBe(200);
      expect(queries).toHaveBeenCalledTimes(2);
    } finally {
      queries.mockRestore();
    }
  });

  test('flags are evaluated for callers with a limit of their own, one for each tenant', async () => {
    const limited = await startApiHarness({ rateLimit: { perMinute: 1000, verificationsPerMinute: 2 } });
    try {
      const [one, other] = [
        await tenantWithFlags(limited.registry, FLAGS),
        await tenantWithFlags(limited.registry, FLAGS),
      ];
      const ask = async ({ key }: FlaggedTenant) =>
        (await request(limited.app).post(BULK).auth(key, { type: 'bearer' }).send({})).status;
      expect([await ask(one), await ask(one), await ask(one), await ask(other)]).toEqual([200, 200, 429, 200]);
    } finally {
      await limited.stop();
    }
  });
});

test('a hundred flags with rules are evaluated a hundred times within a second of processor time', () => {
  const targeting = {
    if: [
      { in: [{ var: 'country' }, ['de', 'fr']] },
      {
        fractional: [
          ['on', 50],
          ['off', 50],
        ],
      },
      null,
    ],
  };
  const flags = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`flag-${n}`, { ...OFF_FLAG, targeting }]));
  const engine = flagEngine(flags);
  const before = process.cpuUsage();
  for (let user = 0; user < 100; user += 1)
    expect(evaluateFlags(engine, { targetingKey: `user-${user}`, country: 'de' })).toHaveLength(100);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(1);
});
