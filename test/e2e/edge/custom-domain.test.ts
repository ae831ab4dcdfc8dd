import { newTenantId } from '../../../contract/ids';
import { startTestEdge, type TestEdge } from '../../helpers/providers/edge/edge';
import { storedFor, visit } from '../../helpers/providers/edge/user';
import { startTestProduct, type Answer, type TestProduct } from '../../helpers/product';
import { stackEndpoints } from '../../stack';

const { edge: available } = stackEndpoints('edge');
const suite = available ? describe : describe.skip;
if (!available) test.todo('custom domains at the edge: not run, this machine has no Caddy or no Pebble');

suite('a custom domain', () => {
  let product: TestProduct;
  let edge: TestEdge;

  beforeAll(async () => {
    edge = await startTestEdge(available!.programs);
    const { address, adminUrl, upstream, storageDir, rootsFile, nameServer } = edge.running;
    product = await startTestProduct({
      overrides: {
        ...{ EDGE_ADDRESS: address, EDGE_UPSTREAM: upstream, EDGE_ROOTS_FILE: rootsFile },
        ...{ CADDY_ADMIN_URL: adminUrl, CADDY_STORAGE_DIR: storageDir, DNS_SERVERS: nameServer },
      },
    });
    edge.askAt(product.url);
  }, 400_000);
  afterAll(async () => {
    await product?.stop();
    await edge?.stop();
  }, 120_000);

  const asKeyManager = (method: string, path: string): Promise<Answer> => product.call('apiKeyManager', method, path);
  const ended = async (answer: Answer, status = 'completed') => {
    const operation = await product.untilEnded(answer.body.operationId as string, 400_000);
    expect(operation).toMatchObject({ status });
    return operation;
  };

  /** Orders a tenant with a domain, which becomes active while the domain is not proved. */
  const ordered = async () => {
    const domain = `app.${newTenantId()}.example`;
    const { tenantId, operationId } = await product.order({ configuration: { customDomain: domain } });
    expect(await product.untilEnded(operationId, 240_000)).toMatchObject({ status: 'active' });
    const path = `/v1/tenants/${tenantId}/domains/${domain}`;
    const { body: claimed } = await asKeyManager('GET', path);
    expect(claimed).toMatchObject({ state: 'pending' });
    return { tenantId, domain, path, record: claimed.record as { name: string; value: string } };
  };

  test('is proved after the tenant is active, is then served over TLS, closes with its tenant, and is gone with it', async () => {
    const { tenantId, domain, path, record } = await ordered();
    expect(await visit(edge.running, domain)).toHaveProperty('refused');
    expect((await asKeyManager('POST', `${path}:check`)).body).toMatchObject({ lookup: 'missing' });

    await edge.publish(record);
    const checked = await asKeyManager('POST', `${path}:check`);
    expect(checked.body).toMatchObject({ lookup: 'found', domain: { state: 'proved' } });
    expect(await ended(checked)).toMatchObject({ kind: 'connect-domain' });
    expect(await visit(edge.running, domain)).toMatchObject({
      status: 200,
      body: expect.stringContaining(`tenant ${tenantId} as ${domain}`),
      names: `DNS:${domain}`,
    });
    const evidence = (await product.call('operator', 'GET', `/v1/tenants/${tenantId}/evidence`)).body;
    expect(JSON.stringify(evidence)).toContain('edge.domain');

    await ended(await product.call('support', 'POST', `/v1/tenants/${tenantId}:suspend`, { reason: 'non_payment' }));
    expect(await visit(edge.running, domain)).toMatchObject({ status: 503 });
    await ended(await product.call('support', 'POST', `/v1/tenants/${tenantId}:resume`));
    expect(await visit(edge.running, domain)).toMatchObject({ status: 200 });

    const removal = { reason: 'customer_request', graceDays: 0 };
    await ended(await product.call('offboarding', 'POST', `/v1/tenants/${tenantId}:deprovision`, removal));
    expect(await visit(edge.running, domain)).toMatchObject({ status: 421 });
    expect(storedFor(edge.running, domain)).toEqual([]);
    expect(await edge.shown(`t-${tenantId}`)).toBeUndefined();
    const certificate = (await product.call('operator', 'GET', `/v1/tenants/${tenantId}/certificate`)).body;
    expect(JSON.stringify(certificate)).toContain('edge-route');
    const { rows } = await product.registry.query(
      `select from resource where tenant_id = $1 and settings::text like '%' || $2 || '%'`,
      [tenantId, domain],
    );
    expect(rows).toEqual([]);
  }, 900_000);

  test('that dangles loses its route and its certificate, and whoever has the name now gets none', async () => {
    const { tenantId, domain, path, record } = await ordered();
    await edge.publish(record);
    await ended(await asKeyManager('POST', `${path}:check`));
    expect(await visit(edge.running, domain)).toMatchObject({ status: 200 });

    await edge.retract(record);
    expect((await asKeyManager('POST', `${path}:check`)).body).toMatchObject({ domain: { state: 'proved' } });
    await product.registry.query(
      `update tenant_domain set missing_since = now() - interval '8 days' where tenant_id = $1`,
      [tenantId],
    );
    const withdrawn = await asKeyManager('POST', `${path}:check`);
    expect(withdrawn.body).toMatchObject({ lookup: 'missing', domain: { state: 'withdrawn' } });
    await ended(withdrawn);
    expect(await visit(edge.running, domain)).toMatchObject({ status: 421 });
    expect(storedFor(edge.running, domain)).toEqual([]);
    expect(await product.call(undefined, 'GET', `/edge/ask?domain=${domain}`)).toMatchObject({ status: 404 });
  }, 900_000);

  test('that leads elsewhere is not connected, and the tenant is as it was', async () => {
    const { tenantId, domain, path, record } = await ordered();
    const { nameServerAdmin } = edge.running;
    // Nothing answers there.
    const body = JSON.stringify({ host: `${domain}.`, addresses: ['127.0.0.254'] });
    await fetch(`${nameServerAdmin}/add-a`, { method: 'POST', body });
    await edge.publish(record);
    await ended(await asKeyManager('POST', `${path}:check`), 'failed');
    expect(await edge.shown(`t-${tenantId}`)).toBeUndefined();
    expect(storedFor(edge.running, domain)).toEqual([]);
    expect((await product.call('operator', 'GET', `/v1/tenants/${tenantId}`)).body).toMatchObject({ state: 'active' });
  }, 900_000);
});
