import { SSO_KIND } from '../../../../contract/identity/sso';
import { acceptedSchema } from '../../../../contract/schemas/operation-schema';
import { ssoSchema, ssoTestSchema } from '../../../../contract/schemas/identity/sso-schema';
import { transaction } from '../../../../registry/database';
import { forgetUnusedConnections } from '../../../../registry/identity/sso-changes';
import { readSecret } from '../../../../registry/keys/secrets';
import { recordOutcome } from '../../../../registry/operations/transitions';
import { forgetBelongings } from '../../../../registry/tenants/forgetting';
import { activeTenant } from '../../../helpers/tenants/accepted';
import {
  connected,
  endpoints,
  ISSUER,
  proveDomain,
  SAML,
  SECRET,
  standInProbe,
  tenantWithSso,
} from '../../../helpers/tenants/sso';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('single sign-on over HTTP: not run, this machine has no PostgreSQL');

suite('single sign-on of a tenant', () => {
  let api: ApiHarness;
  let manager: Client;
  let tenantId: string;
  let domain: string;
  let count = 0;

  beforeAll(async () => {
    api = await startApiHarness({ ssoProbe: standInProbe, ssoRedirectUri: (id) => `https://login.example/${id}` });
    manager = await api.as(['api-keys:manage']);
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    tenantId = await tenantWithSso(api.registry);
    domain = `acme-${(count += 1)}.example`;
  });

  const prove = () => proveDomain(api.registry, tenantId, domain);
  const path = () => `/v1/tenants/${tenantId}/identity/sso`;
  const body = (more: object = {}, oidc: object = {}) => ({
    oidc: { issuer: ISSUER, clientId: 'us', clientSecret: SECRET, ...oidc },
    domains: [domain],
    ...more,
  });
  const pointers = (answer: { body: unknown }) =>
    (answer.body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
  const sealed = (operationId: string) =>
    readSecret(api.registry.pool, api.registry.keys, { tenantId, kind: SSO_KIND, name: operationId });

  const carriedOut = (operationId: string) => connected(api.registry, tenantId, operationId);
  const connect = async (more: object = {}) => {
    const { operationId } = expectAnswer(await manager.put(path(), body(more)), 202, acceptedSchema);
    await carriedOut(operationId);
    return operationId;
  };
  const shown = async () => expectAnswer(await manager.get(path()), 200, ssoSchema);

  test('is an operation, whose run is told ids only; the secret is sealed and never shown', async () => {
    await prove();
    expect(await shown()).toEqual({ tenantId, redirectUri: `https://login.example/${tenantId}` });
    const rules = [{ claim: 'groups', value: 'IT', group: 'admins' }];
    const operationId = await connect({ groups: ['members'], rules });
    const started = api.runs.started.find((run) => run.operationId === operationId)!;
    expect(started).toMatchObject({ kind: 'configure-sso', parameters: { sso: 'connected' } });
    expect(JSON.stringify(started)).not.toContain(SECRET);
    expect(JSON.parse((await sealed(operationId))!)).toMatchObject({ clientSecret: SECRET, endpoints });
    expect(await shown()).toMatchObject({
      connection: {
        oidc: { issuer: ISSUER, clientId: 'us' },
        domains: [domain],
        groups: ['members'],
        rules,
        operationId,
      },
    });
    const { rows } = await api.registry.pool.query('select * from sso_connection where tenant_id = $1', [tenantId]);
    expect(JSON.stringify([rows, await shown(), api.log])).not.toContain(SECRET);
  });

  test.each<[string, () => object, string]>([
    ['a domain that is not proved', () => body({ domains: ['not-proved.example'] }), '/domains/0'],
    ['a group that the plan does not have', () => body({ groups: ['kings'] }), '/groups/0'],
    ['a rule with such a group', () => body({ rules: [{ claim: 'g', value: 'v', group: 'kings' }] }), '/rules/0/group'],
    ['an issuer that does not answer', () => body({}, { issuer: 'https://down.acme.example' }), '/oidc/issuer'],
    ['a wrong secret', () => body({}, { clientSecret: 'wrong' }), '/oidc/clientSecret'],
    ['no secret at first', () => body({}, { clientSecret: undefined }), '/oidc/clientSecret'],
    ['a file as issuer', () => body({}, { issuer: 'file:///etc/passwd' }), '/oidc/issuer'],
    ['metadata that cannot be read', () => ({ saml: { metadata: '<a/>' }, domains: [domain] }), '/saml/metadata'],
    [
      'a metadata URL that cannot be read',
      () => ({ saml: { metadataUrl: ISSUER }, domains: [domain] }),
      '/saml/metadataUrl',
    ],
    ['both protocols', () => body({ saml: { metadata: '<valid/>' } }), ''],
    ['no protocol', () => ({ domains: [domain] }), ''],
  ])('%s is refused, and nothing is begun', async (_, wrong, pointer) => {
    await prove();
    const answer = await manager.put(path(), wrong());
    expectProblem(answer, 'invalid-body');
    expect(pointers(answer)).toEqual([pointer]);
    const { rows } = await api.registry.pool.query(
      `select from operation where tenant_id = $1 and kind <> 'provision'`,
      [tenantId],
    );
    expect(rows).toEqual([]);
  });

  test('SAML metadata are kept as what they say, and take the place of the connection from before', async () => {
    await prove();
    await connect();
    const answer = await manager.put(path(), { saml: { metadata: '<valid/>' }, domains: [domain] });
    const { operationId } = expectAnswer(answer, 202, acceptedSchema);
    await carriedOut(operationId);
    const { connection } = await shown();
    expect(connection).toMatchObject({ saml: { entityId: 'urn:acme', signOnUrl: SAML.signOnUrl }, domains: [domain] });
    expect(connection!.oidc).toBeUndefined();
    expect(JSON.parse((await sealed(operationId))!)).toMatchObject({ protocol: 'saml', saml: SAML });
  });

  test('another tenant’s proved domain is refused', async () => {
    await prove();
    tenantId = await tenantWithSso(api.registry);
    const answer = await manager.put(path(), body());
    expectProblem(answer, 'invalid-body');
    expect(pointers(answer)).toEqual(['/domains/0']);
  });

  test('a plan without it refuses it', async () => {
    ({ tenantId } = await activeTenant(api.registry));
    expectProblem(await manager.put(path(), body()), 'state-conflict');
    expectProblem(await manager.post(`${path()}:test`, { configuration: body() }), 'state-conflict');
  });

  test('a change without a secret keeps the present one, unless it is about another client', async () => {
    await prove();
    await connect();
    const again = await manager.put(path(), body({}, { clientSecret: undefined }));
    const { operationId } = expectAnswer(again, 202, acceptedSchema);
    expect(JSON.parse((await sealed(operationId))!)).toMatchObject({ clientSecret: SECRET });
    await recordOutcome(api.registry.pool, { operationId, status: 'running' });
    await recordOutcome(api.registry.pool, { operationId, status: 'completed' });
    const other = await manager.put(path(), body({}, { clientSecret: undefined, clientId: 'another' }));
    expect(pointers(other)).toEqual(['/oidc/clientSecret']);
  });

  test('connections that are not used any more are forgotten once their operations have ended', async () => {
    await prove();
    const [first, second] = [await connect(), await connect()];
    expect(await sealed(first)).toBeUndefined();
    expect(await sealed(second)).toBeDefined();
    const { operationId: open } = expectAnswer(await manager.put(path(), body()), 202, acceptedSchema);
    await forgetUnusedConnections(api.registry.pool, tenantId);
    expect([await sealed(second), await sealed(open)]).toEqual([expect.any(String), expect.any(String)]);
  });

  test('a domain in use cannot be removed', async () => {
    await prove();
    await connect();
    expectProblem(await manager.delete(`/v1/tenants/${tenantId}/domains/${domain}`), 'state-conflict');
  });

  test('ending it is an operation, too; a tenant without it has nothing to end', async () => {
    expectProblem(await manager.delete(path()), 'state-conflict');
    await prove();
    await connect();
    const { operationId } = expectAnswer(await manager.delete(path()), 202, acceptedSchema);
    const started = api.runs.started.find((run) => run.operationId === operationId);
    expect(started).toMatchObject({ kind: 'configure-sso', parameters: { sso: 'disconnected' } });
  });

  test('a test says what is wrong in words, and which groups a person would get', async () => {
    const rules = [{ claim: 'groups', value: 'IT', group: 'admins' }];
    const configuration = body({ rules, groups: ['members'] }, { clientSecret: 'wrong' });
    const tested = expectAnswer(
      await manager.post(`${path()}:test`, { configuration, claims: { groups: ['IT'] } }),
      200,
      ssoTestSchema,
    );
    expect(tested).toMatchObject({ usable: false, groups: ['members', 'admins'] });
    expect(tested.findings.map(({ check, outcome }) => `${check} ${outcome}`)).toEqual([
      'discovery passed',
      'credentials failed',
      'domain failed',
    ]);
    await prove();
    expect(
      expectAnswer(await manager.post(`${path()}:test`, { configuration: body() }), 200, ssoTestSchema),
    ).toMatchObject({
      usable: true,
    });
    expectProblem(await manager.post(`${path()}:test`), 'state-conflict');
    await connect();
    expect(expectAnswer(await manager.post(`${path()}:test`), 200, ssoTestSchema).usable).toBe(true);
  });

  test('nothing of it is left when the tenant is forgotten', async () => {
    await prove();
    const operationId = await connect();
    await transaction(api.registry.pool, (client) => forgetBelongings(client, tenantId));
    expect(await sealed(operationId)).toBeUndefined();
    expect((await shown()).connection).toBeUndefined();
  });
});
