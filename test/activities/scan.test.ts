import type { Dependencies } from '../../activities/dependencies';
import type { ScanActivities } from '../../activities/interface-scan';
import { createScan } from '../../activities/scan';
import { listEvidence } from '../../registry/evidence';
import { beginScan, findScanOfRun, hashScanToken, takeReport, type Waiting } from '../../registry/scans';
import { acceptTenant } from '../helpers/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('scans that are given up: not run, this machine has no PostgreSQL');

const TOKEN = 't'.repeat(43);
const REGION = 'eu-central';

suite('a scan whose report did not come', () => {
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
    const scanner = { name: 's3scanner' };
    activities = createScan({ pool: registry.pool, scanner, execution: () => waiting } as unknown as Dependencies);
  });

  const giveUp = () => activities.giveUpScan({ tenantId, region: REGION, requestedBy: 'token:operator' });
  const evidence = async () =>
    (await listEvidence(registry.pool, tenantId)).map(({ check, passed, answered }) => ({ check, passed, answered }));
  async function begin(scanId: string): Promise<void> {
    const about = { scanId, tenantId, scanner: 's3scanner', requestedBy: 'test', tokenHash: hashScanToken(TOKEN) };
    await beginScan(registry.pool, { ...about, ...waiting, deadlineSeconds: 600 });
  }

  test('because no worker of the region ever took it has failed, and is in the list and the evidence', async () => {
    const outcome = 'No worker of the region took it in time.';
    const given = await giveUp();
    expect(given).toEqual({ scanId: expect.stringMatching(/^sc_/) as string, state: 'failed', outcome });
    expect(await findScanOfRun(registry.pool, waiting)).toMatchObject({ ...given, requestedBy: 'token:operator' });
    expect(await evidence()).toEqual([{ check: 'scan.run', passed: false, answered: `failed: ${outcome}` }]);
    // Tried again, it is the same one.
    expect((await giveUp()).scanId).toBe(given.scanId);
    expect(await evidence()).toHaveLength(1);
  });

  test('in time has failed', async () => {
    await begin('sc_1');
    expect(await giveUp()).toMatchObject({ scanId: 'sc_1', state: 'failed' });
    expect(await findScanOfRun(registry.pool, waiting)).toMatchObject({ scanId: 'sc_1', state: 'failed' });
    expect(await evidence()).toMatchObject([{ check: 'scan.run', passed: false }]);
  });

  test('until it was given up is what it says', async () => {
    await begin('sc_2');
    const report = { scanner: 's3scanner 2.0.2', findings: [] };
    expect(await takeReport(registry.pool, { scanId: 'sc_2', token: TOKEN, report })).toBeDefined();
    expect(await giveUp()).toEqual({ scanId: 'sc_2', state: 'done' });
    expect(await findScanOfRun(registry.pool, waiting)).toMatchObject({ state: 'done' });
  });
});
