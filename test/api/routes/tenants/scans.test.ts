import request, { type Response } from 'supertest';
import { scanningSchema, scansSchema } from '../../../../contract/schemas/tenants/scan-schema';
import { scanIdOf } from '../../../../contract/maintenance/scans';
import { recordOutcome } from '../../../../registry/operations/transitions';
import { listEvidence } from '../../../../registry/evidence/evidence';
import { beginScan, endScan, hashScanToken, listDueScans, listScans } from '../../../../registry/evidence/scans';
import { expectAnswer, expectProblem, order, startApiHarness, type ApiHarness } from '../../../helpers/api';

const TOKEN = 't'.repeat(43);
const FINDING = { id: 's3.all-users', claim: 'Nobody lists the bucket', severity: 'info', seen: 'nothing is allowed' };
const REPORT = { token: TOKEN, scanner: 's3scanner 2.0.2', findings: [FINDING] };

let api: ApiHarness;
let tenantId: string;
beforeAll(async () => {
  api = await startApiHarness();
});
afterAll(() => api.stop());
beforeEach(async () => {
  tenantId = await activeTenant();
  Object.assign(api.runs, { down: false, scannersAwaited: true, sweepAnswer: 'started', scanned: [], scans: [] });
});

async function activeTenant(): Promise<string> {
  const { pool } = api.registry;
  const { body } = await (await api.as(['tenants:order'])).post('/v1/tenants', order()).expect(202);
  const { operationId, tenantId } = body as { operationId: string; tenantId: string };
  for (const status of ['validating', 'provisioning', 'active'] as const)
    await recordOutcome(pool, { operationId, status, region: 'eu-central' });
  return tenantId;
}

async function running(deadlineSeconds = 600): Promise<string> {
  const scanId = scanIdOf(crypto.randomUUID());
  const waiting = { workflowId: `scan/${tenantId}`, runId: crypto.randomUUID(), activityId: scanId };
  const tokenHash = hashScanToken(TOKEN);
  const scan = { scanId, tenantId, scanner: 's3scanner', requestedBy: 'test', tokenHash, deadlineSeconds };
  await beginScan(api.registry.pool, { ...scan, ...waiting });
  return scanId;
}

const report = (scanId: string, body: object = REPORT): Promise<Response> =>
  request(api.app).post(`/v1/scans/${scanId}:report`).send(body).then();
const heartbeat = (scanId: string, token = TOKEN): Promise<Response> =>
  request(api.app).post(`/v1/scans/${scanId}:heartbeat`).send({ token }).then();
const evidence = async () =>
  (await listEvidence(api.registry.pool, tenantId)).map(({ check, passed, answered }) => ({ check, passed, answered }));

describe('a requested scan', () => {
  const ask = async (id = tenantId) => (await api.as(['operations:operate'])).post(`/v1/tenants/${id}/scans`);

  test('starts in the tenant’s region', async () => {
    expectAnswer(await ask(), 202, scanningSchema);
    expect(api.runs.scans).toEqual([{ tenantId, region: 'eu-central', requestedBy: 'token:operations-operate' }]);
  });

  test('is refused while another runs, if the tenant is not active, and while Temporal is down', async () => {
    api.runs.sweepAnswer = 'exists';
    expectProblem(await ask(), 'state-conflict');
    const { body } = await (await api.as(['tenants:order'])).post('/v1/tenants', order()).expect(202);
    expectProblem(await ask((body as { tenantId: string }).tenantId), 'state-conflict');
    api.runs.down = true;
    expectProblem(await ask(), 'temporal-unavailable');
  });
});

