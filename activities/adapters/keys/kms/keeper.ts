import {
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { KeysUnavailable, type KeyKeeper, type WrappingKey } from '../../../../contract/key-wrapping';
import { codeOf, unlessCode } from '../../../aws-errors';
import { createKeyCache } from '../cache';
import type { KmsRegion, KmsRegions } from './client';

/** Days in which a key that was removed can be taken back; AWS allows no fewer. */
export const DAYS_UNTIL_GONE = 7;

/** A key that is not there any more, or is counted out already. */
const GONE = ['NotFound', 'KMSInvalidState'];

/** AWS renews a key on demand a limited number of times in its life. */
const NO_MORE = ['LimitExceeded', 'Conflict', 'UnsupportedOperation'];

const BOUNDS = { keepMs: 60_000, entries: 1_000 };

/** Data keys wrapped by keys of the tenants' own at AWS KMS; the tenant is part of the encryption context. */
export function createKmsKeeper(regions: KmsRegions, bounds = BOUNDS): KeyKeeper {
  const cache = createKeyCache(bounds);
  return {
    async wrap(tenantId, dataKey, under) {
      if (!under) throw new Error('A key at KMS is always a certain one.');
      const { kms } = reach(regions, under);
      const command = new EncryptCommand({
        KeyId: under.keyId,
        Plaintext: dataKey,
        EncryptionContext: contextOf(tenantId),
      });
      const { CiphertextBlob } = await asked(kms.send(command));
      if (!CiphertextBlob) throw new KeysUnavailable('AWS KMS answered without a wrapped key.');
      const { keyId, region } = under;
      return { provider: 'aws-kms', keyId, region, wrapped: Buffer.from(CiphertextBlob) };
    },

    unwrap: (tenantId, key) =>
      cache.obtain(key.wrapped, async () => {
        const { kms } = reach(regions, key);
        const command = new DecryptCommand({
          KeyId: key.keyId,
          CiphertextBlob: key.wrapped,
          EncryptionContext: contextOf(tenantId),
        });
        const answer = await asked(unlessCode(kms.send(command), ...GONE));
        return answer?.Plaintext && Buffer.from(answer.Plaintext);
      }),

    async renew(key) {
      const { kms } = reach(regions, key);
      const command = new RotateKeyOnDemandCommand({ KeyId: key.keyId });
      return (await asked(unlessCode(kms.send(command), ...NO_MORE))) !== undefined;
    },

    async scheduleDeletion(key) {
      const { kms } = reach(regions, key);
      // By its id: not every server that speaks this protocol knows a key by its ARN here.
      const KeyId = key.keyId.split('/').at(-1);
      const command = new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: DAYS_UNTIL_GONE });
      const answer = await asked(unlessCode(kms.send(command), ...GONE));
      return answer?.DeletionDate ?? (await deletionOf(kms, key.keyId));
    },
  };
}

/** When a key that is counted out will be gone; now, when it is not there any more. */
async function deletionOf(kms: KmsRegion['kms'], KeyId: string): Promise<Date> {
  const answer = await asked(unlessCode(kms.send(new DescribeKeyCommand({ KeyId })), 'NotFound'));
  return answer?.KeyMetadata?.DeletionDate ?? new Date();
}

function reach(regions: KmsRegions, { keyId, region }: WrappingKey): KmsRegion {
  if (region === null) throw new Error(`The key ${keyId} names no region.`);
  return regions.of(region);
}

function contextOf(tenantId: string): Record<string, string> {
  return { purpose: 'tenant-key', tenantId };
}

/** The answer; what goes wrong on the way says no more than its code: the client's own words quote requests. */
async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KeysUnavailable) throw error;
    const code = codeOf(error) ?? (error instanceof Error ? error.name : 'no answer');
    throw new KeysUnavailable(`AWS KMS cannot be used now (${code}).`, { cause: error });
  }
}
