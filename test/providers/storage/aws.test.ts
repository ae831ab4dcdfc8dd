import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
} from '@aws-sdk/client-iam';
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetPublicAccessBlockCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { readAccessKey } from '../../../providers/storage/access-key';
import { s3Client } from '../../../providers/storage/s3-client';
import { createStorage, type RegionStorage, type Storage } from '../../../providers/storage/storage';
import { probeAlways } from '../../../providers/port/probe';
import type { StorageSettings } from '../../../config/regions';
import { PROBE_TENANT_ID, dashName } from '../../../contract/ids';
import { createKmsKey, motoMissing, startMoto } from '../../helpers/providers/storage/moto';
import { storageRegion } from '../../helpers/providers/storage/storage-regions';
import { describeKind, memorySecrets } from '../kind-suite';
import { describeAccess } from './access';
import { bucketExists, bucketFixture, furnishKey, tenantStorage } from './fixture';
import { AWS_UNDOINGS } from './aws-undoings';
import {
  describeCapabilities,
  describeUndoings,
  KMS_KEY,
  UNDOINGS,
  withoutPolicy,
  type StoreUnderTest,
} from './capabilities';
import { describeTending } from './upkeep';
import { describeVault } from './vault';

const REGION = 'eu-central';
const missing = motoMissing();

