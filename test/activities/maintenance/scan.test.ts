import type { ScanActivities } from '../../../activities/maintenance/interface-scan';
import { createScan } from '../../../activities/maintenance/scan';
import { listEvidence } from '../../../registry/evidence/evidence';
import { beginScan, findScanOfRun, hashScanToken, takeReport, type Waiting } from '../../../registry/evidence/scans';
import { acceptTenant } from '../../helpers/tenants/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('abandoned scans: not run, this machine has no PostgreSQL');

const TOKEN = 't'.repeat(43);
const REGION = 'eu-central';

suite('a scan without a report in time', () => {
  let registry: TestRegistry;
  let tenantId: string;
  let waiting: Waiting;
  let activities: ScanActivities;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());
  beforeEach(async () => {
    ({ tenantId } = await acceptTenant(registry));
    await registry.pool.query(`update operation set status = 'active', region = $2 where tenant_id = $1`, [
      tenantId,
      REGION,
    ]);
    waiting = { workflowId: `scan/${tenantId}`, runId: crypto.randomUUID(), activityId: '1' };
    const unused = (): Promise<never> => Promise.reject(new Error('A scan that is given up starts nothing.'));
    activities = createScan({
      pool: registry.pool,
      scanner: { name: 's3scanner', missing: unused, start: unused },
      execution: () => waiting,
      settings: { publicUrl: 'https://api.example.com' },
    });
  });

  const giveUp = () => activities.giveUpScan({ tenantId, region: REGION, requestedBy: 'token:operator' });
  const evidence = async () =>
    (await listEvidence(registry.pool, tenantId)).map(({ check, passed, answered }) => ({ check, passed, answered }));
  async function begin(scanId: string): Promise<void> {
    const about = { scanId, tenantId, scanner: 's3scanner', requestedBy: 'test', tokenHash: hashScanToken(TOKEN) };
    await beginScan(registry.pool, { ...about, ...waiting, deadlineSeconds: 600 });
  }

  test('that no worker of the region picked up has failed, and appears in the list and the evidence', async () => {
    const outcome = 'No worker of the region picked up the scan in time.';
    const given = await giveUp();
    expect(given).toEqual({ scanId: expect.stringMatching(/^sc_/) as string, state: 'failed', outcome });
    expect(await findScanOfRun(registry.pool, waiting)).toMatchObject({ ...given, requestedBy: 'token:operator' });
    expect(await evidence()).toEqual([{ check: 'scan.run', passed: false, answered: `failed: ${outcome}` }]);
    // A second attempt records no second scan.
    expect((await giveUp()).scanId).toBe(given.scanId);
    expect(await evidence()).toHaveLength(1);
  });

  test('has failed', async () => {
    await begin('sc_1');
    expect(await giveUp()).toMatchObject({ scanId: 'sc_1', state: 'failed' });
    expect(await findScanOfRun(registry.pool, waiting)).toMatchObject({ scanId: 'sc_1', state: 'failed' });
    expect(await evidence()).toMatchObject([{ check: 'scan.run', passed: false }]);
  });

  test('keeps the result that arrived before it was given up', async () => {
    await begin('sc_2');
    const report = { scanner: 's3scanner 2.0.2', findings: [] };
    expect(await takeReport(registry.pool, { scanId: 'sc_2', token: TOKEN, report })).toBeDefined();
    expect(await giveUp()).toEqual({ scanId: 'sc_2', state: 'done' });
    expect(await findScanOfRun(registry.pool, waiting)).toMatchObject({ state: 'done' });
  });
});
