import { newTenantId } from '../../../contract/ids';
import type { Access } from '../../../contract/tenants/access';
import { createAdmin } from '../../../providers/edge/caddy/admin';
import { startTestEdge, type TestEdge } from '../../helpers/providers/edge/edge';
import { storedFor, visit } from '../../helpers/providers/edge/user';
import { stackEndpoints } from '../../stack';
import { describeKind, resourceContext } from '../kind-suite';

const { edge: available } = stackEndpoints('edge');
const suite = available ? describe : describe.skip;
if (!available) test.todo('routes at the edge: not run, this machine has no Caddy or no Pebble');

suite('Caddy', () => {
  let started: Promise<TestEdge> | undefined;
  const ready = (): Promise<TestEdge> => (started ??= startTestEdge(available!.programs));
  afterAll(async () => (await started)?.stop(), 60_000);

  describeKind('edge-route on Caddy', async () => {
    const edge = await ready();
    return {
      kind: edge.adapter.route!,
      region: 'global',
      spec: () => ({}),
      exists: async ({ name }) => (await edge.shown(name)) !== undefined,
      makeForeign: async ({ name }) => {
        await edge.put({ '@id': name, match: [{ host: ['foreign.example'] }] });
        return () => edge.take(name);
      },
    };
  });

  describe('a custom domain', () => {
    let edge: TestEdge;
    beforeAll(async () => void (edge = await ready()), 120_000);

    /** A tenant whose route serves a domain for which a certificate may be obtained. */
    const tenant = async () => {
      const tenantId = newTenantId();
      const domain = `app.${tenantId}.example`;
      edge.allowed.add(domain);
      const kind = edge.adapter.route!;
      const context = resourceContext(kind, 'global', {}, tenantId);
      const { id } = await kind.create(context);
      const bare = () => ({ ...context, id, spec: undefined, signal: AbortSignal.timeout(60_000) });
      const give = (access: Access, served: string | null) => kind.update!(bare(), { access, domain: served });
      await give('open', domain);
      return { tenantId, domain, kind, bare, give };
    };

    test('is served with a certificate of the authority, to the application that learns whose it is', async () => {
      const { tenantId, domain, kind, bare } = await tenant();
      expect(await visit(edge.running, domain)).toMatchObject({
        status: 200,
        body: expect.stringContaining(`tenant ${tenantId} as ${domain}`),
        issuer: expect.stringContaining('Pebble'),
        names: `DNS:${domain}`,
      });
      expect(await edge.adapter.look(domain, AbortSignal.timeout(30_000))).toEqual({ status: 200, closed: false });
      expect((await kind.find({ ...bare(), spec: { domain } })).state).toBe('present');
      expect((await kind.find({ ...bare(), spec: { domain: 'another.example' } })).state).toBe('partial');
    });

    test('of a closed tenant is answered by the edge itself, and opens again', async () => {
      const { domain, kind, bare, give } = await tenant();
      await visit(edge.running, domain);
      await give('closed', domain);
      expect(await visit(edge.running, domain)).toMatchObject({ status: 503, body: '' });
      expect(await kind.access!(bare())).toBe('closed');
      await give('open', domain);
      expect(await kind.access!(bare())).toBe('open');
    });

    test('gets no certificate unless the API allows it', async () => {
      const { domain } = await tenant();
      edge.allowed.delete(domain);
      expect(await visit(edge.running, domain)).toHaveProperty('refused');
      expect(await edge.adapter.look(domain, AbortSignal.timeout(30_000))).toHaveProperty('refused');
      expect(storedFor(edge.running, domain)).toEqual([]);
    });

    test.each(['removed with its route', 'taken from its route'])(
      'that is %s is answered 421, and nothing of its certificate is left',
      async (how) => {
        const { domain, kind, bare, give } = await tenant();
        expect(await visit(edge.running, domain)).toMatchObject({ status: 200 });
        expect(storedFor(edge.running, domain)).not.toEqual([]);
        edge.allowed.delete(domain);
        await (how.startsWith('removed') ? kind.remove(bare()) : give('open', null));
        expect(await visit(edge.running, domain)).toMatchObject({ status: 421 });
        expect(storedFor(edge.running, domain)).toEqual([]);
      },
    );

    test('whose route Caddy has lost is served again by an update', async () => {
      const { domain, kind, bare, give } = await tenant();
      await edge.take(bare().name);
      expect((await kind.find(bare())).state).toBe('absent');
      await give('open', domain);
      expect(await visit(edge.running, domain)).toMatchObject({ status: 200 });
    });

    test('of each of many tenants is served, although their routes change at the same time', async () => {
      const tenants = await Promise.all(Array.from({ length: 8 }, tenant));
      for (const { domain, tenantId } of tenants)
        expect(await visit(edge.running, domain)).toMatchObject({ body: expect.stringContaining(tenantId) });
    });

    test('a change over another one that came in between is refused, to be tried again', async () => {
      const { kind, bare } = await tenant();
      const part = await edge.shown(bare().name);
      expect(part).toBeDefined();
      const admin = createAdmin(edge.running.adminUrl);
      const signal = AbortSignal.timeout(20_000);
      const { etag } = (await admin.read(bare().name, signal))!;
      await kind.update!(bare(), { access: 'closed' });
      const refused: unknown = await admin.replace(bare().name, part, etag, signal).catch((error: unknown) => error);
      expect(edge.adapter.classify(refused, 'The route')).toMatchObject({
        type: 'ProviderUnavailable',
        nonRetryable: false,
      });
    });
  });
});