if (missing !== undefined) {
  test.todo(`object store with the API of AWS: not run, ${missing}`);
} else {
  // Reported as open in every run, because moto cannot test it.
  test.todo('isolation between tenants at AWS: not run, moto allows every caller everything');

  let moto: Awaited<ReturnType<typeof startMoto>>;
  let storage: Storage;
  let storageSettings: StorageSettings;
  let region: RegionStorage;
  let s3: S3Client;
  let iam: IAMClient;
  let kmsKey: string;
  beforeAll(async () => {
    moto = await startMoto();
    const key = { accessKeyId: 'test', secretAccessKey: 'test' };
    storageSettings = {
      provider: 'aws',
      name: 'eu-objects',
      endpoint: moto.url,
      iamEndpoint: moto.url,
      region: 'eu-central-1',
      capacity: 100,
      vaultBucket: 'tenant-vault-tests',
      ...key,
    };
    storage = createStorage([storageRegion(REGION, storageSettings)]);
    region = storage.forRegion(REGION);
    s3 = s3Client(storageSettings);
    iam = new IAMClient({ endpoint: moto.url, region: 'eu-central-1', credentials: key });
    kmsKey = await createKmsKey(moto.url);
    // Buckets send their access logs to the vault, so it must exist first.
    await region.vault.prepare(AbortSignal.timeout(60_000));
  }, 300_000);
  afterAll(async () => {
    storage?.close();
    s3?.destroy();
    iam?.destroy();
    await moto?.stop();
  });

  describeKind('storage-access-key on AWS', () =>
    Promise.resolve({
      kind: region.kinds.accessKey,
      region: REGION,
      spec: () => ({}),
      furnish: furnishKey(region.kinds, REGION),
      // Moto lets every caller list, so its key never seems closed.
      look: (context, expected) =>
        expected === 'closed' ? Promise.resolve(expected) : region.kinds.accessKey.access!(context),
      exists: ({ name }) => userExists(name),
      makePartial: async ({ name, tenantId }) => {
        const Tags = [
          { Key: 'managed-by', Value: 'tenant-provisioner' },
          { Key: 'tenantId', Value: tenantId },
        ];
        await iam.send(new CreateUserCommand({ UserName: name, Path: `/tenants/${REGION}/`, Tags }));
        await iam.send(new CreateAccessKeyCommand({ UserName: name }));
      },
      makeForeign: async ({ name: UserName }) => {
        await iam.send(new CreateUserCommand({ UserName }));
        return async () => {
          await iam.send(new DeleteUserCommand({ UserName }));
        };
      },
    }),
  );
  describeKind('bucket on AWS', () => Promise.resolve(bucketFixture(region.kinds, REGION, s3)));
  const place = (): StoreUnderTest => ({ region, s3, name: REGION, kmsKey });
  describeCapabilities('AWS', place);
  describeUndoings('AWS', place, [...UNDOINGS, ...AWS_UNDOINGS], { kmsKeyArn: KMS_KEY });
  describeTending('AWS', place, { expires: false });
  describeAccess('AWS', () => ({ ...place(), settings: storageSettings }), { refuses: false });
  describeVault('AWS', () => ({ region, settings: storageSettings }), { refuses: false });

  async function userExists(UserName: string): Promise<boolean> {
    try {
      await iam.send(new GetUserCommand({ UserName }));
      return true;
    } catch (error) {
      if (/NoSuchEntity/.test((error as Error).name)) return false;
      throw error;
    }
  }

  describe('an access key at AWS', () => {
    test('that exists at the provider but was not stored is deleted and made again; the stored key is then the only one', async () => {
      const tenant = await tenantStorage(region.kinds, REGION);
      const first = await readAccessKey(tenant.key.secrets);
      const lost = { ...tenant.key, secrets: memorySecrets() };
      expect((await region.kinds.accessKey.find(lost)).state).toBe('partial');
      await region.kinds.accessKey.create(lost);
      const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName: tenant.key.name }));
      const second = await readAccessKey(lost.secrets);
      expect(AccessKeyMetadata.map((key) => key.AccessKeyId)).toEqual([second?.accessKeyId]);
      expect(second?.accessKeyId).not.toBe(first?.accessKeyId);
      await tenant.remove();
    });

    test('that was deleted by hand makes the user partial, and a second key beside ours is deleted', async () => {
      const tenant = await tenantStorage(region.kinds, REGION);
      const UserName = tenant.key.name;
      const stored = (await readAccessKey(tenant.key.secrets))!;
      await iam.send(new CreateAccessKeyCommand({ UserName }));
      expect((await region.kinds.accessKey.find(tenant.key)).state).toBe('partial');
      await region.kinds.accessKey.create(tenant.key);
      expect(await readAccessKey(tenant.key.secrets)).toEqual(stored);
      await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: stored.accessKeyId }));
      expect((await region.kinds.accessKey.find(tenant.key)).state).toBe('partial');
      await tenant.remove();
    });
  });

  test('the key of a closed tenant is inactive at AWS, and the policy denies its user everything', async () => {
    const tenant = await tenantStorage(region.kinds, REGION);
    const context = { ...tenant.key, spec: undefined };
    const seen = async (): Promise<unknown[]> => {
      const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName: tenant.key.name }));
      const { Policy = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket: tenant.bucket.name }));
      const { Statement } = JSON.parse(Policy) as {
        Statement: { Effect: string; Principal: unknown; Action: unknown }[];
      };
      const denied = Statement.filter(({ Effect }) => Effect === 'Deny').map(({ Action }) => Action);
      return [AccessKeyMetadata.map(({ Status }) => Status), denied];
    };
    const before = await seen();
    await region.kinds.accessKey.update!(context, { access: 'closed' });
    expect(await seen()).toEqual([['Inactive'], [['s3:*']]]);
    await region.kinds.accessKey.update!(context, { access: 'read-only' });
    expect(await seen()).toEqual([['Active'], [expect.arrayContaining(['s3:PutObject', 's3:DeleteObject'])]]);
    await region.kinds.accessKey.update!(context, { access: 'open' });
    expect(await seen()).toEqual(before);
    await tenant.remove();
  });

  describe('a bucket at AWS', () => {
    test('is closed to the public, encrypted, expires unfinished uploads, and names the tenant’s user in its policy', async () => {
      const tenant = await tenantStorage(region.kinds, REGION);
      const Bucket = tenant.bucket.name;
      const block = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
      expect(Object.values(block.PublicAccessBlockConfiguration ?? {})).toEqual([true, true, true, true]);
      const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
      expect(ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault).toMatchObject({
        SSEAlgorithm: 'AES256',
      });
      const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
      expect(Rules?.map((rule) => rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation)).toContain(7);
      expect(Rules?.map((rule) => rule.NoncurrentVersionExpiration?.NoncurrentDays)).toContain(30);
      const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
      expect(Policy).toContain(`:user/tenants/${REGION}/${tenant.key.name}`);
      await tenant.remove();
    });

    test('whose content must be kept deletes nothing by itself, and afterwards does so as before', async () => {
      const tenant = await tenantStorage(region.kinds, REGION);
      const { tenantId, bucket } = tenant;
      const rules = async () =>
        (await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket.name }))).Rules ?? [];
      const before = await rules();
      const round = (held: boolean) =>
        region.maintain({
          tenantId,
          expire: true,
          held: () => Promise.resolve(held),
          now: new Date(),
          signal: AbortSignal.timeout(60_000),
        });
      for (let repeat = 0; repeat < 2; repeat++) {
        await round(true);
        expect((await rules()).map(({ Status }) => Status)).toEqual(before.map(() => 'Disabled'));
      }
      for (let repeat = 0; repeat < 2; repeat++) {
        await round(false);
        expect(await rules()).toEqual(before);
      }
      await tenant.remove();
    });

    test('is removed with versions, delete markers and unfinished uploads', async () => {
      const tenant = await tenantStorage(region.kinds, REGION);
      const Bucket = tenant.bucket.name;
      for (const Key of ['a', 'a', 'with space', 'a+b%2Fc', 'control\u0001character', 'ümläut'])
        await s3.send(new PutObjectCommand({ Bucket, Key, Body: '1' }));
      await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
      await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'unfinished' }));
      await region.kinds.bucket.remove({ ...tenant.bucket, spec: undefined });
      expect(await bucketExists(s3, Bucket)).toBe(false);
      await tenant.remove();
    });
  });

  test('the probe tenant can be prepared twice without harm, and the tenant’s own checks use API calls that AWS knows', async () => {
    const signal = AbortSignal.timeout(60_000);
    const secrets = memorySecrets();
    await region.prepare(secrets, signal);
    await region.prepare(secrets, signal);
    expect(await bucketExists(s3, dashName(PROBE_TENANT_ID))).toBe(true);
    const tenant = await tenantStorage(region.kinds, REGION);
    const checks = await region.verify({
      tenantId: tenant.tenantId,
      key: (await readAccessKey(tenant.key.secrets))!,
      probeKey: (await readAccessKey(secrets))!,
      probe: probeAlways,
      signal,
    });
    const own = ['storage.write', 'storage.read', 'storage.list', 'storage.delete', 'storage.encryption'];
    expect(checks.filter((check) => own.includes(check.id) && !check.passed)).toEqual([]);
    // The checks notice that moto denies no access.
    expect(checks.filter((check) => check.passed)).toHaveLength(own.length);
    await tenant.remove();
  });

  test('access logs have a place in the vault, which only S3 may write', async () => {
    const Bucket = region.vault.bucket;
    const { Policy = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
    const [statement, ...others] = (JSON.parse(Policy) as { Statement: Record<string, unknown>[] }).Statement;
    expect(others).toEqual([]);
    expect(statement).toMatchObject({
      Principal: { Service: 'logging.s3.amazonaws.com' },
      Resource: `arn:aws:s3:::${Bucket}/logs/*`,
      Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
    });
    const { Rules = [] } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(Rules.map((rule) => [rule.Filter?.Prefix, rule.Expiration?.Days])).toEqual([['logs/', 365]]);
  });

  describe('a bucket with a key of the tenant’s own at AWS', () => {
    test('encrypts with it, lets its user use it only through S3, and is removed with all of that', async () => {
      const tenant = await tenantStorage(region.kinds, REGION, { kmsKeyArn: KMS_KEY });
      const { name: Bucket } = tenant.bucket;
      const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
      expect(ServerSideEncryptionConfiguration?.Rules).toMatchObject([
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KMS_KEY },
          BucketKeyEnabled: true,
        },
      ]);
      const answer = await iam.send(new GetUserPolicyCommand({ UserName: tenant.key.name, PolicyName: 'tenant-key' }));
      const granted = JSON.parse(decodeURIComponent(answer.PolicyDocument ?? '')) as { Statement: object[] };
      expect(granted.Statement).toMatchObject([{ Effect: 'Allow', Resource: [KMS_KEY] }]);
      expect(await region.kinds.bucket.find(tenant.bucket)).toMatchObject({ facts: { kmsKeyArn: KMS_KEY } });
      await tenant.remove();
      expect(await userExists(tenant.key.name)).toBe(false);
    });

    test('is checked: an object under another key does not pass', async () => {
      const signal = AbortSignal.timeout(60_000);
      const secrets = memorySecrets();
      await region.prepare(secrets, signal);
      const tenant = await tenantStorage(region.kinds, REGION, { kmsKeyArn: kmsKey });
      await withoutPolicy(s3, tenant.bucket.name);
      const keys = { key: (await readAccessKey(tenant.key.secrets))!, probeKey: (await readAccessKey(secrets))! };
      const encryption = async (kmsKeyArn: string): Promise<unknown> =>
        (await region.verify({ tenantId: tenant.tenantId, ...keys, kmsKeyArn, probe: probeAlways, signal })).find(
          (check) => check.id === 'storage.encryption',
        );
      expect(await encryption(kmsKey)).toMatchObject({ passed: true, answered: `aws:kms under ${kmsKey}` });
      expect(await encryption(KMS_KEY)).toMatchObject({ passed: false });
      await tenant.remove();
    });
  });
}
