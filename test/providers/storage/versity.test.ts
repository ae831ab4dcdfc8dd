import { randomBytes } from 'node:crypto';
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketCorsCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  DeleteBucketPolicyCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
} from '@aws-sdk/client-s3';
import { readAccessKey } from '../../../providers/storage/access-key';
import { unmetStorageNeeds } from '../../../contract/orders/storage-capabilities';
import { purge } from '../../../providers/storage/objects/purge';
import { s3Client, type AccessKey } from '../../../providers/storage/s3-client';
import { createStorage } from '../../../providers/storage/storage';
import { versityUsers } from '../../../providers/storage/versity/users';
import { probeAlways } from '../../../providers/port/probe';
import { PROBE_TENANT_ID, dashName } from '../../../contract/ids';
import { versityRegions } from '../../helpers/providers/storage/storage-regions';
import { stackEndpoints } from '../../stack';
import { describeKind, memorySecrets, resourceContext } from '../kind-suite';
import { describeAccess } from './access';
import { bucketExists, bucketFixture, BUCKET_SPEC, furnishKey, tenantStorage } from './fixture';
import { describeCapabilities, describeUndoings, KMS_KEY, UNDOINGS } from './capabilities';
import { describeTending } from './upkeep';
import { describeVault } from './vault';

const REGION = 'eu-central';
const regions = versityRegions(stackEndpoints('s3'));
const settings = regions.find((region) => region.name === REGION)?.storage;

