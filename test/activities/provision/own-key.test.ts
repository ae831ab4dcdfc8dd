import { randomBytes, randomUUID } from 'node:crypto';
import { GetBucketEncryptionCommand } from '@aws-sdk/client-s3';
import { DescribeKeyCommand, KMSClient, ListKeyRotationsCommand } from '@aws-sdk/client-kms';
import { createKeys, type Keys } from '../../../providers/keys/keys';
import type { MonitoringSpec } from '../../../providers/monitoring/monitoring';
import type { NamespaceSpec } from '../../../providers/kubernetes/manifests';
import { createRegistryKinds } from '../../../providers/registry/kinds';
import { s3Client } from '../../../providers/storage/s3-client';
import { createStorage } from '../../../providers/storage/storage';
import { createEffects } from '../../../activities/effects/effect';
import { type RegisteredKind } from '../../../activities/effects/resource-context';
import type { Classify } from '../../../providers/port/failures';
import type { ResourceKind } from '../../../providers/port/kind';
import { createOwnKey } from '../../../activities/provision/own-key';
import { createReserve } from '../../../activities/provision/reserve';
import { createStorageAndCompute } from '../../../activities/provision/storage-and-compute';
import type { RegionSettings } from '../../../config/regions';
import { backupIdOf } from '../../../contract/backups/backups';
import { discloseBackupKey } from '../../../registry/backups/disclosure';
import { beginBackup, completeBackup, requestBackup, type BackupManifest } from '../../../registry/backups/backups';
import { registerCells } from '../../../registry/capacity/capacity';
import { listKeyGenerations } from '../../../registry/keys/generations';
import { rotateTenantKey } from '../../../registry/keys/rotation';
import { listResources, listUnreleased } from '../../../registry/ledger/ledger';
import { loadOperation } from '../../../registry/operations/operations';
import { recordOutcome } from '../../../registry/operations/transitions';
import { readSecret, storeSecret } from '../../../registry/keys/secrets';
import { TenantKeyDestroyed } from '../../../registry/keys/tenant-keys';
import { memorySecrets, unusedKind } from '../../providers/kind-suite';
import { acceptTenant } from '../../helpers/tenants/accepted';
import { motoMissing, startMoto } from '../../helpers/providers/storage/moto';
import { createTestRegistry, testRing, type TestRegistry } from '../../helpers/registry';
import { storageRegion } from '../../helpers/providers/storage/storage-regions';

const REGION = 'eu-central';
const missing = motoMissing();

