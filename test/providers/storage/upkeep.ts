import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { BucketUpkeepResult, BucketUpkeep } from '../../../providers/storage/objects/upkeep';
import { newTenantId } from '../../../contract/ids';
import type { StoreUnderTest } from './capabilities';
import { BUCKET_SPEC, tenantStorage } from './fixture';

const DAY_MS = 86_400_000;
const RETENTION = BUCKET_SPEC.retentionDays!;

/** Tests a round of retention and quotas on a bucket of any provider; `s3` is a separate client with an administrator's key. */
export function describeTending(
  where: string,
  make: () => Omit<StoreUnderTest, 'kmsKey'>,
  { expires }: { expires: boolean },
): void {
  describe(`upkeep of a bucket on ${where}`, () => {
    const signal = AbortSignal.timeout(300_000);
    let tenant: Awaited<ReturnType<typeof tenantStorage>>;
    let Bucket: string;
    beforeEach(async () => {
      const { region, name } = make();
      tenant = await tenantStorage(region.kinds, name);
      Bucket = tenant.bucket.name;
    });
    afterEach(() => tenant.remove());

    const put = (Key: string, Body = '12345'): Promise<unknown> =>
      make().s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    const erase = (Key: string): Promise<unknown> => make().s3.send(new DeleteObjectCommand({ Bucket, Key }));
    /** Runs a round as it would run in this many days. */
    const maintain = (inDays: number, more: Partial<BucketUpkeep> = {}): Promise<BucketUpkeepResult | undefined> =>
      make().region.maintain({
        tenantId: tenant.tenantId,
        retentionDays: RETENTION,
        expire: true,
        now: new Date(Date.now() + inDays * DAY_MS),
        signal,
        ...more,
      });
    const left = async (): Promise<string[]> => {
      const { Versions = [], DeleteMarkers = [] } = await make().s3.send(new ListObjectVersionsCommand({ Bucket }));
      return [...Versions.map(({ Key }) => Key!), ...DeleteMarkers.map(({ Key }) => `x ${Key}`)].sort();
    };
    const deletedBy = (versions: number, markers: number, uploads: number): object =>
      expires ? { versions, markers, uploads } : { versions: 0, markers: 0, uploads: 0 };

    test('measures every version and no delete marker, page by page', async () => {
      for (const name of ['a', 'a', 'a.b', 'a/1', 'a/2', 'a/2', 'b', 'ü/1']) await put(name.replace(/^a$/, 'top'));
      await erase('b');
      for (const pageSize of [2, 3, 1000])
        expect(await maintain(0, { pageSize })).toMatchObject({ bytes: 40, versions: 8, over: false });
    });

    test('replaced and deleted objects are kept through their retention, and current objects indefinitely', async () => {
      for (const name of ['kept', 'replaced', 'replaced', 'deleted']) await put(name);
      await erase('deleted');
      await make().s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'unfinished' }));
      const all = await left();
      expect(await maintain(RETENTION - 1, { expire: false })).toMatchObject({ deleted: { versions: 0, uploads: 0 } });
      expect(await maintain(0)).toMatchObject({ bytes: 20, deleted: { versions: 0, markers: 0, uploads: 0 } });
      expect(await left()).toEqual(all);

      expect(await maintain(RETENTION + 1)).toMatchObject({ deleted: deletedBy(2, 0, 1), bytes: expires ? 10 : 20 });
      // A delete marker is removed in the round after the versions it covered.
      expect(await maintain(RETENTION + 1)).toMatchObject({ deleted: deletedBy(0, 1, 0) });
      expect(await left()).toEqual(expires ? ['kept', 'replaced'] : all);
      const { Uploads = [] } = await make().s3.send(new ListMultipartUploadsCommand({ Bucket }));
      expect(Uploads).toHaveLength(expires ? 0 : 1);
    });

    test('while everything must be kept, nothing is deleted, even if that begins during a round', async () => {
      for (const name of ['a', 'b', 'c']) for (let version = 0; version < 3; version++) await put(name);
      await make().s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'unfinished' }));
      const held = (): Promise<boolean> => Promise.resolve(true);
      expect(await maintain(RETENTION + 1, { held })).toMatchObject({
        versions: 9,
        deleted: { versions: 0, markers: 0, uploads: 0 },
      });
      let asked = 0;
      const later = (): Promise<boolean> => Promise.resolve(++asked > 2);
      await maintain(RETENTION + 1, { held: later, pageSize: 3 });
      expect((await left()).length).toBeGreaterThan(3);
      expect(await maintain(RETENTION + 1)).toMatchObject({ versions: expires ? 3 : 9 });
    });

    test('continues through pages whose last version it deletes', async () => {
      for (const name of ['a', 'b', 'c', 'd']) for (let version = 0; version < 4; version++) await put(name);
      expect(await maintain(RETENTION + 1, { pageSize: 3 })).toMatchObject({ deleted: deletedBy(12, 0, 0) });
      expect(await left()).toHaveLength(expires ? 4 : 16);
    });

    test('without a retention period only unfinished uploads expire', async () => {
      await put('replaced');
      await put('replaced');
      await make().s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'unfinished' }));
      const tended = await maintain(10_000, { retentionDays: undefined });
      expect(tended).toMatchObject({ deleted: deletedBy(0, 0, 1) });
      expect(await left()).toHaveLength(2);
    });

    test('above the quota the policy withdraws the right to write, and restores it afterwards, each change announced beforehand', async () => {
      const policy = async (): Promise<string> =>
        (await make().s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy ?? '';
      const announced: [becomes: boolean, was: boolean][] = [];
      const beforeChange = async (writable: boolean): Promise<void> =>
        void announced.push([writable, (await policy()).includes('s3:PutObject')]);
      await put('a');
      await put('b');
      expect(await maintain(0, { quotaBytes: 10, beforeChange })).toMatchObject({ over: false });
      expect(await policy()).toContain('s3:PutObject');
      for (let repeat = 0; repeat < 2; repeat++) {
        expect(await maintain(0, { quotaBytes: 9, beforeChange })).toMatchObject({ over: true, bytes: 10 });
        expect(await policy()).not.toContain('s3:PutObject');
        expect(await policy()).toContain('s3:DeleteObjectVersion');
      }
      expect(await maintain(0, { quotaBytes: 10, beforeChange })).toMatchObject({ over: false });
      expect(await policy()).toContain('s3:PutObject');
      expect(announced).toEqual([
        [false, true],
        [true, false],
      ]);
    });

    test('a policy that was changed by hand is left unchanged, and reported', async () => {
      const { s3 } = make();
      const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
      const locked = JSON.stringify({ ...(JSON.parse(Policy!) as object), Statement: [statementOf(Policy!)] });
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: locked }));
      await expect(maintain(0)).rejects.toMatchObject({ type: 'StateConflict' });
      const after = (await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy;
      expect(JSON.parse(after!)).toEqual(JSON.parse(locked));
    });

    test('a missing bucket, or one without the tenant’s mark, is left alone', async () => {
      await put('a');
      await put('a');
      expect(await maintain(RETENTION + 1, { tenantId: newTenantId() })).toBeUndefined();
      const tag = (tenantId: string): Promise<unknown> => {
        const TagSet = [
          { Key: 'managed-by', Value: 'tenant-provisioner' },
          { Key: 'tenantId', Value: tenantId },
        ];
        return make().s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
      };
      await tag(newTenantId());
      expect(await maintain(RETENTION + 1)).toBeUndefined();
      expect(await left()).toHaveLength(2);
      await tag(tenant.tenantId);
    });
  });
}

function statementOf(policy: string): unknown {
  return (JSON.parse(policy) as { Statement: unknown[] }).Statement[0];
}
