import { randomBytes } from 'node:crypto';
import { createEffects } from '../../../activities/effects/effect';
import { createRunRecords } from '../../../activities/operations/run-records';
import { createConfigureSso } from '../../../activities/identity/configure-sso';
import { SSO_KIND, type SsoConnection } from '../../../contract/identity/sso';
import type { SsoSpec } from '../../../providers/keycloak/sso/sso';
import { failure } from '../../../providers/port/failures';
import type { ResourceKind } from '../../../providers/port/kind';
import { claimDomain, recordProof } from '../../../registry/identity/domain-changes';
import { findSso } from '../../../registry/identity/sso';
import { storeConnection } from '../../../registry/identity/sso-changes';
import { listResources } from '../../../registry/ledger/ledger';
import { acceptChange } from '../../../registry/operations/change-acceptance';
import { recordOutcome } from '../../../registry/operations/transitions';
import { acceptTenant } from '../../helpers/tenants/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('configuring single sign-on: not run, this machine has no PostgreSQL');

const DOMAIN = 'acme.example';

suite('configuring single sign-on', () => {
  let registry: TestRegistry;
  /** The issuer that each identity provider has at the provider; null for none. */
  let world: Map<string, string | null>;
  /** What the provider does before it carries out a change. */
  let provider: () => Promise<void>;

  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());
  beforeEach(() => {
    world = new Map();
    provider = () => Promise.resolve();
  });

  const kind: ResourceKind<SsoSpec> = {
    kind: SSO_KIND,
    provider: 'memory',
    global: true,
    // As with a provider that honours idempotency keys, so that no undo has to wait.
    actsOnce: true,
    name: (tenantId) => tenantId,
    find: async ({ name, spec, secrets }) => {
      if (!world.has(name)) return { state: 'absent' };
      const wanted = spec?.sso === undefined ? undefined : issuerIn(await secrets.read(spec.sso));
      const complete = wanted === undefined || world.get(name) === wanted;
      return { state: complete ? 'present' : 'partial', id: name };
    },
    create: ({ name }) => {
      world.set(name, null);
      return Promise.resolve({ id: name });
    },
    update: async ({ name, secrets }, { sso }) => {
      await provider();
      const sealed = sso === null || sso === undefined ? undefined : await secrets.read(sso);
      world.set(name, issuerIn(sealed) ?? null);
    },
    remove: ({ name }) => Promise.resolve(void world.delete(name)),
    async *list() {},
  };

  const activities = () => {
    const { pool, keys } = registry;
    const registered = { kind: kind as ResourceKind, classify: () => undefined };
    const common = { pool, keys, signal: () => AbortSignal.timeout(20_000) };
    const limits = { lateRequestSeconds: 1, repeatedRequestSeconds: 0 };
    const effects = createEffects({ ...common, ...limits, kindOf: () => registered });
    const kinds = { all: [], of: () => registered as never, find: () => registered };
    return {
      ...createConfigureSso({ ...common, effects, kinds, keycloak: { sso: kind }, activity: () => 'test/1' }),
      ...createRunRecords({ ...common, effects }),
    };
  };

  const tenant = async () => {
    const { tenantId, operationId } = await acceptTenant(registry);
    await registry.pool.query(`update operation set status = 'active', region = 'eu' where operation_id = $1`, [
      operationId,
    ]);
    const about = { tenantId, domain: `${tenantId}.${DOMAIN}`, actor: 'test' };
    await claimDomain(registry.pool, about);
    await recordProof(registry.pool, { ...about, found: true });
    return tenantId;
  };
  /** Accepts the change to this issuer, or the end. Returns the running operation. */
  const begin = async (tenantId: string, issuer: string | null) => {
    const done = await acceptChange(registry.pool, registry.keys, {
      ...{ kind: 'configure-sso', tenantId, caller: 'token:test', requestHash: randomBytes(32) },
      parameters: { sso: issuer === null ? 'disconnected' : 'connected' },
      alongside: async (client, operationId) => {
        if (issuer === null) return;
        const connection = connectionTo(issuer, `${tenantId}.${DOMAIN}`);
        await storeConnection(client, registry.keys, { tenantId, operationId, connection });
      },
    });
    if (done.outcome !== 'accepted') throw new Error(done.outcome);
    const { operationId } = done.run;
    await recordOutcome(registry.pool, { operationId, status: 'running' });
    return operationId;
  };
  const complete = async (operationId: string) => {
    await activities().configureSso({ operationId, step: 'identity' });
    await activities().verifySso({ operationId, step: 'verify' });
    expect(await recordOutcome(registry.pool, { operationId, status: 'completed' })).toBe('committed');
    await activities().forgetUnusedSso({ operationId });
  };
  const undo = async (operationId: string) => {
    await recordOutcome(registry.pool, { operationId, status: 'compensating' });
    await activities().compensateStep({ operationId, step: 'identity' });
    await recordOutcome(registry.pool, { operationId, status: 'failed' });
    await activities().forgetUnusedSso({ operationId });
  };
  const sealed = async (tenantId: string) =>
    (
      await registry.pool.query<{ name: string }>(`select name from secret where tenant_id = $1 and kind = $2`, [
        tenantId,
        SSO_KIND,
      ])
    ).rows.map(({ name }) => name);
  const row = async (tenantId: string) =>
    (await listResources(registry.pool, tenantId)).find((each) => each.kind === SSO_KIND);

  test('makes the identity provider and connects it; the next one only changes the connection', async () => {
    const tenantId = await tenant();
    const first = await begin(tenantId, 'https://one.example');
    await complete(first);
    expect(world.get(tenantId)).toBe('https://one.example');
    const second = await begin(tenantId, 'https://two.example');
    await complete(second);
    expect(world.get(tenantId)).toBe('https://two.example');
    expect((await findSso(registry.pool, tenantId))!.operationId).toBe(second);
    expect(await row(tenantId)).toMatchObject({ operationId: first, state: 'present', settings: { sso: second } });
    expect(await sealed(tenantId)).toEqual([second]);
  });

  test('an attempt that died in the middle is carried on by the next', async () => {
    const tenantId = await tenant();
    const operationId = await begin(tenantId, 'https://one.example');
    provider = () => Promise.reject(failure('ProviderUnavailable', 'away'));
    await expect(activities().configureSso({ operationId, step: 'identity' })).rejects.toMatchObject({
      type: 'ProviderUnavailable',
    });
    expect(await row(tenantId)).toMatchObject({ state: 'changing' });
    provider = () => Promise.resolve();
    await complete(operationId);
    expect(world.get(tenantId)).toBe('https://one.example');
  });

  test('undone, the first leaves nothing, and another can follow', async () => {
    const tenantId = await tenant();
    const first = await begin(tenantId, 'https://one.example');
    await activities().configureSso({ operationId: first, step: 'identity' });
    await undo(first);
    expect(world.has(tenantId)).toBe(false);
    expect(await sealed(tenantId)).toEqual([]);
    expect(await findSso(registry.pool, tenantId)).toBeUndefined();
    await complete(await begin(tenantId, 'https://two.example'));
    expect(world.get(tenantId)).toBe('https://two.example');
  });

  test('undone, a later one leaves the connection from before, with its secret', async () => {
    const tenantId = await tenant();
    const first = await begin(tenantId, 'https://one.example');
    await complete(first);
    const second = await begin(tenantId, 'https://two.example');
    await activities().configureSso({ operationId: second, step: 'identity' });
    await undo(second);
    expect(world.get(tenantId)).toBe('https://one.example');
    expect((await findSso(registry.pool, tenantId))!.operationId).toBe(first);
    expect(await sealed(tenantId)).toEqual([first]);
  });

  test('what is not as it was configured fails the verification, and is kept as evidence', async () => {
    const tenantId = await tenant();
    const operationId = await begin(tenantId, 'https://one.example');
    await activities().configureSso({ operationId, step: 'identity' });
    world.set(tenantId, 'https://changed-by-hand.example');
    await expect(activities().verifySso({ operationId, step: 'verify' })).rejects.toMatchObject({
      type: 'VerificationFailed',
    });
    const { rows } = await registry.pool.query(
      `select passed from evidence where tenant_id = $1 and probe = 'identity.sso'`,
      [tenantId],
    );
    expect(rows).toEqual([{ passed: false }]);
  });

  test('ended, the identity provider is empty, and nothing is sealed', async () => {
    const tenantId = await tenant();
    await complete(await begin(tenantId, 'https://one.example'));
    await complete(await begin(tenantId, null));
    expect(world.get(tenantId)).toBeNull();
    expect(await sealed(tenantId)).toEqual([]);
    expect(await findSso(registry.pool, tenantId)).toBeUndefined();
  });
});

function connectionTo(issuer: string, domain: string): SsoConnection {
  const endpoints = { issuer, authorizationUrl: issuer, tokenUrl: issuer, jwksUrl: issuer };
  return {
    protocol: 'oidc',
    endpoints: { ...endpoints, clientAuthentication: 'client_secret_basic' },
    ...{ clientId: 'us', clientSecret: 'secret', domains: [domain], groups: [], rules: [] },
  };
}

function issuerIn(sealed: string | undefined): string | undefined {
  if (sealed === undefined) return undefined;
  const connection = JSON.parse(sealed) as SsoConnection;
  return connection.protocol === 'oidc' ? connection.endpoints.issuer : undefined;
}
