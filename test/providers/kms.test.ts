import { randomBytes } from 'node:crypto';
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  EnableKeyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListKeyRotationsCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { createKeys, type Keys } from '../../providers/keys/keys';
import { newTenantId } from '../../contract/ids';
import { KeysUnavailable, type WrappingKey } from '../../contract/keys/key-wrapping';
import { motoMissing, startMoto } from '../helpers/providers/storage/moto';
import { testRing } from '../helpers/registry';
import { describeKind, resourceContext } from './kind-suite';

const REGION = 'eu-central';
const missing = motoMissing();

if (missing !== undefined) {
  test.todo(`key management at AWS: not run, ${missing}`);
} else {
  // Reported as open in every run, because moto cannot test it.
  test.todo('permissions on a key at AWS: not run, moto allows every caller everything');

  let moto: Awaited<ReturnType<typeof startMoto>>;
  let kms: KMSClient;
  const ring = testRing();
  const made: Keys[] = [];

  /** Keys as another process has them, with empty caches. */
  const keys = (): Keys => {
    const access = { region: 'eu-central-1', endpoint: moto.url, accessKeyId: 'test', secretAccessKey: 'test' };
    const fresh = createKeys(ring, [{ name: REGION, keys: { provider: 'aws-kms', ...access } }]);
    made.push(fresh);
    return fresh;
  };
  beforeAll(async () => {
    moto = await startMoto();
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    kms = new KMSClient({ endpoint: moto.url, region: 'eu-central-1', credentials });
  }, 300_000);
  afterAll(async () => {
    for (const one of made) one.close();
    kms?.destroy();
    await moto?.stop();
  });

  /** Live keys by AWS's own listing: keys with the alias or with the tenant's tags. */
  async function liveKeys(tenantId: string): Promise<string[]> {
    const { Keys = [] } = await kms.send(new ListKeysCommand({}));
    const found = await Promise.all(
      Keys.map(async ({ KeyId }) => {
        const [{ Tags = [] }, { KeyMetadata }] = await Promise.all([
          kms.send(new ListResourceTagsCommand({ KeyId })),
          kms.send(new DescribeKeyCommand({ KeyId })),
        ]);
        const isIts = Tags.some(({ TagKey, TagValue }) => TagKey === 'tenantId' && TagValue === tenantId);
        return isIts && KeyMetadata?.KeyState === 'Enabled' ? [KeyId!] : [];
      }),
    );
    return found.flat();
  }
  const hasAlias = async (name: string): Promise<boolean> => {
    const answer = await kms.send(new DescribeKeyCommand({ KeyId: `alias/${name}` })).catch(() => undefined);
    return answer?.KeyMetadata?.KeyState === 'Enabled';
  };
  const tags = (tenantId: string) =>
    Object.entries({ 'managed-by': 'tenant-provisioner', tenantId, region: REGION }).map(([TagKey, TagValue]) => ({
      TagKey,
      TagValue,
    }));

  describeKind('kms-key on AWS', () =>
    Promise.resolve({
      kind: keys().ownKey,
      region: REGION,
      spec: () => ({}),
      gone: 'scheduled' as const,
      exists: async ({ name, tenantId }) => (await hasAlias(name)) || (await liveKeys(tenantId)).length > 0,
      makePartial: async ({ tenantId }) => {
        await kms.send(new CreateKeyCommand({ Tags: tags(tenantId) }));
      },
      makeForeign: async ({ name }) => {
        const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
        const TargetKeyId = KeyMetadata!.KeyId;
        await kms.send(new CreateAliasCommand({ AliasName: `alias/${name}`, TargetKeyId }));
        return async () => {
          await kms.send(new DeleteAliasCommand({ AliasName: `alias/${name}` }));
          await kms.send(new ScheduleKeyDeletionCommand({ KeyId: TargetKeyId }));
        };
      },
    }),
  );

  describe('a key of a tenant’s own', () => {
    const ownKey = async (tenantId = newTenantId()) => {
      const { ownKey: kind } = keys();
      const context = resourceContext(kind, REGION, {}, tenantId);
      const { id } = await kind.create(context);
      const under: WrappingKey = { provider: 'aws-kms', keyId: id, region: REGION };
      return { kind, context, id, tenantId, under };
    };

    test('that was half made is completed, without a second key', async () => {
      const tenantId = newTenantId();
      await kms.send(new CreateKeyCommand({ Tags: tags(tenantId) }));
      const { id } = await ownKey(tenantId);
      expect(await liveKeys(tenantId)).toEqual([id.split('/').at(-1)]);
    });

    test('is rotated by AWS every year, and on demand', async () => {
      const { id: KeyId, under } = await ownKey();
      expect((await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).KeyRotationEnabled).toBe(true);
      expect(await keys().renew(under)).toBe(true);
      expect((await kms.send(new ListKeyRotationsCommand({ KeyId }))).Rotations).toHaveLength(1);
    });

    test('wraps a data key for its own tenant only', async () => {
      const { tenantId, under } = await ownKey();
      const dataKey = randomBytes(32);
      const wrapped = await keys().wrap(tenantId, dataKey, under);
      expect(wrapped).toMatchObject(under);
      expect(wrapped.wrapped.includes(dataKey)).toBe(false);
      expect(await keys().unwrap(tenantId, wrapped)).toEqual(dataKey);
      await expect(keys().unwrap(newTenantId(), wrapped)).rejects.toThrow(KeysUnavailable);
    });

    // AWS itself refuses to decrypt with such a key in the meantime; moto decrypts all the same.
    test('is scheduled for deletion, and is usable as before once the deletion is cancelled', async () => {
      const { tenantId, under, id: KeyId, context, kind } = await ownKey();
      const wrapped = await keys().wrap(tenantId, randomBytes(32), under);
      const goneAt = await keys().scheduleDeletion(under);
      expect(goneAt!.getTime() - Date.now()).toBeGreaterThan(6 * 86_400_000);
      const again = await keys().scheduleDeletion(under);
      expect(Math.abs(again!.getTime() - goneAt!.getTime())).toBeLessThan(60_000);
      expect(await kind.find({ ...context, id: KeyId })).toMatchObject({ state: 'scheduled', id: KeyId });
      const itsId = KeyId.split('/').at(-1);
      await kms.send(new CancelKeyDeletionCommand({ KeyId: itsId }));
      await kms.send(new EnableKeyCommand({ KeyId: itsId }));
      expect((await kind.find({ ...context, id: KeyId })).state).not.toBe('scheduled');
      expect(await keys().unwrap(tenantId, wrapped)).toHaveLength(32);
    });

    test('cannot be used by a process whose configuration lacks the region, and the error says what to do', async () => {
      const { tenantId, under } = await ownKey();
      const wrapped = await keys().wrap(tenantId, randomBytes(32), under);
      await expect(createKeys(ring, []).unwrap(tenantId, wrapped)).rejects.toThrow(/Set REGIONS_FILE/);
    });
  });
}
