import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { createApp } from '../../../api/app';
import { createMetrics } from '../../../api/metrics';
import { failure } from '../../../providers/port/failures';
import { readTrail } from '../../../registry/audit/trail';
import { startApiHarness, type ApiHarness } from '../../helpers/api';
import { hasPostgres } from '../../helpers/registry';
import { expectScimError, ScimClient } from '../../helpers/scim/client';
import { entraCycle, oktaCycle } from '../../helpers/scim/cycles';
import { MemoryDirectory } from '../../helpers/scim/memory-directory';
import { scimTenant } from '../../helpers/scim/tenant';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('SCIM over HTTP: not run, this machine has no PostgreSQL');

suite('SCIM over HTTP', () => {
  let api: ApiHarness;
  let client: ScimClient;
  const directory = new MemoryDirectory();

  beforeAll(async () => {
    api = await startApiHarness({ directory });
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    directory.failing = undefined;
    ({ client } = await scimTenant(api));
  });

  const user = (userName: string, more: object = {}) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    ...more,
  });
  const create = async (userName: string, more: object = {}): Promise<string> => {
    const { status, body } = await client.post('/Users', user(userName, more));
    expect(status).toBe(201);
    return (body as { id: string }).id;
  };

  test('a provisioning cycle of Microsoft Entra ID runs through', () => entraCycle(client));

  test('a provisioning cycle of Okta runs through', () => oktaCycle(client));

  test('a new user is answered with its URL, which belongs to the tenant', async () => {
    const { body, headers } = await client.post('/Users', user('ida'));
    const { meta, id } = body as { id: string; meta: { location: string } };
    expect(meta.location).toBe(`http://provisioner.example/scim/v2/${client.tenantId}/Users/${id}`);
    expect(headers['location']).toBe(meta.location);
    expect(headers['cache-control']).toBe('no-store');
  });

  test('a token opens its own tenant only, and only while it is current', async () => {
    const other = await scimTenant(api);
    const id = await create('alice');
    expect((await other.client.get(`/Users/${id}`)).status).toBe(404);
    const strayed = new ScimClient(api.app, other.tenantId, client.token);
    expect(expectScimError(await strayed.get('/Users'), 401)).toContain('token');
    expectScimError(await new ScimClient(api.app, 'k3v9x2m4q7w8r5ta', client.token).get('/Users'), 401);
    expectScimError(
      await new ScimClient(api.app, client.tenantId, `${client.token.slice(0, -3)}AAA`).get('/Users'),
      401,
    );
    const bare = await request(api.app).get(`/scim/v2/${client.tenantId}/Users`);
    expectScimError(bare, 401);
    expect(bare.headers['www-authenticate']).toContain('Bearer');
    await api.registry.pool.query('update scim_token set revoked_at = now() where tenant_id = $1', [client.tenantId]);
    expectScimError(await client.get('/Users'), 401);
  });

  test('a SCIM token opens nothing else of the API, and an API token opens no directory', async () => {
    const answer = await request(api.app).get('/v1/tenants').auth(client.token, { type: 'bearer' });
    expect(answer.status).toBe(401);
    const operator = await api.token(['operations:operate', 'api-keys:manage']);
    expectScimError(await new ScimClient(api.app, client.tenantId, operator).get('/Users'), 401);
  });

  test.each([
    ['suspended', 'closed', 403, 'suspended'],
    ['suspended', 'read-only', 403, 'read-only'],
    ['leaving', 'open', 403, 'being removed'],
    ['gone', 'open', 401, 'token'],
  ])('the directory of a tenant that is %s (%s) is refused in words', async (state, access, status, word) => {
    await api.registry.pool.query('update tenant set state = $2, access = $3 where tenant_id = $1', [
      client.tenantId,
      state,
      access,
    ]);
    expect(expectScimError(await client.get('/Users'), status)).toContain(word);
    expectScimError(await client.post('/Users', user('late')), status);
  });

  test('people beyond the plan’s limit are refused with the number that it allows', async () => {
    await api.registry.pool.query(
      `update tenant set template = jsonb_set(template, '{identity,directory,maxUsers}', '2') where tenant_id = $1`,
      [client.tenantId],
    );
    await create('one');
    await create('two');
    expect(expectScimError(await client.post('/Users', user('three')), 403)).toContain('allows 2 people');
  });

  test('people sent to two processes at the same moment never exceed the plan’s limit', async () => {
    // Another app on the same registry and directory shares nothing in memory with the first.
    const other = createApp(api.dependencies, createMetrics(api.registry.pool));
    await api.registry.pool.query(
      `update tenant set template = jsonb_set(template, '{identity,directory,maxUsers}', '3') where tenant_id = $1`,
      [client.tenantId],
    );
    const clients = [client, new ScimClient(other, client.tenantId, client.token)];
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => clients[index % 2]!.post('/Users', user(`crowd-${index}`))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 403, 403, 403, 403, 403]);
    expect((await client.get('/Users')).body).toMatchObject({ totalResults: 3 });
  });

  test('every change is in the tenant’s audit trail with the token that made it, by ids alone', async () => {
    const id = await create('rosa@acme.example', { externalId: 'hr-7', name: { familyName: 'Luxembourg' } });
    await client.patch(`/Users/${id}`, { op: 'replace', path: 'displayName', value: 'Rosa' });
    await client.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: 'False' });
    const made = await client.post('/Groups', { displayName: 'Finance', members: [{ value: id }] });
    const groupId = (made.body as { id: string }).id;
    await client.delete(`/Groups/${groupId}`);
    await client.delete(`/Users/${id}`);
    expectScimError(await client.delete(`/Users/${id}`), 404);
    const entries = [];
    for await (const entry of readTrail(api.registry.pool, { tenantId: client.tenantId }))
      if (entry.action.startsWith('directory.')) entries.push(entry);
    const person = { personId: id };
    expect(entries.map(({ action, detail }) => [action.replace('directory.', ''), detail])).toEqual([
      ['person-creating', {}],
      ['person-created', person],
      ['person-changing', person],
      ['person-changed', person],
      ['person-deactivating', person],
      ['person-deactivated', person],
      ['group-creating', {}],
      ['group-created', { groupId }],
      ['members-changing', { groupId, added: [id], removed: [] }],
      ['members-changed', { groupId }],
      ['group-removing', { groupId }],
      ['group-removed', { groupId }],
      ['person-removing', person],
      ['person-removed', person],
      // Removed before: the request has a beginning, and no end.
      ['person-removing', person],
    ]);
    const { rows } = await api.registry.pool.query<{ key: string }>(
      `select key_id as key from scim_token where tenant_id = $1`,
      [client.tenantId],
    );
    expect(new Set(entries.map(({ actor }) => actor))).toEqual(new Set([`scim-token:${rows[0]!.key}`]));
    expect(JSON.stringify(entries)).not.toMatch(/rosa|luxembourg|hr-7|finance/i);
  });

  test('a change whose result cannot be recorded is not answered as one that was not made', async () => {
    const id = await create('uma');
    const login = `"${new URL(api.registry.url).username}"`;
    const { replace } = directory.people;
    const replacing = jest.spyOn(directory.people, 'replace').mockImplementation(async (...given) => {
      const made = await replace(...given);
      await api.registry.asOwner(`revoke insert on audit_entry from ${login}`);
      return made;
    });
    try {
      const answer = await client.put(`/Users/${id}`, user('uma', { displayName: 'Uma' }));
      expect(expectScimError(answer, 503)).toContain('may have been made');
    } finally {
      replacing.mockRestore();
      await api.registry.asOwner(`grant insert on audit_entry to ${login}`);
    }
    expect((await client.get(`/Users/${id}`)).body).toMatchObject({ displayName: 'Uma' });
  });

  test('lists come in pages of at most 100, in the order of user names', async () => {
    for (let n = 0; n < 105; n++) await create(`user-${String(n).padStart(3, '0')}`);
    const page = async (query: string) => {
      const { body } = await client.get(`/Users?${query}`);
      const { Resources, ...counts } = body as { Resources: { userName: string }[] };
      return [Resources[0]?.userName, { ...counts, schemas: undefined }];
    };
    expect(await page('count=500')).toEqual(['user-000', { totalResults: 105, startIndex: 1, itemsPerPage: 100 }]);
    expect(await page('startIndex=101&count=50')).toEqual([
      'user-100',
      { totalResults: 105, startIndex: 101, itemsPerPage: 5 },
    ]);
    expect(await page('startIndex=-3&count=0')).toEqual([
      undefined,
      { totalResults: 105, startIndex: 1, itemsPerPage: 0 },
    ]);
    expectScimError(await client.get('/Users?count=many'), 400, 'invalidValue');
  });

  test.each([
    ['with another operator', 'userName sw "a"'],
    ['with “or”', 'userName eq "a" or userName eq "b"'],
    ['with “not”', 'not (userName eq "a")'],
    ['about another attribute', 'title eq "Boss"'],
    ['with a bare word as its value', 'userName eq a'],
    ['without “and” between comparisons', 'userName eq "a" userName eq "b"'],
    ['of thousands of characters', `userName eq "${'a'.repeat(3000)}"`],
  ])('a filter %s is refused as such', async (_, filter) => {
    const detail = expectScimError(
      await client.get(`/Users?filter=${encodeURIComponent(filter)}`),
      400,
      'invalidFilter',
    );
    expect(detail).not.toContain('Boss');
  });

  test('conditions joined by “and” must all hold, and attribute names have no case', async () => {
    const id = await create('Ada', { externalId: 'x-1' });
    expect(await client.find('/Users', `USERNAME Eq "ada" AND externalid eq "x-1"`)).toMatchObject([{ id }]);
    expect(await client.find('/Users', `userName eq "ada" and externalId eq "x-2"`)).toEqual([]);
    expect(await client.find('/Users', `id eq "not-an-id"`)).toEqual([]);
    expect(await client.find('/Users', `urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada"`)).toHaveLength(1);
  });

  test('a search in the body answers like a query', async () => {
    const id = await create('quinn', { displayName: 'Quinn' });
    const search = { filter: 'userName eq "quinn"', startIndex: 1, count: 5, attributes: ['displayName'] };
    const { body, status } = await client.post('/Users/.search', search);
    expect(status).toBe(200);
    const { Resources: found } = body as { Resources: Record<string, unknown>[] };
    expect(found).toMatchObject([{ id, displayName: 'Quinn' }]);
    expect(found[0]).not.toHaveProperty('userName');
    expect((await client.post('/Groups/.search', {})).body).toMatchObject({ totalResults: 0 });
    await client.post('/Groups', { displayName: 'Quality' });
    const all = async (more: object) => {
      const answer = (await client.post('/.search', more)).body as { totalResults: number; Resources: object[] };
      return { total: answer.totalResults, names: answer.Resources.map((each) => 'userName' in each) };
    };
    expect(await all({})).toEqual({ total: 2, names: [true, false] });
    expect(await all({ startIndex: 2, count: 1 })).toEqual({ total: 2, names: [false] });
    expect(await all({ filter: 'displayName eq "Quality"' })).toEqual({ total: 1, names: [false] });
    expectScimError(await client.post('/.search', { filter: 'title eq "x"' }), 400, 'invalidFilter');
  });

  test.each<[string, object, string]>([
    ['without a user name', {}, 'userName is missing'],
    ['with a number as its user name', { userName: 7 }, 'userName is missing or of the wrong type'],
    ['with a text for active that is no truth value', { active: 'maybe' }, 'active is missing or of the wrong type'],
    ['with a name that is too long', { name: { givenName: 'x'.repeat(256) } }, 'name.givenName is longer'],
    ['with control characters', { displayName: 'a\u0000b' }, 'displayName has control characters'],
  ])('a user %s is refused by the name of the attribute', async (_, change, words) => {
    const given = { ...user('eve'), ...change };
    if (Object.keys(change).length === 0) Reflect.deleteProperty(given, 'userName');
    expect(expectScimError(await client.post('/Users', given), 400, 'invalidValue')).toContain(words);
  });

  test('the user name is unique within the tenant, and the refusal does not repeat it', async () => {
    await create('mia@acme.example');
    const id = await create('noa@acme.example');
    const answers = [
      await client.post('/Users', user('MIA@acme.example')),
      await client.patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: 'mia@acme.example' }),
    ];
    for (const answer of answers) expect(expectScimError(answer, 409, 'uniqueness')).not.toContain('mia');
  });

  test('a group whose member does not exist is not created, and one that exists keeps its name and members', async () => {
    const id = await create('kim');
    const members = [{ value: id }, { value: randomUUID() }];
    expectScimError(await client.post('/Groups', { displayName: 'Sales', members }), 400, 'invalidValue');
    expect(await client.find('/Groups', 'displayName eq "Sales"')).toEqual([]);
    const { body } = await client.post('/Groups', { displayName: 'Sales', members: [{ value: id }] });
    const path = `/Groups/${(body as { id: string }).id}`;
    const change = [
      { op: 'replace', path: 'displayName', value: 'Marketing' },
      { op: 'replace', path: 'members', value: members },
    ];
    expectScimError(await client.patch(path, ...change), 400, 'invalidValue');
    expect((await client.get(path)).body).toMatchObject({ displayName: 'Sales', members: [{ value: id }] });
    expectScimError(await client.post('/Groups', { displayName: 'Sales' }), 409, 'uniqueness');
  });

  test('operations on members are applied in their order', async () => {
    const [a, b, c] = [await create('a'), await create('b'), await create('c')];
    const { body } = await client.post('/Groups', { displayName: 'Order', members: [{ value: a }] });
    const path = `/Groups/${(body as { id: string }).id}`;
    await client.patch(
      path,
      { op: 'add', path: 'members', value: [{ value: c }] },
      { op: 'replace', path: 'members', value: [{ value: a }, { value: b }] },
      { op: 'remove', path: `members[value eq "${a}"]` },
    );
    const members = async () => ((await client.get(path)).body as { members: { value: string }[] }).members;
    expect((await members()).map(({ value }) => value)).toEqual([b]);
    await client.patch(path, { op: 'remove', path: 'members' });
    expect(await members()).toEqual([]);
    expectScimError(
      await client.patch(path, { op: 'add', path: 'members[type eq "x"]', value: [] }),
      400,
      'invalidPath',
    );
  });

  test.each([
    ['an answer that was lost', failure('AnswerLost', 'x'), 503, 'may have been made'],
    ['an identity provider that is down', failure('ProviderUnavailable', 'x'), 503, 'does not answer'],
    ['a value that the identity provider refuses', failure('ProviderRefused', 'x'), 400, 'refuses a value'],
    ['a defect', new Error('secret of alice@acme.example'), 500, 'defect'],
  ])('%s is told apart from a resource that is absent', async (_, error, status, words) => {
    const id = await create('olga');
    directory.failing = error;
    const answers = [await client.get(`/Users/${id}`), await client.get('/Users?filter=userName eq "olga"')];
    for (const answer of answers) {
      expect(expectScimError(answer, status, status === 400 ? 'invalidValue' : undefined)).toContain(words);
      expect(answer.headers['retry-after']).toBe(status === 503 ? '10' : undefined);
    }
    expect(api.log.join()).not.toContain('alice@acme.example');
  });

  test('bodies that cannot be read, other methods and other paths are answered in SCIM’s form', async () => {
    const raw = (body: string, type = 'application/scim+json') =>
      request(api.app)
        .post(`/scim/v2/${client.tenantId}/Users`)
        .auth(client.token, { type: 'bearer' })
        .type(type)
        .send(body);
    expectScimError(await raw('{"userName":'), 400, 'invalidSyntax');
    expectScimError(await raw('[]'), 400, 'invalidSyntax');
    expectScimError(await raw('<user/>', 'text/xml'), 415);
    expectScimError(await raw(JSON.stringify({ userName: 'x'.repeat(1_100_000) })), 413);
    expectScimError(await client.post('/Users', user('twin', { userName: undefined })), 400, 'invalidValue');
    const put = await client.put('/Users', {});
    expectScimError(put, 405);
    expect(put.headers['allow']).toContain('POST');
    expectScimError(await client.get('/Nothing'), 404);
    expectScimError(await client.get('/Users/../../x'), 404);
    expectScimError(await request(api.app).get('/scim/v1'), 404);
  });

  test('the service describes itself: what it supports, its resource types and the attributes that it keeps', async () => {
    const config = (await client.get('/ServiceProviderConfig')).body as object;
    expect(config).toMatchObject({
      patch: { supported: true },
      filter: { maxResults: 100 },
      bulk: { supported: false },
    });
    for (const path of ['/ResourceTypes', '/Schemas']) {
      const { Resources: all } = (await client.get(path)).body as { Resources: { id: string; meta: object }[] };
      for (const resource of all) expect((await client.get(`${path}/${resource.id}`)).body).toEqual(resource);
    }
    expectScimError(await client.get('/Schemas/urn:none'), 404);
  });

  test('the log names the route and the tenant, and no person', async () => {
    api.log.length = 0;
    await create('zora@acme.example', { emails: [{ value: 'zora@acme.example' }] });
    await client.get('/Users?filter=userName eq "zora@acme.example"');
    const lines = api.log.join('\n');
    expect(lines).toContain('/scim/v2/{tenantId}/Users');
    expect(lines).toContain(`scim:${client.tenantId}/entra`);
    expect(lines).not.toContain('zora');
  });

  test('when a token was last used is recorded', async () => {
    await client.get('/Users');
    const { rows } = await api.registry.pool.query<{ used: boolean }>(
      `select last_used_at > now() - interval '1 minute' as used from scim_token where tenant_id = $1`,
      [client.tenantId],
    );
    expect(rows).toEqual([{ used: true }]);
  });

  test('without an identity provider the API says so', async () => {
    const bare = await startApiHarness();
    try {
      const other = await scimTenant(bare);
      expect(expectScimError(await other.client.get('/Users'), 501)).toContain('KEYCLOAK_URL');
    } finally {
      await bare.stop();
    }
  });
});
