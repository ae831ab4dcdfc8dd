import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { createS3Scanner } from '../../activities/adapters/scanner/s3-scanner';
import type { ReportBody } from '../../activities/adapters/scanner/scanner';
import { s3Client } from '../../activities/adapters/storage/s3-client';
import { createStorage } from '../../activities/adapters/storage/storage';
import { newTenantId } from '../../contract/ids';
import { scanReportSchema } from '../../contract/schemas/scan-schema';
import { s3Scanner, s3ScannerMissing } from '../helpers/s3-scanner';
import { versityRegions } from '../helpers/storage-regions';
import { stackEndpoints } from '../stack';
import { tenantStorage } from './storage-fixture';

const REGION = 'eu-central';
const regions = versityRegions(stackEndpoints());
const settings = regions.find(({ name }) => name === REGION)?.storage;
const missing = settings === undefined ? 'the stack has no object store on this machine' : s3ScannerMissing();

/** Whom the scanner reports to; answers each report with the next of `answers`, then with 204. */
interface Listener {
  url: string;
  reports: ReportBody[];
  answers: number[];
  next(): Promise<ReportBody>;
}

if (missing !== undefined || settings === undefined) test.todo(`S3Scanner: not run, ${missing}`);
else
  describe('S3Scanner on a bucket that was made for a tenant', () => {
    const storage = createStorage(regions);
    const { kinds } = storage.forRegion(REGION);
    const admin = s3Client(settings);
    let server: Server;
    let listener: Listener;
    let scanner: ReturnType<typeof createS3Scanner>;
    let tenant: Awaited<ReturnType<typeof tenantStorage>>;

    beforeAll(async () => {
      scanner = createS3Scanner(await s3Scanner(), regions);
      tenant = await tenantStorage(kinds, REGION);
    }, 180_000);
    afterAll(async () => {
      await tenant?.remove();
      storage.close();
      admin.destroy();
    });
    beforeEach(async () => {
      const waiting: ((body: ReportBody) => void)[] = [];
      const reports: ReportBody[] = [];
      const answers: number[] = [];
      server = createServer((request, response) => {
        void json(request).then((body) => {
          response.writeHead(answers.shift() ?? 204).end();
          reports.push(body as ReportBody);
          waiting.shift()?.(body as ReportBody);
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/scans/sc_1`;
      listener = { url, reports, answers, next: () => new Promise((resolve) => waiting.push(resolve)) };
    });
    afterEach(() => new Promise((resolve) => server.close(resolve)));

    const scan = async (tenantId = tenant.tenantId): Promise<ReportBody> => {
      expect(await scanner.missing()).toBeUndefined();
      const reported = listener.next();
      const deadline = new Date(Date.now() + 60_000);
      await scanner.start({
        tenantId,
        region: REGION,
        callback: { url: listener.url, token: 'x'.repeat(43), deadline },
      });
      return reported;
    };

    test('finds that a stranger may do nothing, and reports it by itself in the shape that is taken', async () => {
      const report = await scan();
      expect(scanReportSchema.safeParse(report).error).toBeUndefined();
      expect(report).toMatchObject({
        token: 'x'.repeat(43),
        scanner: 's3scanner 2.0.2',
        findings: [{ id: 's3.all-users', severity: 'info', seen: 'nothing is allowed' }],
      });
    });

    test('finds a policy that lets a stranger list the bucket', async () => {
      const Bucket = tenant.bucket.name;
      const open = { Effect: 'Allow', Principal: '*', Action: ['s3:ListBucket'], Resource: `arn:aws:s3:::${Bucket}` };
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [open] });
      await admin.send(new PutBucketPolicyCommand({ Bucket, Policy }));
      try {
        expect((await scan()).findings).toMatchObject([{ severity: 'high', seen: 'allowed: Read' }]);
      } finally {
        await kinds.bucket.create(tenant.bucket);
      }
      expect((await scan()).findings).toMatchObject([{ severity: 'info' }]);
    });

    test('says that it could not look where there is no bucket', async () => {
      const report = await scan(newTenantId());
      expect(report).toMatchObject({ findings: [], failure: expect.any(String) });
      expect(scanReportSchema.safeParse(report).success).toBe(true);
    });

    test('reports again while nobody could take it, and no longer once it was refused', async () => {
      listener.answers.push(503);
      await scan();
      await listener.next();
      expect(listener.reports).toHaveLength(2);
      expect(listener.reports[1]).toEqual(listener.reports[0]);
    });
  });

test.each([
  ['none is configured', undefined, /No scanner is configured/],
  ['the command is not there', '/nonexistent/s3scanner', /cannot be run/],
])('where %s that is said in words', async (_what, command, words) => {
  expect(await createS3Scanner(command, []).missing()).toMatch(words);
});