if (missing !== undefined) test.todo(`a tenant with a key of its own: not run, ${missing}`);
else
  describe('a tenant with a key of its own', () => {
    const ring = testRing();
    let moto: Awaited<ReturnType<typeof startMoto>>;
    let kms: KMSClient;
    let registry: TestRegistry;
    let region: RegionSettings;
    const made: Keys[] = [];

    /** Keys as a freshly started process has them, with empty caches. */
    const freshKeys = (regions = [region]): Keys => {
      const keys = createKeys(ring, regions);
      made.push(keys);
      return keys;
    };
    beforeAll(async () => {
      [moto, registry] = await Promise.all([startMoto(), createTestRegistry()]);
      const access = { accessKeyId: 'test', secretAccessKey: 'test', region: 'eu-central-1', endpoint: moto.url };
      region = {
        ...storageRegion(REGION, {
          provider: 'aws',
          name: 's3-1',
          capacity: 10,
          vaultBucket: 'vault',
          iamEndpoint: moto.url,
          ...access,
        }),
        keys: { provider: 'aws-kms', ...access },
        compute: { pool: [{ name: 'cell-1', capacityCpuMillis: 100_000 }] },
      };
      registry.keys = freshKeys();
      kms = new KMSClient({ ...access, credentials: access });
      await registerCells(registry.pool, [
        { region: REGION, kind: 'database', cell: 'none', capacity: 10 },
        { region: REGION, kind: 'storage', cell: 's3-1', capacity: 10 },
        { region: REGION, kind: 'compute', cell: 'cell-1', capacity: 100_000 },
      ]);
    }, 300_000);
    afterAll(async () => {
      for (const keys of made) keys.close();
      kms?.destroy();
      await registry?.drop();
      await moto?.stop();
    });

    const kindsWith = (classify: Classify) => ({
      of: <Spec>(kind: ResourceKind<Spec>): RegisteredKind<Spec> => ({ kind, classify }),
    });

    function dependencies() {
      const keys = freshKeys();
      const { pool } = registry;
      const kinds = createRegistryKinds(pool, keys);
      const all = [...Object.values(kinds), keys.ownKey].map((kind): RegisteredKind => {
        return { kind: kind as ResourceKind, classify: keys.classify };
      });
      const signal = (): AbortSignal => AbortSignal.timeout(60_000);
      const kindOf = (provider: string, name: string): RegisteredKind =>
        all.find(({ kind }) => kind.provider === provider && kind.kind === name)!;
      const effects = createEffects({ pool, keys, kindOf, signal, lateRequestSeconds: 15, repeatedRequestSeconds: 0 });
      return {
        pool,
        keys,
        effects,
        signal,
        registry: kinds,
        regions: [region],
        settings: { appDomain: 'app.example' },
        activity: () => 'run/1',
        kinds: kindsWith(keys.classify),
      };
    }

    /** A tenant whose order was validated and went through step 2, as in the workflow. */
    async function reserved() {
      const compliance = { dataResidency: 'EU', retentionPeriod: 30, encryptionLevel: 'enhanced' as const };
      const tenant = await acceptTenant(registry, { compliance });
      const { operationId } = tenant;
      await recordOutcome(registry.pool, { operationId, status: 'validating', region: REGION });
      await createReserve(dependencies()).reserveResources({ operationId, step: 'reserve', region: REGION });
      const provision = () => createOwnKey(dependencies()).provisionOwnKey({ operationId, step: 'reserve' });
      await provision();
      return { ...tenant, provision };
    }
    test('encrypts its objects', async () => {
      const { tenantId, operationId } = await reserved();
      const given = dependencies();
      const storage = createStorage([region]);
      try {
        await storage.forRegion(REGION).prepare(memorySecrets(), AbortSignal.timeout(60_000));
        const { provisionStorageAndCompute } = createStorageAndCompute({
          ...given,
          storage,
          kubernetes: { namespace: unusedKind<NamespaceSpec>('kubernetes-namespace') },
          monitoring: { account: unusedKind<MonitoringSpec>('monitoring-account') },
          kinds: kindsWith(storage.classify),
        });
        await provisionStorageAndCompute({ operationId, step: 'storage-and-compute' });
        const s3 = s3Client(region.storage);
        const { ServerSideEncryptionConfiguration } = await s3.send(
          new GetBucketEncryptionCommand({ Bucket: `t-${tenantId}` }),
        );
        s3.destroy();
        expect(ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault).toEqual({
          SSEAlgorithm: 'aws:kms',
          KMSMasterKeyID: (await keyOf(tenantId)).externalId,
        });
      } finally {
        storage.close();
      }
    });

    const keyOf = async (tenantId: string) =>
      (await listResources(registry.pool, tenantId)).find(({ kind }) => kind === 'kms-key')!;

    test('encrypts its data after step 2, however often that step is tried', async () => {
      const { tenantId, operationId, order, provision } = await reserved();
      await provision();
      const { state, externalId, region: place } = await keyOf(tenantId);
      expect({ state, place }).toEqual({ state: 'present', place: REGION });
      expect(await listKeyGenerations(registry.pool, tenantId)).toEqual([
        expect.objectContaining({
          generation: 2,
          provider: 'aws-kms',
          keyId: externalId,
          region: REGION,
          destroyedAt: null,
        }),
        expect.objectContaining({ generation: 1, provider: 'local', destroyedAt: expect.any(Date) as Date }),
      ]);
      expect((await loadOperation(registry.pool, freshKeys(), operationId))?.order).toEqual(order);
    });

    test('encrypts its secrets, which the key ring alone cannot decrypt', async () => {
      const { tenantId } = await reserved();
      const secret = { tenantId, kind: 'postgres-login', name: 'password' };
      await storeSecret(registry.pool, freshKeys(), secret, 'the password');
      expect(await readSecret(registry.pool, freshKeys(), secret)).toBe('the password');
      await expect(readSecret(registry.pool, freshKeys([]), secret)).rejects.toThrow(/AWS KMS/);
    });

    test('encrypts its backups: neither the key ring alone can open them, nor anything once the key is gone', async () => {
      const { pool } = registry;
      const { tenantId, operationId } = await reserved();
      const backup = { tenantId, backupId: backupIdOf(randomUUID()), region: REGION };
      const key = randomBytes(32);
      await requestBackup(pool, { ...backup, reason: 'requested', requestedBy: 'test' });
      const attempt = await beginBackup(pool, freshKeys(), backup, key);
      const stored = { parts: 1, bytes: 1, sha256: Buffer.alloc(32) };
      const manifest = { takenAt: new Date().toISOString() } as BackupManifest;
      await completeBackup(pool, { ...backup, attempt: attempt! }, stored, manifest);
      const disclose = (keys: Keys) => discloseBackupKey(pool, keys, { ...backup, actor: 'test', reason: 'An audit.' });
      expect(await disclose(freshKeys())).toEqual({ tenantId, key });
      await expect(disclose(freshKeys([]))).rejects.toThrow(/AWS KMS/);
      await dependencies().effects.releaseStep(operationId, 'reserve');
      await expect(disclose(freshKeys())).rejects.toThrow(TenantKeyDestroyed);
      const { rows } = await pool.query(
        `select detail->>'backupId' as "backupId" from audit_entry where tenant_id = $1 and action = 'backup.key-disclosed'`,
        [tenantId],
      );
      expect(rows).toEqual([{ backupId: backup.backupId }]);
    });

    test('is rotated together with the data key, and everything stays readable', async () => {
      const { tenantId, operationId, order } = await reserved();
      const { externalId: KeyId } = await keyOf(tenantId);
      const rotation = { tenantId, actor: 'token:operator' };
      expect(await rotateTenantKey(registry.pool, freshKeys(), rotation)).toEqual({
        outcome: 'rotated',
        generation: 3,
      });
      expect((await listKeyGenerations(registry.pool, tenantId))[0]).toMatchObject({
        provider: 'aws-kms',
        keyId: KeyId,
      });
      expect((await kms.send(new ListKeyRotationsCommand({ KeyId: KeyId! }))).Rotations).toHaveLength(1);
      expect((await loadOperation(registry.pool, freshKeys(), operationId))?.order).toEqual(order);
    });

    test('leaves nothing readable when it is undone, and is scheduled for deletion', async () => {
      const { tenantId, operationId } = await reserved();
      const { externalId: KeyId } = await keyOf(tenantId);
      await dependencies().effects.releaseStep(operationId, 'reserve');
      expect(await keyOf(tenantId)).toMatchObject({
        state: 'scheduled_for_deletion',
        facts: { deletesAt: expect.any(String) as string },
      });
      expect(await listUnreleased(registry.pool, operationId)).toEqual([]);
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: KeyId! }));
      expect(KeyMetadata?.KeyState).toBe('PendingDeletion');
      await expect(loadOperation(registry.pool, freshKeys(), operationId)).rejects.toThrow(TenantKeyDestroyed);
      // A retry of the undo changes nothing.
      await dependencies().effects.releaseStep(operationId, 'reserve');
      expect((await keyOf(tenantId)).state).toBe('scheduled_for_deletion');
    });
  });