describe('a scanner’s report', () => {
  test('becomes evidence, completes the waiting run, and is in the trail with the digest of all evidence', async () => {
    const scanId = await running();
    expect((await report(scanId)).status).toBe(204);
    expect(await evidence()).toEqual([
      { check: 'scan.run', passed: true, answered: '1 answers' },
      { check: 'scan.s3.all-users', passed: true, answered: 'info: nothing is allowed' },
    ]);
    expect(api.runs.scanned).toEqual([{ activityId: scanId, outcome: { scanId, state: 'done' } }]);
    const { rows } = await api.registry.pool.query<{ detail: object }>(
      `select detail from audit_entry where tenant_id = $1 and action = 'scan.ended'`,
      [tenantId],
    );
    expect(rows).toMatchObject([{ detail: { scanId, state: 'done', evidence: { entries: 2 } } }]);
  });

  test('with a finding of any severity gives a claim that does not hold', async () => {
    const findings = [{ ...FINDING, severity: 'high', seen: 'allowed: Read' }];
    expect((await report(await running(), { ...REPORT, findings })).status).toBe(204);
    expect(await evidence()).toContainEqual({
      check: 'scan.s3.all-users',
      passed: false,
      answered: 'high: allowed: Read',
    });
  });

  test('of a scan that could not run is not a clean result', async () => {
    const scanId = await running();
    const failed = { token: TOKEN, scanner: 's3scanner', findings: [], failure: 'It ended with code 1.' };
    expect((await report(scanId, failed)).status).toBe(204);
    expect(await evidence()).toEqual([{ check: 'scan.run', passed: false, answered: 'failed: It ended with code 1.' }]);
    expect(api.runs.scanned).toMatchObject([{ outcome: { state: 'failed', outcome: 'It ended with code 1.' } }]);
  });

  test('is accepted once: the same one may be repeated, a different one is refused', async () => {
    const scanId = await running();
    api.runs.down = true;
    expectProblem(await report(scanId), 'temporal-unavailable');
    api.runs.down = false;
    expect((await report(scanId)).status).toBe(204);
    expectProblem(await report(scanId, { ...REPORT, findings: [{ ...FINDING, severity: 'low' }] }), 'not-found');
    expect(await evidence()).toHaveLength(2);
  });

  test('is stored once when it arrives five times at once', async () => {
    const scanId = await running();
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => report(scanId)));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204, 204]);
    expect(await evidence()).toHaveLength(2);
  });

  test('gets the same refusal for a wrong token, after the deadline, and for an abandoned or unknown scan', async () => {
    const { pool } = api.registry;
    const givenUp = await running();
    await endScan(pool, { scanId: givenUp, state: 'failed', outcome: 'No report came.', region: 'eu-central' });
    const refused = [
      report(await running(), { ...REPORT, token: 'u'.repeat(43) }),
      report(await running(-1)),
      report(givenUp),
      report(`sc_${'0'.repeat(32)}`),
      heartbeat(givenUp),
      heartbeat(await running(), 'u'.repeat(43)),
    ];
    const details = (await Promise.all(refused)).map((response) => expectProblem(response, 'not-found').detail);
    expect(new Set(details).size).toBe(1);
    expect(await evidence()).toEqual([{ check: 'scan.run', passed: false, answered: 'failed: No report came.' }]);
  });

  test.each([
    ['neither findings nor a failure', { findings: [] }],
    ['findings and a failure', { failure: 'x' }],
    ['an unknown severity', { findings: [{ ...FINDING, severity: 'fine' }] }],
    ['an id that could name another check', { findings: [{ ...FINDING, id: 'S3/../baseline' }] }],
  ])('with %s is refused', async (_what, change) => {
    expectProblem(await report(await running(), { ...REPORT, ...change }), 'invalid-body');
  });
});

test('a heartbeat is passed on while the run waits, and refused afterwards so that the scanner can stop', async () => {
  const scanId = await running();
  expect((await heartbeat(scanId)).status).toBe(204);
  api.runs.scannersAwaited = false;
  expectProblem(await heartbeat(scanId), 'not-found');
});

test('a scan without a scanner is shown as not run, with the reason, and never as passed', async () => {
  const scanId = await running();
  const outcome = 'No scanner is configured (S3SCANNER_BIN).';
  await endScan(api.registry.pool, { scanId, state: 'not_run', outcome, region: 'eu-central' });
  const response = await (await api.as(['tenants:read'])).get(`/v1/tenants/${tenantId}/scans`);
  expect(expectAnswer(response, 200, scansSchema).items).toMatchObject([{ scanId, state: 'not_run', outcome }]);
  expect(await evidence()).toEqual([{ check: 'scan.run', passed: false, answered: `not run: ${outcome}` }]);
});

test('a new attempt ends the previous one, whose scanner was lost', async () => {
  const { pool } = api.registry;
  const first = await running();
  const { runId } = (await listScans(pool, tenantId))[0]!;
  const again = { scanId: scanIdOf(crypto.randomUUID()), tenantId, scanner: 's3scanner', requestedBy: 'test' };
  const waiting = { workflowId: `scan/${tenantId}`, runId, activityId: first };
  await beginScan(pool, { ...again, ...waiting, tokenHash: hashScanToken(TOKEN), deadlineSeconds: 600 });
  expect((await listScans(pool, tenantId)).map(({ state }) => state).sort()).toEqual(['failed', 'running']);
  expectProblem(await report(first), 'not-found');
});

async function due(): Promise<boolean> {
  return (await listDueScans(api.registry.pool, 1000)).some((tenant) => tenant.tenantId === tenantId);
}

test('tenants are due until they have been scanned, and again when their template says so', async () => {
  const { pool } = api.registry;
  expect(await due()).toBe(true);
  const scanId = await running();
  await report(scanId);
  expect(await due()).toBe(false);
  await pool.query(`update scan set started_at = started_at - interval '31 days' where scan_id = $1`, [scanId]);
  expect(await due()).toBe(true);
});

test.each(['not_run', 'failed'] as const)('a tenant whose scan is %s is due again after a day', async (state) => {
  const { pool } = api.registry;
  const scanId = await running();
  await endScan(pool, { scanId, state, outcome: 'There is no scanner.', region: 'eu-central' });
  expect(await due()).toBe(false);
  await pool.query(`update scan set started_at = started_at - interval '25 hours' where scan_id = $1`, [scanId]);
  expect(await due()).toBe(true);
});
