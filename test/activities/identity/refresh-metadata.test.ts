import { createMetadataRefresh } from '../../../activities/identity/refresh-metadata';
import { METADATA_CALLER } from '../../../contract/identity/domain-checks';
import { SSO_KIND, type SamlConnection, type SamlProvider } from '../../../contract/identity/sso';
import { findSso } from '../../../registry/identity/sso';
import { storeConnection } from '../../../registry/identity/sso-changes';
import { readSecret } from '../../../registry/keys/secrets';
import { acceptChange } from '../../../registry/operations/change-acceptance';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { connected, proveDomain, SAML, tenantWithSso } from '../../helpers/tenants/sso';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('SAML metadata that are read again: not run, this machine has no PostgreSQL');

const METADATA_URL = 'https://login.acme.example/metadata';

suite('SAML metadata that were given by URL', () => {
  let registry: TestRegistry;
  let tenantId: string;
  /** What the URL answers; undefined for metadata that cannot be read. */
  let published: SamlProvider | undefined;
  let reads: string[];
  let count = 0;

  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());
  beforeEach(async () => {
    [published, reads] = [SAML, []];
    // What an earlier test has left due is not read in this one.
    await registry.pool.query('update sso_connection set asked_at = now()');
    tenantId = await tenantWithSso(registry);
    await connect({ metadataUrl: METADATA_URL });
  });

  /** Gives the tenant a connection, as its run would have. */
  async function connect(more: Partial<SamlConnection>): Promise<void> {
    const domain = `company-${(count += 1)}.example`;
    await proveDomain(registry, tenantId, domain);
    const connection: SamlConnection = {
      protocol: 'saml',
      saml: SAML,
      domains: [domain],
      groups: [],
      rules: [],
      ...more,
    };
    const done = await acceptChange(registry.pool, registry.keys, {
      ...{ kind: 'configure-sso', tenantId, caller: 'token:test', requestHash: Buffer.alloc(32) },
      parameters: { sso: 'connected' },
      alongside: (client, operationId) => storeConnection(client, registry.keys, { tenantId, operationId, connection }),
    });
    if (done.outcome !== 'accepted') throw new Error(done.outcome);
    await connected(registry, tenantId, done.run.operationId);
  }
  /** Only for this test's tenant: those of other tests stay as they are. */
  const dayLater = () =>
    registry.pool.query(`update sso_connection set asked_at = asked_at - interval '25 hours' where tenant_id = $1`, [
      tenantId,
    ]);
  const refresh = () =>
    createMetadataRefresh({
      pool: registry.pool,
      keys: registry.keys,
      signal: () => AbortSignal.timeout(30_000),
      ssoProbe: {
        readMetadata: (of) => {
          reads.push('metadataUrl' in of ? of.metadataUrl : 'XML');
          return Promise.resolve(published ? { saml: published, findings: [] } : { findings: [] });
        },
      },
    }).refreshMetadata();
  const begun = async () => {
    const { rows } = await registry.pool.query<{ operationId: string }>(
      `select operation_id as "operationId" from operation where tenant_id = $1 and caller = $2`,
      [tenantId, METADATA_CALLER],
    );
    return rows.map(({ operationId }) => operationId);
  };
  const events = async () => {
    const { rows } = await registry.pool.query<{ state: string }>(
      `select data ->> 'state' as state from event where tenant_id = $1 and type = 'sso.metadata' order by event_id`,
      [tenantId],
    );
    return rows.map(({ state }) => state);
  };
  const problem = async () => (await findSso(registry.pool, tenantId))!.metadataProblem;

  test('are read once a day, and change nothing while they say the same', async () => {
    published = { ...SAML, certificates: [...SAML.certificates] };
    await refresh();
    expect(reads).toEqual([]);
    await dayLater();
    await refresh();
    await refresh();
    expect(reads).toEqual([METADATA_URL]);
    expect([await begun(), await events()]).toEqual([[], []]);
  });

  test('have an operation put a renewed certificate in place', async () => {
    published = { ...SAML, certificates: ['renewed'] };
    await dayLater();
    expect(await refresh()).toEqual({ renewed: 1 });
    const [operationId, ...others] = await begun();
    expect(others).toEqual([]);
    const sealed = await readSecret(registry.pool, registry.keys, { tenantId, kind: SSO_KIND, name: operationId! });
    expect(JSON.parse(sealed!)).toMatchObject({ saml: { certificates: ['renewed'] }, metadataUrl: METADATA_URL });
  });

  test.each([
    ['cannot be read', undefined, 'unreadable'],
    ['name another entity', { ...SAML, entityId: 'urn:mallory', certificates: ['foreign'] }, 'other-entity'],
  ] as const)('that %s change nothing; this is told once, and once that it is over', async (_, answer, state) => {
    published = answer && { ...answer, certificates: [...answer.certificates] };
    for (let day = 0; day < 2; day++) {
      await dayLater();
      expect(await refresh()).toEqual({ unusable: 1 });
    }
    expect([await begun(), await events(), await problem()]).toEqual([[], [state], state]);
    published = SAML;
    await dayLater();
    await refresh();
    expect([await begun(), await events(), await problem()]).toEqual([[], [state, 'usable'], null]);
  });

  test('wait while another operation of the tenant is open, and are read again in the next round', async () => {
    published = { ...SAML, certificates: ['renewed'] };
    const parameters = { sso: 'disconnected' as const };
    const request = { kind: 'configure-sso' as const, tenantId, caller: 'token:test', parameters };
    const open = await acceptChange(registry.pool, registry.keys, { ...request, requestHash: Buffer.alloc(32, 1) });
    expect(open.outcome).toBe('accepted');
    await dayLater();
    await refresh();
    await refresh();
    expect(reads).toHaveLength(2);
    expect(await begun()).toEqual([]);
  });

  test('are not read again if they were given as XML', async () => {
    tenantId = await tenantWithSso(registry);
    await connect({});
    await dayLater();
    await refresh();
    expect(reads).toEqual([]);
  });
});
