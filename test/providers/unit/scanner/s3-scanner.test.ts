import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createS3Scanner } from '../../../../providers/scanner/s3-scanner';
import type { ReportBody } from '../../../../providers/scanner/scanner';
import { scanReportSchema } from '../../../../contract/schemas/tenants/scan-schema';
import { startScanListener, type ScanListener } from '../../../helpers/providers/scan-listener';
import { storageRegion } from '../../../helpers/providers/storage/storage-regions';

const TENANT = 'abcdefghijklmnop';
const REGION = 'eu-central';
const CLEAN = `echo 't-${TENANT} | bucket_exists | AuthUsers: [], AllUsers: []'`;

// Never contacted: the scanner's stand-in does not call any store.
const store = {
  ...{
    provider: 'versity' as const,
    name: 'none',
    endpoint: 'http://127.0.0.1:1',
    adminEndpoint: 'http://127.0.0.1:1',
  },
  region: REGION,
  accessKeyId: 'none',
  secretAccessKey: 'none',
  capacity: 1,
};

let dir: string;
let listener: ScanListener;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'scanner-'));
  listener = await startScanListener();
});
afterEach(async () => {
  await listener.close();
  rmSync(dir, { recursive: true, force: true });
});

/** The report of a scanner that runs this script, and how often it was started. */
async function reported(script: string, limitSeconds?: number): Promise<{ report: ReportBody; starts: number }> {
  const command = join(dir, 'scanner');
  writeFileSync(command, `#!/bin/sh\necho started >> '${dir}/starts'\n${script}\n`, { mode: 0o755 });
  const limit = limitSeconds === undefined ? {} : { limitSeconds };
  const scanner = createS3Scanner(command, [storageRegion(REGION, store)], limit);
  const next = listener.next();
  await scanner.start({ tenantId: TENANT, region: REGION, callback: listener.callback });
  const report = await next;
  expect(scanReportSchema.safeParse(report).error).toBeUndefined();
  return { report, starts: readFileSync(join(dir, 'starts'), 'utf8').trim().split('\n').length };
}

test.each([
  ['ends at once with a failure', 'exit 3', undefined, 'It ended with code 3.'],
  ['is killed', 'kill -9 $$', undefined, 'It ended with SIGKILL.'],
  ['succeeds without output', 'exit 0', undefined, 'It gave no result for the bucket.'],
  ['never answers', 'exec sleep 30', 0.5, 'It had not ended after 0.5 s.'],
  ['never answers, and whose child keeps its output open', 'sleep 30; exit', 0.5, 'It had not ended after 0.5 s.'],
])('a scanner that %s is started a second time, and then reported as failed', async (_what, script, limit, words) => {
  const { report, starts } = await reported(script, limit);
  expect(report).toMatchObject({ findings: [], failure: `${words} It was started twice.` });
  expect(starts).toBe(2);
  expect(listener.reports).toHaveLength(1);
});

test('a scanner that answers at the second start counts as successful', async () => {
  const { report, starts } = await reported(`[ $(wc -l < '${dir}/starts') = 2 ] && ${CLEAN}`);
  expect(report.failure).toBeUndefined();
  expect(report.findings).toMatchObject([{ severity: 'info', seen: 'nothing is allowed' }]);
  expect(starts).toBe(2);
});

test('a scanner that answers is started once', async () => {
  expect(await reported(CLEAN)).toMatchObject({ starts: 1, report: { findings: [{ severity: 'info' }] } });
});

test.each([
  ['none is configured', undefined, /No scanner is configured/],
  ['the command does not exist', '/nonexistent/s3scanner', /cannot be run/],
])('an installation where %s is reported in words', async (_what, command, words) => {
  expect(await createS3Scanner(command, []).missing()).toMatch(words);
});
