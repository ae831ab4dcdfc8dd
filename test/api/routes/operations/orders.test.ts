import type { Json, TenantProvisioningRequest } from '../../../../contract/orders/order';
import { acceptedSchema } from '../../../../contract/schemas/operation-schema';
import { CLEAN_STATUSES, STATUSES } from '../../../../contract/operations/states';
import { loadOperation } from '../../../../registry/operations/operations';
import { registerRegions } from '../../../../registry/capacity/regions';
import {
  expectAnswer,
  expectProblem,
  order,
  startApiHarness,
  type ApiHarness,
  type Client,
} from '../../../helpers/api';
import { placeOrder, putInState } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('orders over HTTP: not run, this machine has no PostgreSQL');

const asItIs = (body: unknown): string => body as string;

suite('ordering a tenant', () => {
  let api: ApiHarness;
  let orderer: Client;

  beforeAll(async () => {
    api = await startApiHarness({ appDomain: 'tenants.harbour.example:8443' });
    orderer = await api.as(['tenants:order']);
  });
  afterAll(() => api.stop());
  beforeEach(() => {
    api.runs.down = false;
    api.runs.started = [];
  });

  const countOperations = async (): Promise<number> => {
    const { rows } = await api.registry.pool.query<{ count: number }>(`select count(*)::int as count from operation`);
    return rows[0]!.count;
  };

  test('an order is accepted, stored encrypted and started', async () => {
    const wanted = order({ compliance: { dataResidency: 'EU', retentionPeriod: 30, encryptionLevel: 'standard' } });
    const response = await orderer.post('/v1/tenants', wanted);
    const { operationId, tenantId } = expectAnswer(response, 202, acceptedSchema);
    expect(response.headers).toMatchObject({
      location: `/v1/operations/${operationId}`,
      'retry-after': expect.stringMatching(/^\d+$/) as string,
    });
    const stored = await loadOperation(api.registry.pool, api.registry.keys, operationId);
    expect(stored?.order).toEqual(wanted);
    expect(api.runs.started).toEqual([
      {
        kind: 'provision',
        operationId,
        tenantId,
        plan: 'starter',
        region: null,
        residency: 'EU',
        parameters: {},
        retry: expect.objectContaining({ maximumAttempts: 3 }) as object,
        recovery: { onPermanentFailure: 'compensate', holdSeconds: 24 * 3600, skippable: [] },
      },
    ]);
    const { rows } = await api.registry.pool.query<{ text: string; started: boolean }>(
      `select operation::text as text, started_at is not null as started from operation where operation_id = $1`,
      [operationId],
    );
    expect(rows[0]).toMatchObject({ started: true });
    expect(rows[0]!.text).not.toContain('grace');
  });

  test('an order is accepted while Temporal is down, and the relay starts it later', async () => {
    api.runs.down = true;
    const { operationId } = expectAnswer(await orderer.post('/v1/tenants', order()), 202, acceptedSchema);
    const { rows } = await api.registry.pool.query(`select started_at from operation where operation_id = $1`, [
      operationId,
    ]);
    expect(rows).toEqual([{ started_at: null }]);
  });

  test('fifty simultaneous orders with one key are one operation', async () => {
    const before = await countOperations();
    const wanted = order();
    const responses = await Promise.all(
      Array.from({ length: 50 }, () => orderer.post('/v1/tenants', wanted).set('idempotency-key', 'fifty')),
    );
    const answers = new Set(responses.map((response) => JSON.stringify([response.status, response.body])));
    expect(answers.size).toBe(1);
    expectAnswer(responses[0]!, 202, acceptedSchema);
    expect((await countOperations()) - before).toBe(1);
    expect(api.runs.started).toHaveLength(1);
  });

  test('the same order in another JSON notation is the same order', async () => {
    const wanted = order();
    const first = await orderer.post('/v1/tenants', wanted).set('idempotency-key', 'notation');
    const reversed = Object.fromEntries(Object.entries(wanted).reverse());
    const second = await orderer.post('/v1/tenants', reversed).set('idempotency-key', 'notation');
    const replayed = [first, second].map(({ headers }) => headers['idempotency-replayed'] as unknown);
    expect(replayed).toEqual([undefined, 'true']);
    expect(second.body).toEqual(expectAnswer(first, 202, acceptedSchema));
  });

  test('a key in quotation marks is the same key, and a repeat shows how the operation ended', async () => {
    const wanted = order();
    const first = await orderer.post('/v1/tenants', wanted).set('idempotency-key', '"quoted"');
    const { operationId } = expectAnswer(first, 202, acceptedSchema);
    const again = await orderer.post('/v1/tenants', wanted).set('idempotency-key', 'quoted');
    expect(again.body).toEqual(first.body);
    await api.registry.pool.query(`update operation set status = 'active' where operation_id = $1`, [operationId]);
    const later = await orderer.post('/v1/tenants', wanted).set('idempotency-key', '"quoted"');
    expect(expectAnswer(later, 202, acceptedSchema)).toMatchObject({ operationId, status: 'active' });
  });

  test('a look-alike of a name in use is refused until that name is free again', async () => {
    const held = expectAnswer(
      await orderer.post('/v1/tenants', order({ tenantName: 'acme-one' })),
      202,
      acceptedSchema,
    );
    for (const tenantName of ['acme-0ne', 'acme-one']) {
      const problem = expectProblem(await orderer.post('/v1/tenants', order({ tenantName })), 'name-taken');
      expect(problem.errors).toEqual([
        { pointer: '/tenantName', detail: expect.stringContaining('0 and o, and 1 and l') as string },
      ]);
    }
    for (const tenantName of ['acme-two', 'acme-5ne'])
      expectAnswer(await orderer.post('/v1/tenants', order({ tenantName })), 202, acceptedSchema);
    const release = `update operation set status = 'failed' where operation_id = $1`;
    await api.registry.pool.query(release, [held.operationId]);
    expectAnswer(await orderer.post('/v1/tenants', order({ tenantName: 'acme-0ne' })), 202, acceptedSchema);
  });

  test('one key with another body is refused', async () => {
    await orderer.post('/v1/tenants', order()).set('idempotency-key', 'mismatch');
    const response = await orderer.post('/v1/tenants', order()).set('idempotency-key', 'mismatch');
    expectProblem(response, 'idempotency-key-reused');
  });

  test('a key belongs to its caller: another caller may use the same key', async () => {
    const other = await api.as(await api.token(['tenants:order'], 'somebody-else'));
    const responses = [
      await orderer.post('/v1/tenants', order()).set('idempotency-key', 'shared'),
      await other.post('/v1/tenants', order()).set('idempotency-key', 'shared'),
    ];
    expect(responses.map(({ status }) => status)).toEqual([202, 202]);
  });

  test('a body with a duplicate name is refused with a pointer, at any depth and for any name', async () => {
    const [head, tail] = JSON.stringify(order({ configuration: { settings: { a: 1 } } })).split('"a":1');
    for (const doubled of ['"a":1,"a":2', '"a":1,"\\u0061":1', '"__proto__":1,"__proto__":{"x":1}']) {
      const response = await orderer
        .post('/v1/tenants')
        .set('content-type', 'application/json')
        .serialize(asItIs)
        .send(`${head}${doubled}${tail}`);
      const name = doubled.includes('__proto__') ? '__proto__' : 'a';
      const problem = expectProblem(response, 'malformed-json');
      expect(problem.errors?.map(({ pointer }) => pointer)).toEqual([`/configuration/settings/${name}`]);
    }
  });

  test('of twenty simultaneous orders for one name, one gets it and the others learn nothing about it', async () => {
    const wanted = order();
    const responses = await Promise.all(Array.from({ length: 20 }, () => orderer.post('/v1/tenants', wanted)));
    const accepted = responses.filter(({ status }) => status === 202);
    expect(accepted).toHaveLength(1);
    const { operationId, tenantId } = expectAnswer(accepted[0]!, 202, acceptedSchema);
    for (const response of responses.filter(({ status }) => status !== 202)) {
      const problem = expectProblem(response, 'name-taken');
      expect(problem.errors?.[0]?.pointer).toBe('/tenantName');
      expect(JSON.stringify(problem)).not.toMatch(new RegExp(`${operationId}|${tenantId}`));
    }
  });

  describe('a custom domain belongs to one tenant', () => {
    const withDomain = (customDomain: string): TenantProvisioningRequest => order({ configuration: { customDomain } });

    test('of ten simultaneous orders for one domain, in five notations, one gets it and the others learn nothing about it', async () => {
      const notations = [
        'shop.bücher.example',
        'SHOP.Bücher.example',
        'shop.bücher.example.',
        'shop.xn--bcher-kva.example',
      ];
      const responses = await Promise.all(
        [...notations, 'Shop.XN--bcher-kva.example.'].flatMap((domain) =>
          [1, 2].map(() => orderer.post('/v1/tenants', withDomain(domain))),
        ),
      );
      const accepted = responses.filter(({ status }) => status === 202);
      expect(accepted).toHaveLength(1);
      const { operationId, tenantId } = expectAnswer(accepted[0]!, 202, acceptedSchema);
      for (const response of responses.filter(({ status }) => status !== 202)) {
        const problem = expectProblem(response, 'domain-taken');
        expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(['/configuration/customDomain']);
        expect(JSON.stringify(problem)).not.toMatch(new RegExp(`${operationId}|${tenantId}`));
      }
    });

    test('a refused order holds neither its name nor its domain', async () => {
      await placeOrder(orderer, withDomain('held.acme.example'));
      const refused = withDomain('held.acme.example');
      expectProblem(await orderer.post('/v1/tenants', refused), 'domain-taken');
      const again = { ...refused, configuration: { customDomain: 'free.acme.example' } };
      expectAnswer(await orderer.post('/v1/tenants', again), 202, acceptedSchema);
    });

    test('a repeated order with the same key gets the same answer and is not refused for its own domain', async () => {
      const wanted = withDomain('repeated.acme.example');
      const [first, second] = [
        await orderer.post('/v1/tenants', wanted).set('idempotency-key', 'own-domain'),
        await orderer.post('/v1/tenants', wanted).set('idempotency-key', 'own-domain'),
      ];
      expect(second.body).toEqual(expectAnswer(first, 202, acceptedSchema));
    });

    test.each(STATUSES)('an operation that is %s frees it exactly when it frees its name', async (status) => {
      const domain = `${status.replace('_', '-')}.acme.example`;
      const holder = await placeOrder(orderer, withDomain(domain));
      await putInState(api, holder, status);
      const byName = await orderer.post('/v1/tenants', { ...order(), tenantName: holder.order.tenantName });
      const byDomain = await orderer.post('/v1/tenants', withDomain(domain));
      const clean = CLEAN_STATUSES.includes(status);
      expect([byName.status, byDomain.status]).toEqual(clean ? [202, 202] : [409, 409]);
    });

    test.each(['tenants.harbour.example', 'other.tenants.harbour.example', 'harbour.example'])(
      '%s is refused because it is the product’s own',
      async (domain) => {
        const problem = expectProblem(await orderer.post('/v1/tenants', withDomain(domain)), 'invalid-order');
        expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(['/configuration/customDomain']);
      },
    );
  });

  test.each(['with space', 'a,b', 'ünicode', 'x'.repeat(256)])('the idempotency key %p is refused', async (key) => {
    const response = await orderer
      .post('/v1/tenants', order())
      .set('idempotency-key', Buffer.from(key).toString('latin1'));
    expectProblem(response, 'invalid-idempotency-key');
  });

  test('features that the plan does not offer are refused by name and pointer', async () => {
    const wanted = order({ subscription: { plan: 'starter', billingCycle: 'monthly', features: ['no-such-feature'] } });
    const problem = expectProblem(await orderer.post('/v1/tenants', wanted), 'invalid-order');
    expect(problem.errors).toEqual([
      expect.objectContaining({ pointer: '/subscription/features/0', type: 'FeatureNotInPlan' }) as object,
    ]);
  });

  describe('once a worker has registered its regions', () => {
    const places: [string, string][] = [
      ['eu-central', 'EU'],
      ['us-east', 'US'],
    ];
    beforeAll(() =>
      registerRegions(
        api.registry.pool,
        places.map(([region, jurisdiction]) => ({ region, jurisdiction })),
      ),
    );
    afterAll(() => api.registry.pool.query('delete from region'));
    test('the refusal of an unknown region says where regions, plans and room are listed', async () => {
      const problem = expectProblem(await orderer.post('/v1/tenants', order({ region: 'eu-west' })), 'invalid-order');
      expect(problem.errors![0]!.detail).toBe(
        'There is no region eu-west. Choose one of: eu-central, us-east. `GET /v1/regions` lists the plans that each serves.',
      );
    });

    const compliance = (dataResidency: string) =>
      ({ compliance: { dataResidency, retentionPeriod: 30, encryptionLevel: 'standard' } }) as const;

    test.each([
      ['an unknown region', '/region', 'RegionNotFound', { region: 'eu-west' }],
      ['an unknown residency', '/compliance/dataResidency', 'ResidencyNotPossible', compliance('CH')],
      [
        'a residency that its region does not satisfy',
        '/compliance/dataResidency',
        'ResidencyNotPossible',
        { region: 'us-east', ...compliance('EU') },
      ],
    ])('an order for %s is refused at once, with the possible values', async (_, pointer, type, wanted) => {
      const problem = expectProblem(await orderer.post('/v1/tenants', order(wanted)), 'invalid-order');
      expect(problem.errors).toEqual([
        { pointer, type, detail: expect.stringMatching(/eu-central.*us-east/) as string },
      ]);
    });

    test('an order for a registered region is accepted', async () => {
      const wanted = { region: 'eu-central', ...compliance('eu') };
      expectAnswer(await orderer.post('/v1/tenants', order(wanted)), 202, acceptedSchema);
    });
  });

  test('an order for a region is accepted before any worker has registered one', async () => {
    expectAnswer(await orderer.post('/v1/tenants', order({ region: 'eu-west' })), 202, acceptedSchema);
  });

  test('customizations that need an approver are recorded with the operation', async () => {
    const wanted = order({ customizations: { storageQuotaGb: 20, statementTimeoutSeconds: 10 } });
    const { operationId } = expectAnswer(await orderer.post('/v1/tenants', wanted), 202, acceptedSchema);
    const stored = await loadOperation(api.registry.pool, api.registry.keys, operationId);
    expect(stored?.approvalKeys).toEqual(['storageQuotaGb']);
    expect(stored?.template.resources.storage.quotaGb).toBe(20);
  });

  describe('hostile input changes nothing and is refused with a pointer', () => {
    const base = order();
    const withAdmin = (change: object): object => ({ ...base, adminUser: { ...base.adminUser, ...change } });
    const withSettings = (settings: Json): object => ({ ...base, configuration: { settings } });
    const nested = (depth: number): Json => (depth === 0 ? 1 : { a: nested(depth - 1) });
    const cases: [what: string, pointer: string, body: unknown][] = [
      ['NUL', '/organizationName', { ...base, organizationName: 'a\0b' }],
      ['bidi override', '/organizationName', { ...base, organizationName: 'a\u202eb' }],
      ['half a character', '/organizationName', { ...base, organizationName: 'a\ud800' }],
      ['homoglyph', '/tenantName', { ...base, tenantName: 'аcme' }],
      ['reserved name', '/tenantName', { ...base, tenantName: 'adm1n' }],
      ['SQL', '/tenantName', { ...base, tenantName: "x'; drop table operation;--" }],
      ['path', '/region', { ...base, region: '../../etc/passwd' }],
      ['header', '/adminUser/email', withAdmin({ email: 'a@example.com\r\nBcc: b@example.com' })],
      ['wrong type', '/adminUser/firstName', withAdmin({ firstName: 7 })],
      ['unknown field', '/isAdmin', { ...base, isAdmin: true }],
      ['__proto__', '/__proto__', JSON.parse(`{"__proto__":{"x":1},${JSON.stringify(base).slice(1)}`)],
      [
        '__proto__ inside',
        '/configuration/settings/__proto__',
        withSettings(JSON.parse('{"__proto__":{"x":1}}') as Json),
      ],
      ['constructor', '/configuration/settings/constructor', withSettings({ constructor: 1 })],
      ['deep JSON', '/configuration/settings/a/a/a/a/a', withSettings(nested(9))],
      ['unknown plan', '/subscription/plan', { ...base, subscription: { ...base.subscription, plan: 'platinum' } }],
      ['internal address', '/configuration/branding/logoUrl', branded('https://169.254.169.254/latest')],
      ['loopback in disguise', '/configuration/branding/logoUrl', branded('https://0x7f.1/')],
      ['secret', '/configuration/settings/apiKey', withSettings({ apiKey: 'sk_live_abcdefgh12345678' })],
      ['an array', '', []],
      ['null', '', null],
    ];
    function branded(logoUrl: string): Partial<TenantProvisioningRequest> {
      return { ...base, configuration: { branding: { logoUrl } } };
    }

    test.each(cases)('%s', async (_what, pointer, body) => {
      const before = await countOperations();
      const response = await orderer
        .post('/v1/tenants')
        .set('content-type', 'application/json')
        .send(JSON.stringify(body));
      const problem = expectProblem(response, 'invalid-order');
      expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
      expect(await countOperations()).toBe(before);
      expect(api.runs.started).toEqual([]);
    });

    const raw: [what: string, body: string | Buffer, problem: Parameters<typeof expectProblem>[1]][] = [
      ['NaN', '{"tenantName": NaN}', 'malformed-json'],
      ['half a document', '{"tenantName": "a', 'malformed-json'],
      ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 'malformed-request'],
      ['two megabytes', JSON.stringify({ ...base, organizationName: 'x'.repeat(2_000_000) }), 'payload-too-large'],
      [
        'ten thousand features',
        JSON.stringify({ f: Array.from({ length: 10_000 }, (_, n) => `feature-${n}`) }),
        'payload-too-large',
      ],
      ['a duplicate name', `${JSON.stringify(base).slice(0, -1)},"tenantName":"acme-boats"}`, 'malformed-json'],
      ['thirty thousand brackets', '['.repeat(30_000) + ']'.repeat(30_000), 'invalid-order'],
      ['no body', '', 'invalid-order'],
    ];
    test.each(raw)('%s', async (_what, body, problem) => {
      const before = await countOperations();
      const response = await orderer
        .post('/v1/tenants')
        .set('content-type', 'application/json')
        .serialize(asItIs)
        .send(body);
      expectProblem(response, problem);
      expect(await countOperations()).toBe(before);
    });
  });
});
