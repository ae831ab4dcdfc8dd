import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { SCIM_ROUTES } from '../../../api/scim/scim';
import { backupIdOf } from '../../../contract/backups/backups';
import { requestBackup } from '../../../registry/backups/backups';
import { newApiKey, storeApiKeys } from '../../../registry/credentials/api-keys';
import { createNamedSecret, SCIM_TOKENS, SSO_LINKS } from '../../../registry/credentials/named-secrets';
import { ALL_ROLES, order, startApiHarness, type ApiHarness } from '../../helpers/api';
import { hasPostgres } from '../../helpers/registry';
import { ScimClient } from '../../helpers/scim/client';
import { MemoryDirectory } from '../../helpers/scim/memory-directory';
import { OFF_FLAG, tenantWithFlags } from '../../helpers/tenants/flags';
import { bodiesOf, INSIDE, parametersOf, UNOWNED } from './authorization-matrix';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('tenants apart over HTTP: not run, this machine has no PostgreSQL');

const BODIES = bodiesOf(order);
const FLAG = 'new-editor';
const BULK = '/ofrep/v1/evaluate/flags';

/** Values of path parameters, by their names. */
type Things = Record<string, string>;

interface Tenant {
  tenantId: string;
  /** Its API key. */
  key: string;
  scim: ScimClient;
  /** A person and a group of its directory. */
  personId: string;
  groupId: string;
  /** What lies inside the tenant, by the path parameter that names it. */
  inside: Things;
}

