import { randomBytes } from 'node:crypto';
import { createDomainChecks } from '../../../activities/identity/check-domains';
import { DOMAIN_CHECK_CALLER } from '../../../contract/identity/domain-checks';
import { SSO_KIND, type OidcConnection } from '../../../contract/identity/sso';
import type { ProofLookup } from '../../../providers/port/domain-proofs';
import { EDGE_ROUTE_KIND } from '../../../contract/edge/route';
import type { Edge } from '../../../providers/edge/edge';
import { claimDomain, recordProof } from '../../../registry/identity/domain-changes';
import { findDomain } from '../../../registry/identity/domains';
import { storeConnection } from '../../../registry/identity/sso-changes';
import { readSecret } from '../../../registry/keys/secrets';
import { intend, markPresent } from '../../../registry/ledger/ledger';
import { acceptChange } from '../../../registry/operations/change-acceptance';
import { recordOutcome } from '../../../registry/operations/transitions';
import { unusedKind } from '../../providers/kind-suite';
import { acceptTenant } from '../../helpers/tenants/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('checks of domains: not run, this machine has no PostgreSQL');

suite('proved domains are looked for again', () => {
  let registry: TestRegistry;
  /** What the DNS says of names; those that are not here are there. */
  let dns: Map<string, ProofLookup>;
  let asked: string[];
  let count = 0;

  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());
  beforeEach(() => {
    dns = new Map();
    asked = [];
  });

  const checks = (edge: Pick<Edge, 'route'> = { route: unusedKind('edge-route') }) =>
    createDomainChecks({
      edge,
      pool: registry.pool,
      keys: registry.keys,
      signal: () => AbortSignal.timeout(30_000),
      domainProofs: {
        look: ({ name }) => {
          const domain = name.slice('_tenant-verification.'.length);
          asked.push(domain);
          return Promise.resolve(dns.get(domain) ?? 'found');
        },
      },
    });
  const tenant = async (...domains: string[]) => {
    const { tenantId, operationId } = await acceptTenant(registry);
    await registry.pool.query(`update operation set status = 'active', region = 'eu' where operation_id = $1`, [
      operationId,
    ]);
    for (const domain of domains) {
      await claimDomain(registry.pool, { tenantId, domain, actor: 'test' });
      await recordProof(registry.pool, { tenantId, domain, found: true, actor: 'test' });
    }
    return tenantId;
  };
  const newDomain = () => `company-${(count += 1)}.example`;
  const stateOf = async (tenantId: string, domain: string) => (await findDomain(registry.pool, tenantId, domain))!;
  const dayLater = (column = 'asked_at') =>
    registry.pool.query(
      `update tenant_domain set ${column} = ${column} - interval '25 hours' where ${column} is not null`,
    );
  /** Gives a tenant single sign-on with these domains, as its run would have. */
  const connect = async (tenantId: string, domains: string[]) => {
    const endpoints = { issuer: 'https://i.example', authorizationUrl: '', tokenUrl: '', jwksUrl: '' };
    const connection: OidcConnection = {
      ...{ protocol: 'oidc', clientId: 'us', clientSecret: 'secret', domains, groups: [], rules: [] },
      endpoints: { ...endpoints, clientAuthentication: 'client_secret_basic' },
    };
    const done = await acceptChange(registry.pool, registry.keys, {
      ...{ kind: 'configure-sso', tenantId, caller: 'token:test', requestHash: randomBytes(32) },
      parameters: { sso: 'connected' },
      alongside: (client, operationId) => storeConnection(client, registry.keys, { tenantId, operationId, connection }),
    });
    if (done.outcome !== 'accepted') throw new Error(done.outcome);
    const { operationId } = done.run;
    await recordOutcome(registry.pool, { operationId, status: 'running' });
    const row = (await intend(registry.pool, {
      ...{ tenantId, operationId, step: 'identity', kind: SSO_KIND, provider: 'keycloak' },
      ...{ region: 'global', cell: '', name: `t-${tenantId}` },
    }))!;
    await markPresent(registry.pool, row.resourceId, row.name, {});
    await registry.pool.query(
      `update resource set settings = jsonb_build_object('access', 'open', 'sso', $2::text) where resource_id = $1`,
      [row.resourceId, operationId],
    );
    await recordOutcome(registry.pool, { operationId, status: 'completed' });
  };
  const operations = async (tenantId: string) =>
    (
      await registry.pool.query<{ operationId: string; sso: string }>(
        `select operation_id as "operationId", parameters ->> 'sso' as sso from operation where tenant_id = $1 and caller = $2`,
        [tenantId, DOMAIN_CHECK_CALLER],
      )
    ).rows;

  test('once a day', async () => {
    const domain = newDomain();
    await tenant(domain);
    await checks().checkDueDomains();
    expect(asked).not.toContain(domain);
    await dayLater();
    expect((await checks().checkDueDomains()).counts.found).toBeGreaterThan(0);
    expect(asked).toContain(domain);
    asked = [];
    await checks().checkDueDomains();
    expect(asked).not.toContain(domain);
  });

  test('and only answers count against them', async () => {
    const [missing, silent] = [newDomain(), newDomain()];
    const tenantId = await tenant(missing, silent);
    dns.set(missing, 'missing').set(silent, 'unanswered');
    await dayLater();
    await checks().checkDueDomains();
    expect((await stateOf(tenantId, missing)).missingSince).not.toBeNull();
    expect((await stateOf(tenantId, silent)).missingSince).toBeNull();
  });

  test('one that is withdrawn is taken from single sign-on by an operation, with the secret as it was', async () => {
    const [gone, stays] = [newDomain(), newDomain()];
    const tenantId = await tenant(gone, stays);
    await connect(tenantId, [gone, stays]);
    await checks().takeWithdrawnDomains();
    expect(await operations(tenantId)).toEqual([]);
    dns.set(gone, 'missing');
    for (let day = 0; day < 9; day++) {
      await dayLater();
      await dayLater('missing_since');
      await checks().checkDueDomains();
    }
    expect((await stateOf(tenantId, gone)).state).toBe('withdrawn');
    await checks().takeWithdrawnDomains();
    const [operation, ...others] = await operations(tenantId);
    expect([operation!.sso, others]).toEqual(['connected', []]);
    const about = { tenantId, kind: SSO_KIND, name: operation!.operationId };
    expect(JSON.parse((await readSecret(registry.pool, registry.keys, about))!)).toMatchObject({
      domains: [stays],
      clientSecret: 'secret',
    });
    // The operation is open: nothing is begun twice.
    await checks().takeWithdrawnDomains();
    expect(await operations(tenantId)).toHaveLength(1);
  });

  test('without any domain left, single sign-on ends', async () => {
    const gone = newDomain();
    const tenantId = await tenant(gone);
    await connect(tenantId, [gone]);
    await registry.pool.query(`update tenant_domain set state = 'withdrawn' where tenant_id = $1`, [tenantId]);
    await checks().takeWithdrawnDomains();
    expect((await operations(tenantId)).map(({ sso }) => sso)).toEqual(['disconnected']);
  });

  describe('a custom domain', () => {
    const withDomain = async (proved: boolean) => {
      const domain = newDomain();
      const { tenantId, operationId } = await acceptTenant(registry, { configuration: { customDomain: domain } });
      await registry.pool.query(`update operation set status = 'active', region = 'eu' where operation_id = $1`, [
        operationId,
      ]);
      await claimDomain(registry.pool, { tenantId, domain, actor: 'test' });
      if (proved) await recordProof(registry.pool, { tenantId, domain, found: true, actor: 'test' });
      return { tenantId, domain };
    };
    const begun = async (tenantId: string) =>
      (
        await registry.pool.query<{ operationId: string; to: string }>(
          `select operation_id as "operationId", parameters ->> 'edge' as "to" from operation
           where tenant_id = $1 and kind = 'connect-domain' order by created_at`,
          [tenantId],
        )
      ).rows;
    /** Ends the operation: its tenant's route serves this host, or the run has failed. */
    const end = async (tenantId: string, operationId: string, served: string | undefined) => {
      await recordOutcome(registry.pool, { operationId, status: 'running' });
      if (served === undefined) {
        await recordOutcome(registry.pool, { operationId, status: 'compensating' });
        await recordOutcome(registry.pool, { operationId, status: 'failed' });
        return;
      }
      const row = (await intend(registry.pool, {
        ...{ tenantId, operationId, step: 'integrations', kind: EDGE_ROUTE_KIND, provider: 'caddy' },
        ...{ region: 'global', cell: '', name: `t-${tenantId}` },
      }))!;
      await markPresent(registry.pool, row.resourceId, row.name, {});
      await registry.pool.query(
        `update resource set settings = jsonb_build_object('access', 'open', 'domain', $2::text) where resource_id = $1`,
        [row.resourceId, served],
      );
      await recordOutcome(registry.pool, { operationId, status: 'completed' });
    };

    test('that waits for its record is looked for by itself, and connected once it is proved', async () => {
      const { tenantId, domain } = await withDomain(false);
      await dayLater();
      await checks().connectDueDomains();
      expect(await begun(tenantId)).toEqual([]);
      await checks().checkDueDomains();
      expect((await stateOf(tenantId, domain)).state).toBe('proved');
      await checks().connectDueDomains();
      const [operation, ...others] = await begun(tenantId);
      expect([operation!.to, others]).toEqual(['connected', []]);
      await end(tenantId, operation!.operationId, domain);
      await checks().connectDueDomains();
      expect(await begun(tenantId)).toHaveLength(1);
    });

    test('that could not be connected is tried again only a day later', async () => {
      const { tenantId } = await withDomain(true);
      await checks().connectDueDomains();
      await end(tenantId, (await begun(tenantId))[0]!.operationId, undefined);
      await checks().connectDueDomains();
      expect(await begun(tenantId)).toHaveLength(1);
      await registry.pool.query(
        `update operation set created_at = created_at - interval '25 hours' where tenant_id = $1`,
        [tenantId],
      );
      await checks().connectDueDomains();
      expect(await begun(tenantId)).toHaveLength(2);
    });

    test('that is withdrawn is taken from the edge', async () => {
      const { tenantId, domain } = await withDomain(true);
      await checks().connectDueDomains();
      await end(tenantId, (await begun(tenantId))[0]!.operationId, domain);
      await registry.pool.query(`update tenant_domain set state = 'withdrawn' where tenant_id = $1`, [tenantId]);
      await checks().connectDueDomains();
      expect((await begun(tenantId)).map(({ to }) => to)).toEqual(['connected', 'disconnected']);
    });

    test('that an operator has freed for its owner is taken from the edge, although its record is there', async () => {
      const { tenantId, domain } = await withDomain(true);
      await checks().connectDueDomains();
      await end(tenantId, (await begun(tenantId))[0]!.operationId, domain);
      await registry.pool.query(`update operation set custom_domain = null where custom_domain = $1`, [domain]);
      await checks().connectDueDomains();
      expect((await begun(tenantId)).map(({ to }) => to)).toEqual(['connected', 'disconnected']);
    });

    test('stays proved where there is no edge', async () => {
      const { tenantId } = await withDomain(true);
      expect(await checks({ route: undefined }).connectDueDomains()).toEqual({ connected: 0, disconnected: 0 });
      expect(await begun(tenantId)).toEqual([]);
    });
  });
});
