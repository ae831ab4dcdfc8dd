import { EDGE_ROUTE_KIND } from '../../../../contract/edge/route';
import { claimDomain, recordProof } from '../../../../registry/identity/domain-changes';
import { intend, markPresent } from '../../../../registry/ledger/ledger';
import request from 'supertest';
import { expectProblem, startApiHarness, type ApiHarness } from '../../../helpers/api';
import { hasPostgres } from '../../../helpers/registry';
import { acceptTenant } from '../../../helpers/tenants/accepted';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('what the edge asks: not run, this machine has no PostgreSQL');

suite('the edge may obtain a certificate', () => {
  let api: ApiHarness;
  let count = 0;

  beforeAll(async () => void (api = await startApiHarness()));
  afterAll(() => api.stop());

  /** A tenant whose route serves its proved custom domain. */
  const served = async () => {
    const { pool } = api.registry;
    const domain = `shop-${(count += 1)}.example`;
    const { tenantId, operationId } = await acceptTenant(api.registry, { configuration: { customDomain: domain } });
    const row = (await intend(pool, {
      ...{ tenantId, operationId, step: 'integrations', kind: EDGE_ROUTE_KIND, provider: 'caddy' },
      ...{ region: 'global', cell: '', name: `t-${tenantId}` },
    }))!;
    await markPresent(pool, row.resourceId, row.name, {});
    await pool.query(`update operation set status = 'active', region = 'eu' where operation_id = $1`, [operationId]);
    await pool.query(
      `update resource set settings = jsonb_build_object('access', 'open', 'domain', $2::text) where resource_id = $1`,
      [row.resourceId, domain],
    );
    await claimDomain(pool, { tenantId, domain, actor: 'test' });
    await recordProof(pool, { tenantId, domain, found: true, actor: 'test' });
    return { tenantId, domain };
  };
  const ask = (domain: string) => request(api.app).get(`/edge/ask?domain=${domain}`);

  test('for the proved domain that the route of an active tenant serves, however it is written', async () => {
    const { domain } = await served();
    expect((await ask(domain)).status).toBe(200);
    expect((await ask(domain.toUpperCase())).status).toBe(200);
  });

  test('and for no other host, which all get the same answer', async () => {
    const { domain } = await served();
    const answers = [await ask(`www.${domain}`), await ask('example'), await ask('%27%20or%20true')];
    const bodies = answers.map((answer) => expectProblem(answer, 'not-found').detail);
    expect(new Set(bodies).size).toBe(1);
  });

  test.each([
    ['its tenant is suspended', `update tenant set state = 'suspended' where tenant_id = $1`],
    ['its tenant leaves', `update tenant set state = 'leaving' where tenant_id = $1`],
    ['its proof is withdrawn', `update tenant_domain set state = 'withdrawn' where tenant_id = $1`],
    ['its proof is still awaited', `update tenant_domain set state = 'pending' where tenant_id = $1`],
    ['its route is closed', `update resource set settings = settings || '{"access": "closed"}' where tenant_id = $1`],
    ['its route is being removed', `update resource set state = 'closing' where tenant_id = $1`],
    ['its route serves no host any more', `update resource set settings = settings - 'domain' where tenant_id = $1`],
  ])('not once %s', async (_, change) => {
    const { tenantId, domain } = await served();
    expect((await ask(domain)).status).toBe(200);
    await api.registry.pool.query(change, [tenantId]);
    expectProblem(await ask(domain), 'not-found');
  });
});