if (settings === undefined) {
  test.todo('Versity S3 Gateway: not run, the stack has no object store on this machine');
} else {
  const storage = createStorage(regions);
  const region = storage.forRegion(REGION);
  const { kinds, capabilities } = region;
  const admin = s3Client(settings);
  const users = versityUsers(settings);
  const signal = AbortSignal.timeout(300_000);
  afterAll(() => {
    storage.close();
    admin.destroy();
  });

  describeKind('storage-access-key on Versity', () =>
    Promise.resolve({
      kind: kinds.accessKey,
      region: REGION,
      spec: () => ({}),
      furnish: furnishKey(kinds, REGION),
      exists: async ({ name }) => (await users.list(signal)).includes(name),
      makePartial: ({ name }) =>
        users.put({ accessKeyId: name, secretAccessKey: randomBytes(20).toString('hex') }, signal),
    }),
  );
  describeKind('bucket on Versity', () => Promise.resolve(bucketFixture(kinds, REGION, admin)));

  const place = { region, s3: admin, name: REGION, kmsKey: KMS_KEY };
  describeCapabilities('Versity', () => place);
  describeUndoings('Versity', () => place, UNDOINGS);
  describeTending('Versity', () => place, { expires: true });
  describeAccess('Versity', () => ({ ...place, settings }), { refuses: true });
  describeVault('Versity', () => ({ region, settings, tenantKey }), { refuses: true });
  async function tenantKey(): Promise<AccessKey> {
    const tenant = await tenantStorage(kinds, REGION);
    return (await readAccessKey(tenant.key.secrets))!;
  }

  describe('a bucket on Versity', () => {
    test('has versions, tags and cross-origin rules at the server', async () => {
      const tenant = await tenantStorage(kinds, REGION);
      const Bucket = tenant.bucket.name;
      expect((await admin.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
      const { TagSet = [] } = await admin.send(new GetBucketTaggingCommand({ Bucket }));
      expect(Object.fromEntries(TagSet.map((tag) => [tag.Key, tag.Value]))).toEqual({
        'managed-by': 'tenant-provisioner',
        tenantId: tenant.tenantId,
        operationId: tenant.bucket.operationId,
        region: REGION,
      });
      const { CORSRules = [] } = await admin.send(new GetBucketCorsCommand({ Bucket }));
      expect(CORSRules[0]?.AllowedOrigins).toEqual(BUCKET_SPEC.corsOrigins);
      await tenant.remove();
    });

    test('with a missing or different policy is partial, and create repairs it', async () => {
      const tenant = await tenantStorage(kinds, REGION);
      const Bucket = tenant.bucket.name;
      await admin.send(new DeleteBucketPolicyCommand({ Bucket }));
      expect((await kinds.bucket.find(tenant.bucket)).state).toBe('partial');
      const open = {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'], Resource: `arn:aws:s3:::${Bucket}/*` },
        ],
      };
      await admin.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(open) }));
      expect((await kinds.bucket.find(tenant.bucket)).state).toBe('partial');
      await kinds.bucket.create(tenant.bucket);
      expect((await kinds.bucket.find(tenant.bucket)).state).toBe('present');
      await tenant.remove();
    });

    test('is removed with versions, delete markers, deep keys and unfinished uploads', async () => {
      const tenant = await tenantStorage(kinds, REGION);
      const Bucket = tenant.bucket.name;
      for (const Key of [
        'a',
        'a',
        'deep/er/b',
        'with space & <sign>',
        'a+b%2Fc',
        'tab\tnewline\n',
        'ümläut/語',
        'folder/',
      ])
        await admin.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(Key.endsWith('/') ? '' : 'x') }));
      await admin.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
      await admin.send(new CreateMultipartUploadCommand({ Bucket, Key: 'unfinished' }));
      await kinds.bucket.remove({ ...tenant.bucket, spec: undefined });
      expect(await bucketExists(admin, Bucket)).toBe(false);
      await tenant.remove();
    });

    test('is emptied page by page', async () => {
      const tenant = await tenantStorage(kinds, REGION);
      const Bucket = tenant.bucket.name;
      for (let number = 0; number < 7; number++)
        for (let version = 0; version < 2; version++)
          await admin.send(new PutObjectCommand({ Bucket, Key: `k${number}`, Body: `${version}` }));
      for (let number = 0; number < 3; number++)
        await admin.send(new CreateMultipartUploadCommand({ Bucket, Key: `u${number}` }));
      await purge(admin, Bucket, { signal, pageSize: 2 });
      await admin.send(new DeleteBucketCommand({ Bucket }));
      await tenant.remove();
    });

    test('with a key the server cannot list is given up with a reason instead of being emptied forever', async () => {
      const tenant = await tenantStorage(kinds, REGION);
      const Bucket = tenant.bucket.name;
      const Key = 'a\u0001b';
      const { VersionId } = await admin.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
      await expect(kinds.bucket.remove(tenant.bucket)).rejects.toThrow(/control characters/);
      await admin.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
      await tenant.remove();
      expect(await bucketExists(admin, Bucket)).toBe(false);
    });

    test('without tags is ours only if it is empty and younger than our intent', async () => {
      const entry = resourceContext(kinds.bucket, REGION, BUCKET_SPEC);
      const Bucket = entry.name;
      await admin.send(new CreateBucketCommand({ Bucket }));
      const anHourLater = new Date(Date.now() + 3_600_000);
      expect((await kinds.bucket.find({ ...entry, intendedAt: anHourLater })).state).toBe('foreign');
      expect((await kinds.bucket.find(entry)).state).toBe('partial');
      await admin.send(new PutObjectCommand({ Bucket, Key: 'theirs', Body: 'x' }));
      expect((await kinds.bucket.find(entry)).state).toBe('foreign');
      await kinds.bucket.remove(entry);
      expect(await bucketExists(admin, Bucket)).toBe(true);
      await purge(admin, Bucket, { signal });
      await admin.send(new DeleteBucketCommand({ Bucket }));
    });

    test('is not made before the user that its policy names', async () => {
      const entry = resourceContext(kinds.bucket, REGION, BUCKET_SPEC);
      const error = await kinds.bucket.create(entry).catch((caught: unknown) => caught);
      expect(storage.classify(error, 'bucket')).toMatchObject({ nonRetryable: false });
      await kinds.bucket.remove(entry);
      expect(await bucketExists(admin, entry.name)).toBe(false);
    });
  });

  describe('storage as a tenant sees it, on Versity', () => {
    const probeSecrets = memorySecrets();

    test('passes every check, leaves no trace, and preparing the probe tenant twice at once is harmless', async () => {
      await Promise.all([region.prepare(probeSecrets, signal), region.prepare(probeSecrets, signal)]);
      const tenant = await tenantStorage(kinds, REGION);
      const key = (await readAccessKey(tenant.key.secrets))!;
      const probeKey = (await readAccessKey(probeSecrets))!;
      const checks = await region.verify({ tenantId: tenant.tenantId, key, probeKey, probe: probeAlways, signal });
      expect(checks.filter((check) => !check.passed)).toEqual([]);
      expect(checks.map((check) => check.id)).toHaveLength(16);
      const verification = { tenantId: tenant.tenantId, key, probeKey, probe: probeAlways, signal };
      const overlapping = await Promise.all([1, 2, 3].map(() => region.verify(verification)));
      expect(overlapping.flat().filter((check) => !check.passed)).toEqual([]);
      await admin.send(new DeleteBucketPolicyCommand({ Bucket: tenant.bucket.name }));
      await admin.send(new DeleteBucketCommand({ Bucket: tenant.bucket.name }));
      await tenant.remove();
    });

    test('fails the checks when the bucket is public', async () => {
      await region.prepare(probeSecrets, signal);
      const tenant = await tenantStorage(kinds, REGION);
      const Bucket = tenant.bucket.name;
      const open = {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: '*',
            Action: ['s3:*'],
            Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
          },
        ],
      };
      await admin.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(open) }));
      const key = (await readAccessKey(tenant.key.secrets))!;
      const checks = await region.verify({
        tenantId: tenant.tenantId,
        key,
        probeKey: (await readAccessKey(probeSecrets))!,
        probe: probeAlways,
        signal,
      });
      const failed = checks.filter((check) => !check.passed).map((check) => check.id);
      expect(failed).toEqual(expect.arrayContaining(['storage.anonymous.read', 'storage.probe-at-tenant.write']));
      await tenant.remove();
    });

    test('cannot open its own bucket to others, make another bucket or see others', async () => {
      const [tenant, other] = await Promise.all([tenantStorage(kinds, REGION), tenantStorage(kinds, REGION)]);
      const client = s3Client(settings, await readAccessKey(tenant.key.secrets));
      const Bucket = tenant.bucket.name;
      await expect(client.send(new DeleteBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({
        name: 'AccessDenied',
      });
      await expect(client.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'AccessDenied' });
      await expect(client.send(new CreateBucketCommand({ Bucket: `${Bucket}-2` }))).rejects.toMatchObject({
        name: 'AccessDenied',
      });
      const seen = (await client.send(new ListBucketsCommand({}))).Buckets ?? [];
      expect(seen.map((bucket) => bucket.Name)).not.toContain(other.bucket.name);
      client.destroy();
      await tenant.remove();
      await other.remove();
    });

    test('is closed to a removed key', async () => {
      const tenant = await tenantStorage(kinds, REGION);
      const key = (await readAccessKey(tenant.key.secrets))!;
      await kinds.accessKey.remove(tenant.key);
      const client = s3Client(settings, key);
      await expect(
        client.send(new PutObjectCommand({ Bucket: tenant.bucket.name, Key: 'a', Body: 'x' })),
      ).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
      client.destroy();
      await tenant.remove();
    });

    test('has no probe tenant in any list of tenants', async () => {
      await region.prepare(probeSecrets, signal);
      for (const kind of [kinds.bucket, kinds.accessKey])
        for await (const entry of kind.list(REGION, signal)) expect(entry.tenantId).not.toBe(PROBE_TENANT_ID);
      expect(await bucketExists(admin, dashName(PROBE_TENANT_ID))).toBe(true);
    });

    test('is in its own region’s store and in no other', async () => {
      const tenant = await tenantStorage(kinds, REGION);
      for (const other of regions.filter((entry) => entry.name !== REGION)) {
        const client = s3Client(other.storage);
        expect(await bucketExists(client, tenant.bucket.name)).toBe(false);
        client.destroy();
      }
      await tenant.remove();
    });
  });

  describe('limits of Versity', () => {
    test('encryption is refused for a bucket and silently ignored for an object, so "enhanced" cannot be offered', async () => {
      const tenant = await tenantStorage(kinds, REGION);
      const Bucket = tenant.bucket.name;
      const ServerSideEncryptionConfiguration = {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }],
      };
      await expect(
        admin.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration })),
      ).rejects.toMatchObject({ name: 'NotImplemented' });
      const put = await admin.send(
        new PutObjectCommand({ Bucket, Key: 'a', Body: 'in the clear', ServerSideEncryption: 'AES256' }),
      );
      expect(put.$metadata.httpStatusCode).toBe(200);
      expect((await admin.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).ServerSideEncryption).toBeUndefined();
      await tenant.remove();

      expect(unmetStorageNeeds(capabilities, { encryptionLevel: 'standard', versioning: true })).toEqual([]);
      expect(unmetStorageNeeds(capabilities, { encryptionLevel: 'enhanced' })[0]).toMatch(/no server-side encryption/);
    });
  });
}
