import { auditEntryPageSchema } from '../../../../contract/schemas/audit-schema';
import { listEntries, type EntryFilter } from '../../../../registry/audit/entries';
import { appendAudit } from '../../../../registry/audit/trail';
import type { Queryable } from '../../../../registry/database';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('entries of all audit trails over HTTP: not run, this machine has no PostgreSQL');

const ONE = 'k3v9x2m4q7w8r5ta';
const OTHER = 'k3v9x2m4q7w8r5tb';
const OPERATION = 'op_a2b3c4d5e6f7g2h3i4j5';

suite('entries of all audit trails', () => {
  let api: ApiHarness;
  let operator: Client;
  beforeAll(async () => {
    api = await startApiHarness();
    operator = await api.as(['operations:operate']);
    const append = (tenantId: string, actor: string, action: string, more: object = {}) =>
      appendAudit(api.registry.pool, { tenantId, actor, action, detail: {}, ...more });
    await append(ONE, 'token:signup', 'order.accepted', { operationId: OPERATION });
    await append(OTHER, 'token:signup', 'order.accepted');
    await append(ONE, 'workflow', 'operation.active', { operationId: OPERATION, detail: { attempts: 3 } });
    await append('control-plane', 'command-line', 'test.done');
  });
  afterAll(() => api.stop());

  const page = async (query: string, client = operator) =>
    expectAnswer(await client.get(`/v1/audit/entries?${query}`), 200, auditEntryPageSchema);
  const found = async (query: string, client = operator) =>
    (await page(query, client)).items.map(({ tenantId, sequence }) => `${tenantId} ${sequence}`);

  test('are listed newest first, and filtered by trail, operation, actor, action and time', async () => {
    expect((await found(''))[0]).toMatch(/^control-plane /);
    expect(await found(`tenantId=${ONE}`)).toEqual([`${ONE} 2`, `${ONE} 1`]);
    expect(await found(`operationId=${OPERATION}`)).toEqual([`${ONE} 2`, `${ONE} 1`]);
    expect(await found('actor=token:signup')).toEqual([`${OTHER} 1`, `${ONE} 1`]);
    expect(await found('action=operation.active')).toEqual([`${ONE} 2`]);
    expect(await found('before=2026-01-01T00:00:00Z')).toEqual([]);
    expect(await found('from=2026-01-01T00:00:00%2B02:00&actor=workflow')).toEqual([`${ONE} 2`]);
    expect((await page('action=operation.active')).items).toMatchObject([
      { detail: { attempts: 3 }, actor: 'workflow' },
    ]);
  });

  test('come in pages that neither repeat nor leave out any, also of the same moment', async () => {
    const all = await found('limit=100');
    const paged: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const { items, nextCursor } = await page(`limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
      paged.push(...items.map(({ tenantId, sequence }) => `${tenantId} ${sequence}`));
      cursor = nextCursor;
    }
    expect(paged).toEqual(all);
  });

  test('of the control plane are shown to operators only', async () => {
    const reader = await api.as(['tenants:read']);
    expect(await found('action=test.done', reader)).toEqual([]);
    expect(await found('tenantId=control-plane', reader)).toEqual([]);
    expect(await found(`tenantId=${OTHER}`, reader)).toEqual([`${OTHER} 1`]);
  });

  test('a filter that can match nothing is refused', async () => {
    expectProblem(await operator.get('/v1/audit/entries?tenantId=acme-bikes'), 'invalid-parameter');
  });

  test.each<[string, Partial<EntryFilter>, RegExp]>([
    ['no filter', {}, /audit_entry_page /],
    ['a trail', { tenantId: ONE }, /audit_entry_page_of_tenant /],
    ['an operation', { operationId: OPERATION }, /audit_entry_page_of_operation /],
    ['an actor', { actor: 'token:signup' }, /audit_entry_page_of_actor /],
    ['an action', { action: 'operation.active' }, /audit_entry_page_of_action /],
  ])('with %s are read in order from an index', async (_, filter, index) => {
    let plan = '';
    const observed: Queryable = {
      query: async (sql: string, values: unknown[]) => {
        const client = await api.registry.pool.connect();
        try {
          // The table is small; a large one is what the index is for.
          await client.query('begin; set local enable_seqscan = off; set local enable_sort = off');
          const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${sql}`, values);
          plan = rows.map((row) => row['QUERY PLAN']).join('\n');
          return await client.query(sql, values);
        } finally {
          await client.query('rollback');
          client.release();
        }
      },
    };
    await listEntries(observed, { ...filter, limit: 2 });
    expect(plan).toMatch(index);
    expect(plan).not.toContain('Sort');
  });
});
