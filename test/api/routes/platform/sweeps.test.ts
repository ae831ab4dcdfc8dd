import {
  findingPageSchema,
  sweepAcceptedSchema,
  sweepPageSchema,
  sweepSchema,
} from '../../../../contract/schemas/sweep-schema';
import { sweepIdOf } from '../../../../contract/maintenance/sweeps';
import { quarantine } from '../../../../registry/ledger/quarantine';
import { concludeSweep, openSweep, recordSweepPart } from '../../../../registry/maintenance/sweeps';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('sweeps over HTTP: not run, this machine has no PostgreSQL');

const PLACE = { provider: 'versity', kind: 'bucket', region: 'eu-central' };

suite('sweeps', () => {
  let api: ApiHarness;
  let operator: Client;

  beforeAll(async () => {
    api = await startApiHarness();
    operator = await api.as(['operations:operate']);
  });
  afterAll(() => api.stop());
  beforeEach(() => {
    Object.assign(api.runs, { down: false, sweepAnswer: 'started', sweeps: [] });
  });

  const start = async (body?: object): Promise<string> => {
    const response = await operator.post('/v1/sweeps', body);
    const { sweepId } = expectAnswer(response, 202, sweepAcceptedSchema);
    expect(response.headers['location']).toBe(`/v1/sweeps/${sweepId}`);
    return sweepId;
  };
  const finding = (id: string) => {
    const tenantId = id.slice(2);
    const thing = { reason: 'unknown-tenant' as const, cell: '', name: id, externalId: id, tenantId };
    return { ...PLACE, ...thing, operationId: null };
  };

  test('a request without a body is a dry run that can be followed at once', async () => {
    const sweepId = await start();
    expect(api.runs.sweeps).toEqual([{ sweepId, requestedBy: 'token:operations-operate', dryRun: true, tenants: [] }]);
    const answer = await operator.get(`/v1/sweeps/${sweepId}`);
    expect(expectAnswer(answer, 200, sweepSchema)).toMatchObject({ sweepId, state: 'running', findings: [] });
  });

  test('a real sweep, and tenants to remove, must be requested explicitly', async () => {
    const tenants = ['k3v9x2m4q7w8r5ta'];
    await start({ dryRun: false, tenants });
    expect(api.runs.sweeps).toMatchObject([{ dryRun: false, tenants }]);
  });

  test.each([{ dryRun: 'no' }, { tenants: ['DROP TABLE'] }, { force: true }])(
    '%j is refused and starts nothing',
    async (body) => {
      expectProblem(await operator.post('/v1/sweeps', body), 'invalid-body');
      expect(api.runs.sweeps).toEqual([]);
    },
  );

  test('a second sweep is refused while one runs, and leaves no trace', async () => {
    const before = await countSweeps();
    api.runs.sweepAnswer = 'exists';
    expectProblem(await operator.post('/v1/sweeps'), 'state-conflict');
    expect(await countSweeps()).toBe(before);
  });

  test('a sweep is refused while Temporal is down, with that reason', async () => {
    api.runs.down = true;
    expectProblem(await operator.post('/v1/sweeps'), 'temporal-unavailable');
  });

  test('a dry run shows all its findings, a real sweep its new ones', async () => {
    const { pool } = api.registry;
    const dry = await start();
    const part = { counts: { unknownTenants: 1 }, problems: ['listing user of aws: no'], findings: [finding('t-dry')] };
    await recordSweepPart(pool, dry, 'eu-central', part);
    await concludeSweep(pool, dry);
    expect(expectAnswer(await operator.get(`/v1/sweeps/${dry}`), 200, sweepSchema)).toMatchObject({
      state: 'done',
      counts: { unknownTenants: 1, removed: 0, problems: 1 },
      problems: ['listing user of aws: no'],
      findings: [{ reason: 'unknown-tenant', kind: 'bucket', id: 't-dry' }],
    });
    const real = await start({ dryRun: false });
    await quarantine(pool, PLACE, [finding('t-real')], { sweepId: real, graceSeconds: 60 });
    const { findings } = expectAnswer(await operator.get(`/v1/sweeps/${real}`), 200, sweepSchema);
    expect(findings).toMatchObject([{ id: 't-real', state: 'quarantined', foundBy: real }]);
  });

  test('an unknown sweep is not found', async () => {
    expectProblem(await operator.get(`/v1/sweeps/${sweepIdOf(crypto.randomUUID())}`), 'not-found');
  });

  test('sweeps and quarantine are listed in pages, newest first, each entry once', async () => {
    const { pool } = api.registry;
    const sweepId = sweepIdOf(crypto.randomUUID());
    await openSweep(pool, { sweepId, requestedBy: 'schedule', dryRun: false });
    const ids = Array.from({ length: 12 }, (_, n) => `t-${n + 10}`);
    await quarantine(pool, PLACE, ids.map(finding), { sweepId, graceSeconds: 60 });
    const shown: string[] = [];
    for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
      const url = `/v1/quarantine?limit=5${cursor === undefined ? '' : `&cursor=${cursor}`}`;
      const page = expectAnswer(await operator.get(url), 200, findingPageSchema);
      shown.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(shown).toEqual([...ids].reverse());
    const { items } = expectAnswer(await operator.get('/v1/sweeps?limit=1'), 200, sweepPageSchema);
    expect(items).toMatchObject([{ sweepId, requestedBy: 'schedule' }]);
  });

  test('quarantined findings are counted for Prometheus', async () => {
    const text = await api.scrape();
    expect(text).toContain('provisioner_quarantine{reason="orphan"} 0');
    expect(text).toContain('provisioner_quarantine{reason="unknown-tenant"} 12');
  });

  async function countSweeps(): Promise<number> {
    const { rows } = await api.registry.pool.query<{ count: number }>(`select count(*)::int from sweep`);
    return rows[0]!.count;
  }
});