suite('two tenants', () => {
  let api: ApiHarness;
  let tenants: [Tenant, Tenant];
  const directory = new MemoryDirectory();

  beforeAll(async () => {
    api = await startApiHarness({ directory });
    tenants = [await tenantWith('on'), await tenantWith('off')];
  });
  afterAll(() => api.stop());

  /** An active tenant with every kind of credential that a customer holds, and something in each of its lists. */
  async function tenantWith(variant: 'on' | 'off'): Promise<Tenant> {
    const { pool } = api.registry;
    const flags = { [FLAG]: { ...OFF_FLAG, defaultVariant: variant } };
    const subscription = { plan: 'professional' as const, billingCycle: 'monthly' as const, features: [] };
    const { tenantId, key } = await tenantWithFlags(api.registry, flags, { subscription });
    const named = `of-${variant}`;
    const made = await createNamedSecret(pool, SCIM_TOKENS, { tenantId, name: named, actor: 'test' });
    if (made.outcome !== 'created') throw new Error(made.outcome);
    await createNamedSecret(pool, SSO_LINKS, { tenantId, name: named, actor: 'test', expiresInDays: 7 });
    await storeApiKeys(pool, tenantId, [{ name: named, scopes: [], key: newApiKey() }]);
    const domain = `${named}.example`;
    await pool.query(`insert into tenant_domain (domain_id, tenant_id, domain, token) values ($1, $1, $2, 'test')`, [
      tenantId,
      domain,
    ]);
    const backupId = backupIdOf(randomUUID());
    await requestBackup(pool, { backupId, tenantId, region: 'eu-central', reason: 'requested', requestedBy: 'test' });
    const scim = new ScimClient(api.app, tenantId, made.secret);
    const [personId, groupId] = [
      ((await scim.post('/Users', { userName: 'alice' })).body as { id: string }).id,
      ((await scim.post('/Groups', { displayName: 'Sales' })).body as { id: string }).id,
    ];
    return {
      ...{ tenantId, key, scim, personId, groupId },
      inside: { tokenName: named, keyName: named, linkName: named, domain, backupId },
    };
  }

  const pairs = (): [own: Tenant, other: Tenant][] => [tenants, [tenants[1], tenants[0]]];
  const filled = (path: string, things: Things): string =>
    path.replace(/\{(\w+)\}/g, (_, name: string) => ({ ...UNOWNED, ...things })[name]!);
  const directoryOf = async ({ scim }: Tenant): Promise<object[]> => [
    (await scim.get('/Users')).body as object,
    (await scim.get('/Groups')).body as object,
  ];

  test('neither an API key nor a SCIM token opens any route about a tenant, its own or the other one', async () => {
    const about = api.routes.filter(({ path }) => parametersOf(path).includes('tenantId') || path === '/v1/usage');
    const opened: string[] = [];
    for (const [own, { tenantId, inside }] of pairs())
      for (const token of [own.key, own.scim.token])
        for (const things of [
          { tenantId, ...inside },
          { tenantId: own.tenantId, ...own.inside },
        ])
          for (const route of about) {
            const sent = request(api.app)[route.method](filled(route.path, things)).auth(token, { type: 'bearer' });
            const { status } = await (route.body ? sent.send((BODIES[route.operationId] ?? (() => ({})))()) : sent);
            // Public are the claims, which a token in the body opens.
            if (status !== (route.access === 'public' ? 404 : 401)) opened.push(`${route.operationId}: ${status}`);
          }
    expect(opened).toEqual([]);
    expect(about.length).toBeGreaterThan(30);
  });

  test('what lies inside one tenant is not found below the other one, and stays', async () => {
    const nested = api.routes
      .map((route) => ({ route, parameters: parametersOf(route.path) }))
      .filter(({ parameters }) => parameters.includes('tenantId') && parameters.some((name) => isInside(name)));
    expect(new Set(nested.flatMap(({ parameters }) => parameters.filter(isInside)))).toEqual(
      new Set(Object.keys(tenants[0].inside)),
    );
    const operator = await api.as([...ALL_ROLES]);
    const rows = async (): Promise<object[][]> => {
      const tables = ['scim_token', 'api_key', 'sso_link', 'tenant_domain', 'backup'].map((table) =>
        api.registry.pool.query<{ row: object }>(
          `select to_jsonb(t) - 'last_used_at' as row from ${table} t order by 1`,
        ),
      );
      return (await Promise.all(tables)).map((each) => each.rows);
    };
    const before = await rows();
    for (const [own, other] of pairs())
      for (const { route } of nested) {
        const path = filled(route.path, { tenantId: own.tenantId, ...other.inside });
        const body = route.body ? (BODIES[route.operationId] ?? (() => ({})))() : undefined;
        const { status } = await (route.method === 'get' ? operator.get(path) : operator[route.method](path, body!));
        expect({ route: route.operationId, status }).toEqual({ route: route.operationId, status: 404 });
      }
    expect(await rows()).toEqual(before);
  });

  test('a SCIM token opens no path of the other tenant’s directory', async () => {
    for (const [own, other] of pairs()) {
      // Control: a token that opens nothing would prove nothing.
      expect((await own.scim.get('/Users')).status).toBe(200);
      const before = await directoryOf(other);
      const strayed = new ScimClient(api.app, other.tenantId, own.scim.token);
      for (const { method, path } of SCIM_ROUTES) {
        const id = path.startsWith('/Groups') ? other.groupId : other.personId;
        const { status } = await strayed.send(method, path.replace(':id', id), method === 'get' ? undefined : {});
        expect({ method, path, status }).toEqual({ method, path, status: 401 });
      }
      expect(await directoryOf(other)).toEqual(before);
    }
  });

  test('people and groups of the other tenant’s directory do not exist in one’s own', async () => {
    for (const [own, other] of pairs()) {
      const before = await directoryOf(other);
      const bodies: Record<string, object> = {
        put: { userName: 'intruder', displayName: 'Intruder' },
        patch: { Operations: [{ op: 'replace', path: 'displayName', value: 'Intruder' }] },
      };
      for (const { method, path } of SCIM_ROUTES.filter((route) => /^\/(Users|Groups)\/:id$/.test(route.path))) {
        const id = path.startsWith('/Groups') ? other.groupId : other.personId;
        const { status } = await own.scim.send(method, path.replace(':id', id), bodies[method]);
        expect({ method, path, status }).toEqual({ method, path, status: 404 });
      }
      const joined = await own.scim.patch(`/Groups/${own.groupId}`, {
        op: 'add',
        path: 'members',
        value: [{ value: other.personId }],
      });
      expect(joined.status).toBe(400);
      for (const kind of ['Users', 'Groups'])
        expect(await own.scim.find(`/${kind}`, `id eq "${kind === 'Users' ? other.personId : other.groupId}"`)).toEqual(
          [],
        );
      expect(await directoryOf(other)).toEqual(before);
    }
  });

  test('an API key evaluates its own tenant’s flags, whatever tenant the context names', async () => {
    for (const [own, other] of pairs()) {
      const expected = own === tenants[0];
      const context = { targetingKey: other.tenantId, tenantId: other.tenantId, tenant: other.tenantId };
      for (const path of [`${BULK}/${FLAG}`, BULK]) {
        const sent = request(api.app).post(path).auth(own.key, { type: 'bearer' });
        const { status, body } = await sent.set('x-tenant-id', other.tenantId).send({ context });
        const [flag] = (body as { flags?: object[] }).flags ?? [body as object];
        expect({ path, status, flag }).toMatchObject({ path, status: 200, flag: { key: FLAG, value: expected } });
      }
      const strayed = await request(api.app).post(BULK).auth(own.scim.token, { type: 'bearer' }).send({ context });
      expect(strayed.status).toBe(401);
    }
  });
});

/** Whether a path parameter names something inside a tenant. Flags are the plan's, and each tenant has all of them. */
function isInside(name: string): boolean {
  return name !== 'flag' && name !== 'tenantId' && (name in UNOWNED || INSIDE.includes(name));
}
