import {
  domainCheckSchema,
  tenantDomainSchema,
  tenantDomainsSchema,
} from '../../../../contract/schemas/identity/domain-schema';
import { createDomainProofs } from '../../../../providers/dns/domain-proofs';
import { transaction } from '../../../../registry/database';
import { forgetBelongings } from '../../../../registry/tenants/forgetting';
import { recordOutcome } from '../../../../registry/operations/transitions';
import { acceptTenant, activeTenant } from '../../../helpers/tenants/accepted';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { startNameServer, type NameServer } from '../../../helpers/dns';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('domains over HTTP: not run, this machine has no PostgreSQL');

suite('domains of a tenant', () => {
  let api: ApiHarness;
  let dns: NameServer;
  let manager: Client;
  let mine: string;
  let other: string;
  let count = 0;
  let domain: string;

  beforeAll(async () => {
    dns = await startNameServer();
    api = await startApiHarness({ domainProofs: createDomainProofs([dns.address]), edgeAddress: 'edge.example:443' });
    manager = await api.as(['api-keys:manage']);
  });
  afterAll(async () => {
    await api.stop();
    await dns.stop();
  });
  beforeEach(async () => {
    [mine, other] = [(await activeTenant(api.registry)).tenantId, (await activeTenant(api.registry)).tenantId];
    domain = `company-${(count += 1)}.example`;
    dns.mood = 'answers';
  });

  const claim = async (tenantId: string, name = domain) =>
    expectAnswer(await manager.post(`/v1/tenants/${tenantId}/domains`, { domain: name }), 201, tenantDomainSchema);
  const check = async (tenantId: string) =>
    expectAnswer(await manager.post(`/v1/tenants/${tenantId}/domains/${domain}:check`), 200, domainCheckSchema);
  const publish = ({ record }: { record: { name: string; value: string } }) =>
    dns.records.set(record.name, [...(dns.records.get(record.name) ?? []), record.value]);
  const states = async (tenantId: string) => {
    const { rows } = await api.registry.pool.query<{ state: string }>(
      `select data ->> 'state' as state from event where tenant_id = $1 and type = 'domain.state' order by event_id`,
      [tenantId],
    );
    return rows.map(({ state }) => state);
  };

  test('a claimed domain is proved by the record in its DNS, and is listed', async () => {
    const claimed = await claim(mine);
    expect(claimed).toMatchObject({ domain, state: 'pending' });
    expect((await check(mine)).lookup).toBe('missing');
    publish(claimed);
    expect(await check(mine)).toMatchObject({ lookup: 'found', domain: { state: 'proved' } });
    const listed = expectAnswer(await manager.get(`/v1/tenants/${mine}/domains`), 200, tenantDomainsSchema);
    expect(listed.domains).toMatchObject([{ domain, state: 'proved' }]);
    expect(await states(mine)).toEqual(['claimed', 'proved']);
  });

  test('claiming again answers with the same record', async () => {
    const first = await claim(mine);
    const again = await manager.post(`/v1/tenants/${mine}/domains`, { domain: `${domain.toUpperCase()}.` });
    expect(expectAnswer(again, 200, tenantDomainSchema).record).toEqual(first.record);
  });

  test.each(['co.uk', 'github.io', '10.0.0.1', 'intranet', 'acme.internal', 'a b.example'])(
    '%s is nobody’s domain',
    async (name) => {
      expectProblem(await manager.post(`/v1/tenants/${mine}/domains`, { domain: name }), 'invalid-body');
    },
  );

  test('an international name is stored in its ASCII form', async () => {
    expect((await claim(mine, 'Bücher.example')).domain).toBe('xn--bcher-kva.example');
  });

  test('two tenants may claim a domain, but only one has it; the other can have it once it is given up', async () => {
    const [first, second] = [await claim(mine), await claim(other)];
    expect(first.record.value).not.toBe(second.record.value);
    publish(first);
    publish(second);
    expect((await check(mine)).lookup).toBe('found');
    expect(await check(other)).toMatchObject({ lookup: 'held-by-another', domain: { state: 'pending' } });
    expect((await manager.delete(`/v1/tenants/${mine}/domains/${domain}`)).status).toBe(204);
    expect((await check(other)).domain.state).toBe('proved');
    expectProblem(await manager.get(`/v1/tenants/${mine}/domains/${domain}`), 'not-found');
  });

  test('another tenant’s record proves nothing', async () => {
    publish(await claim(other));
    await claim(mine);
    expect(await check(mine)).toMatchObject({ lookup: 'missing', domain: { state: 'pending' } });
  });

  test('while the DNS does not answer, a proved domain stays proved and nothing is recorded', async () => {
    publish(await claim(mine));
    const { domain: before } = await check(mine);
    dns.mood = 'fails';
    expect(await check(mine)).toMatchObject({ lookup: 'unanswered', domain: before });
  });

  test('a record that disappears is told, and the domain is withdrawn a week later', async () => {
    const claimed = await claim(mine);
    publish(claimed);
    await check(mine);
    dns.records.delete(claimed.record.name);
    const missing = await check(mine);
    expect(missing.domain.state).toBe('proved');
    expect(missing.domain.missingSince).toBeDefined();
    await api.registry.pool.query(
      `update tenant_domain set missing_since = now() - interval '8 days' where tenant_id = $1`,
      [mine],
    );
    expect((await check(mine)).domain).toMatchObject({ state: 'withdrawn' });
    expect(await states(mine)).toEqual(['claimed', 'proved', 'missing', 'withdrawn']);
    publish(claimed);
    expect((await check(mine)).domain).toMatchObject({ state: 'proved' });
  });

  test('a record that comes back in time ends the countdown', async () => {
    const claimed = await claim(mine);
    publish(claimed);
    await check(mine);
    dns.records.delete(claimed.record.name);
    await check(mine);
    publish(claimed);
    expect((await check(mine)).domain.missingSince).toBeUndefined();
    expect(await states(mine)).toEqual(['claimed', 'proved', 'missing', 'proved']);
  });

  test('domains are freed when the tenant is forgotten', async () => {
    publish(await claim(mine));
    await check(mine);
    await transaction(api.registry.pool, (client) => forgetBelongings(client, mine));
    publish(await claim(other));
    expect((await check(other)).domain.state).toBe('proved');
  });

  test('a tenant claims at most fifty domains', async () => {
    for (let n = 0; n < 50; n += 1) await claim(mine, `n${n}-${domain}`);
    expectProblem(await manager.post(`/v1/tenants/${mine}/domains`, { domain }), 'state-conflict');
  });

  describe('a custom domain', () => {
    const ordered = async () => {
      const { tenantId, operationId } = await acceptTenant(api.registry, { configuration: { customDomain: domain } });
      await api.registry.pool.query(
        `update operation set region = 'eu', status = 'provisioning' where operation_id = $1`,
        [operationId],
      );
      await recordOutcome(api.registry.pool, { operationId, status: 'active' });
      return tenantId;
    };
    const shown = async (tenantId: string) =>
      expectAnswer(await manager.get(`/v1/tenants/${tenantId}/domains/${domain}`), 200, tenantDomainSchema);

    test('is claimed when its tenant becomes active, and an operation connects it once it is proved', async () => {
      const tenantId = await ordered();
      const claimed = await shown(tenantId);
      expect(claimed.state).toBe('pending');
      expect((await check(tenantId)).operationId).toBeUndefined();
      publish(claimed);
      const { operationId } = await check(tenantId);
      const { rows } = await api.registry.pool.query(
        `select kind, parameters, caller from operation where operation_id = $1`,
        [operationId],
      );
      expect(rows).toEqual([
        { kind: 'connect-domain', parameters: { edge: 'connected' }, caller: expect.stringContaining('token:') },
      ]);
    });

    test('cannot be removed while an operation connects it', async () => {
      const tenantId = await ordered();
      publish(await shown(tenantId));
      await check(tenantId);
      expectProblem(await manager.delete(`/v1/tenants/${tenantId}/domains/${domain}`), 'state-conflict');
    });

    test('that another tenant has proved first is not connected', async () => {
      publish(await claim(mine));
      await check(mine);
      const tenantId = await ordered();
      publish(await shown(tenantId));
      expect(await check(tenantId)).toMatchObject({ lookup: 'held-by-another', domain: { state: 'pending' } });
      expect((await check(tenantId)).operationId).toBeUndefined();
    });
  });
});
