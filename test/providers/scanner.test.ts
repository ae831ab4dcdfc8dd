import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { createS3Scanner } from '../../providers/scanner/s3-scanner';
import type { ReportBody } from '../../providers/scanner/scanner';
import { s3Client } from '../../providers/storage/s3-client';
import { createStorage } from '../../providers/storage/storage';
import { newTenantId } from '../../contract/ids';
import { scanReportSchema } from '../../contract/schemas/tenants/scan-schema';
import { startScanListener, type ScanListener } from '../helpers/providers/scan-listener';
import { versityRegions } from '../helpers/providers/storage/storage-regions';
import { stackEndpoints } from '../stack';
import { tenantStorage } from './storage/fixture';

const REGION = 'eu-central';
const regions = versityRegions(stackEndpoints('s3'));
const settings = regions.find(({ name }) => name === REGION)?.storage;
const { scanner: program } = stackEndpoints('scanner');

if (program === undefined || settings === undefined)
  test.todo(`S3Scanner: not run, the stack has no ${program ? 'object store' : 'scanner'} on this machine`);
else
  describe('S3Scanner on a tenant’s bucket', () => {
    const storage = createStorage(regions);
    const { kinds } = storage.forRegion(REGION);
    const admin = s3Client(settings);
    const scanner = createS3Scanner(program.command, regions);
    let listener: ScanListener;
    let tenant: Awaited<ReturnType<typeof tenantStorage>>;

    beforeAll(async () => {
      tenant = await tenantStorage(kinds, REGION);
    });
    afterAll(async () => {
      await tenant?.remove();
      storage.close();
      admin.destroy();
    });
    beforeEach(async () => {
      listener = await startScanListener();
    });
    afterEach(() => listener.close());

    const scan = async (tenantId = tenant.tenantId): Promise<ReportBody> => {
      expect(await scanner.missing()).toBeUndefined();
      const reported = listener.next();
      await scanner.start({ tenantId, region: REGION, callback: listener.callback });
      return reported;
    };

    test('finds that a stranger has no access, and reports it in the accepted format', async () => {
      const report = await scan();
      expect(scanReportSchema.safeParse(report).error).toBeUndefined();
      expect(report).toMatchObject({
        token: listener.callback.token,
        scanner: expect.stringMatching(/^s3scanner 2\./),
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

    test('reports a failed scan where there is no bucket', async () => {
      const report = await scan(newTenantId());
      expect(report).toMatchObject({ findings: [], failure: expect.any(String) });
      expect(scanReportSchema.safeParse(report).success).toBe(true);
    });

    test('repeats its report while it cannot be received, and stops once it is refused', async () => {
      listener.answers.push(503);
      await scan();
      await listener.next();
      expect(listener.reports).toHaveLength(2);
      expect(listener.reports[1]).toEqual(listener.reports[0]);
    });
  });
