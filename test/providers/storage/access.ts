import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { StorageSettings } from '../../../config/regions';
import type { Access } from '../../../contract/tenants/access';
import { readAccessKey } from '../../../providers/storage/access-key';
import { s3Client } from '../../../providers/storage/s3-client';
import type { StoreUnderTest } from './capabilities';
import { tenantStorage } from './fixture';
import { presigned } from './presigned';

type Tenant = Awaited<ReturnType<typeof tenantStorage>>;

/** Each access after each other one, and twice in a row. */
const STEPS: Access[] = ['closed', 'closed', 'read-only', 'closed', 'open', 'read-only', 'read-only', 'open', 'open'];

/**
 * Tests that a tenant's access to its bucket can be changed, on any provider. `refuses`: the store refuses callers by their rights, so that
 * what the tenant's key can do is the answer. Moto applies a denial to every caller, and only to objects.
 */
export function describeAccess(
  where: string,
  make: () => Omit<StoreUnderTest, 'kmsKey'> & { settings: StorageSettings },
  { refuses }: { refuses: boolean },
): void {
  describe(`a suspended tenant’s storage on ${where}`, () => {
    let tenant: Tenant;
    let neighbour: Tenant;
    let key: S3Client;
    let Bucket: string;
    beforeEach(async () => {
      const { region, name, settings } = make();
      [tenant, neighbour] = await Promise.all([tenantStorage(region.kinds, name), tenantStorage(region.kinds, name)]);
      key = s3Client(settings, await readAccessKey(tenant.key.secrets));
      Bucket = tenant.bucket.name;
      await key.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '12345' }));
    });
    afterEach(async () => {
      key.destroy();
      await Promise.all([tenant.remove(), neighbour.remove()]);
    });

    const accessKey = (): ReturnType<typeof make>['region']['kinds']['accessKey'] => make().region.kinds.accessKey;
    const give = (access: Access, to = tenant): Promise<void> =>
      accessKey().update!({ ...to.key, spec: undefined }, { access });
    const access = (of = tenant): Promise<Access> => accessKey().access!({ ...of.key, spec: undefined });
    const policy = async (of = Bucket): Promise<string> =>
      (await make().s3.send(new GetBucketPolicyCommand({ Bucket: of }))).Policy ?? '';
    const versions = async (): Promise<(string | undefined)[]> => {
      const { Versions = [] } = await make().s3.send(new ListObjectVersionsCommand({ Bucket }));
      return Versions.map(({ VersionId }) => VersionId);
    };
    const put = (Key = 'b'): Promise<unknown> => key.send(new PutObjectCommand({ Bucket, Key, Body: '12345' }));
    const upkeep = (
      quotaBytes: number,
      beforeChange?: () => Promise<void>,
    ): ReturnType<StoreUnderTest['region']['maintain']> =>
      make().region.maintain({
        tenantId: tenant.tenantId,
        expire: false,
        now: new Date(),
        signal: AbortSignal.timeout(60_000),
        quotaBytes,
        ...(beforeChange === undefined ? {} : { beforeChange }),
      });

    test('is afterwards what it was, and its neighbour notices nothing', async () => {
      const [before, neighbourBefore] = [await policy(), await policy(neighbour.bucket.name)];
      const held = await versions();
      expect(await access()).toBe('open');
      for (const step of STEPS) {
        await give(step);
        // Moto lets every caller list, so it never seems closed.
        if (step === 'closed' && !refuses)
          await expect(access()).rejects.toMatchObject({ type: 'ProviderUnavailable', nonRetryable: false });
        else expect(await access()).toBe(step);
        expect(await policy(neighbour.bucket.name)).toBe(neighbourBefore);
      }
      expect(JSON.parse(await policy())).toEqual(JSON.parse(before));
      expect(await access(neighbour)).toBe('open');
      expect(await versions()).toEqual(held);
      await put();
    });

    test('has a bucket that is found whole and listed, and not opened by a repeated creation, whatever its access', async () => {
      const { bucket } = make().region.kinds;
      const seen = async (): Promise<unknown> => {
        const listed: string[] = [];
        for await (const { name } of bucket.list(tenant.bucket.region, tenant.bucket.signal)) listed.push(name);
        return {
          found: await bucket.find(tenant.bucket),
          withoutSpec: await bucket.find({ ...tenant.bucket, spec: undefined }),
          listed: listed.includes(Bucket),
        };
      };
      const whole = await seen();
      expect(whole).toMatchObject({ found: { state: 'present' }, listed: true });
      for (const step of ['closed', 'read-only', 'open'] as const) {
        await give(step);
        expect(await seen()).toEqual(whole);
        const given = await policy();
        await bucket.create(tenant.bucket);
        expect(await policy()).toBe(given);
      }
    });

    test.each(['closed', 'read-only'] as const)('has a bucket that can be removed while it is %s', async (step) => {
      const { bucket } = make().region.kinds;
      await give(step);
      await bucket.remove({ ...tenant.bucket, spec: undefined });
      expect((await bucket.find(tenant.bucket)).state).toBe('absent');
    });

    test('stays closed when it comes above its quota, and can then be emptied but not written to', async () => {
      const before = await policy();
      await give('closed');
      expect(await upkeep(4)).toMatchObject({ over: true, bytes: 5, versions: 1 });
      expect(await policy()).toContain('TenantClosed');
      await give('open');
      expect(await policy()).not.toContain('s3:PutObject');
      expect(await policy()).toContain('s3:DeleteObject');
      if (refuses) {
        expect(await access()).toBe('open');
        await expect(put()).rejects.toMatchObject({ name: 'AccessDenied' });
        await key.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
      }
      await give('read-only');
      expect(await upkeep(5)).toMatchObject({ over: false });
      expect(await policy()).toContain('TenantReadsOnly');
      await give('open');
      expect(JSON.parse(await policy())).toEqual(JSON.parse(before));
    });

    test('is not opened by an upkeep that had read the policy before it was closed', async () => {
      await upkeep(4, () => give('closed'));
      expect(await policy()).toContain('TenantClosed');
      await give('open');
      await upkeep(5, () => give('read-only'));
      expect(await policy()).toContain('TenantReadsOnly');
    });

    test('is left alone if its policy was changed by hand', async () => {
      const { s3 } = make();
      const changed = (await policy()).replaceAll('s3:GetBucketCORS', 's3:GetBucketAcl');
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: changed }));
      await expect(give('closed')).rejects.toMatchObject({ type: 'StateConflict' });
      expect(JSON.parse(await policy())).toEqual(JSON.parse(changed));
    });

    if (!refuses) return;

    test('has its policy again if that was deleted by hand', async () => {
      const before = await policy();
      await make().s3.send(new DeleteBucketPolicyCommand({ Bucket }));
      await give('open');
      expect(JSON.parse(await policy())).toEqual(JSON.parse(before));
    });

    const refused = { $metadata: { httpStatusCode: 403 } };
    const listKeys = async (): Promise<(string | undefined)[]> =>
      ((await key.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key);
    const changes = (UploadId: string): Promise<unknown>[] => [
      put(),
      key.send(new DeleteObjectCommand({ Bucket, Key: 'a' })),
      key.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'a' }] } })),
      key.send(new CopyObjectCommand({ Bucket, Key: 'c', CopySource: `${Bucket}/a` })),
      key.send(new CreateMultipartUploadCommand({ Bucket, Key: 'd' })),
      key.send(new UploadPartCommand({ Bucket, Key: 'begun', UploadId, PartNumber: 2, Body: 'x' })),
    ];
    const begin = async (): Promise<string> => {
      const { UploadId } = await key.send(new CreateMultipartUploadCommand({ Bucket, Key: 'begun' }));
      return UploadId!;
    };
    const urls = async (): Promise<Record<'get' | 'put', URL>> => {
      const { settings } = make();
      const credentials = (await readAccessKey(tenant.key.secrets))!;
      const of = (method: string, Key: string): Promise<URL> =>
        presigned(settings, credentials, { method, path: `/${Bucket}/${Key}` });
      return { get: await of('GET', 'a'), put: await of('PUT', 'signed') };
    };

    test('is closed to its key in every way, and to URLs that it signed while open', async () => {
      const { get, put: write } = await urls();
      const upload = await begin();
      expect((await fetch(get)).status).toBe(200);
      await give('closed');
      for (const change of changes(upload)) await expect(change).rejects.toMatchObject(refused);
      for (const look of [new GetObjectCommand({ Bucket, Key: 'a' }), new HeadObjectCommand({ Bucket, Key: 'a' })])
        await expect(key.send(look)).rejects.toMatchObject(refused);
      await expect(listKeys()).rejects.toMatchObject(refused);
      expect((await fetch(get)).status).toBe(403);
      expect((await fetch(write, { method: 'PUT', body: 'x' })).status).toBe(403);

      await give('open');
      expect(await (await fetch(get)).text()).toBe('12345');
      expect((await fetch(write, { method: 'PUT', body: 'x' })).status).toBe(200);
      expect(await listKeys()).toEqual(['a', 'signed']);
    });

    test('can be read but in no way changed while it is read-only', async () => {
      const { get, put: write } = await urls();
      const upload = await begin();
      const { ETag } = await key.send(
        new UploadPartCommand({ Bucket, Key: 'begun', UploadId: upload, PartNumber: 1, Body: 'part' }),
      );
      await give('read-only');
      for (const change of changes(upload)) await expect(change).rejects.toMatchObject(refused);
      expect(await listKeys()).toEqual(['a']);
      const { Body } = await key.send(new GetObjectCommand({ Bucket, Key: 'a' }));
      expect(await Body?.transformToString()).toBe('12345');
      expect((await fetch(get)).status).toBe(200);
      expect((await fetch(write, { method: 'PUT', body: 'x' })).status).toBe(403);

      await give('open');
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
      await key.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'begun', UploadId: upload, MultipartUpload }));
      expect(await listKeys()).toEqual(['a', 'begun']);
    });

    test('is still maintained and read by the product while it is closed', async () => {
      await put('a');
      await give('closed');
      const now = new Date(Date.now() + 31 * 86_400_000);
      const { tenantId } = tenant;
      const signal = AbortSignal.timeout(60_000);
      const expiry = await make().region.maintain({ tenantId, retentionDays: 30, expire: true, now, signal });
      expect(expiry).toMatchObject({ versions: 1, deleted: { versions: 1 } });
      const { Body } = await make().s3.send(new GetObjectCommand({ Bucket, Key: 'a' }));
      expect(await Body?.transformToString()).toBe('12345');
    });
  });
}
