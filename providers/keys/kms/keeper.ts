import {
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { KeysUnavailable, type KeyKeeper, type WrappingKey } from '../../../contract/keys/key-wrapping';
import { codeOf, unlessCode } from '../../aws/errors';
import { createKeyCache } from '../cache';
import type { KmsRegion, KmsRegions } from './client';

/** Days in which the deletion of a key can be cancelled; the fewest that AWS allows. */
export const DAYS_UNTIL_GONE = 7;

/** Codes for a key that is gone or already scheduled for deletion. */
const GONE_CODES = ['NotFound', 'KMSInvalidState'];

/** Codes for a key that cannot be rotated on demand now: AWS limits the number of such rotations in a key's life. */
const CANNOT_ROTATE_CODES = ['LimitExceeded', 'Conflict', 'UnsupportedOperation'];

const BOUNDS = { keepMs: 60_000, entries: 1_000 };

/** Wraps data keys with the tenants' own keys at AWS KMS. The tenant is part of the encryption context. */
export function createKmsKeeper(regions: KmsRegions, bounds = BOUNDS): KeyKeeper {
  const cache = createKeyCache(bounds);
  return {
    async wrap(tenantId, dataKey, under) {
      if (!under) throw new Error('Wrapping at AWS KMS needs the tenant’s own key, and none was given.');
      const { kms } = kmsOf(regions, under);
      const command = new EncryptCommand({
        KeyId: under.keyId,
        Plaintext: dataKey,
        EncryptionContext: contextOf(tenantId),
      });
      const { CiphertextBlob } = await orUnavailable(kms.send(command));
      if (!CiphertextBlob) throw new KeysUnavailable('AWS KMS answered without a wrapped key.');
      const { keyId, region } = under;
      return { provider: 'aws-kms', keyId, region, wrapped: Buffer.from(CiphertextBlob) };
    },

    unwrap: (tenantId, key) =>
      cache.obtain(key.wrapped, async () => {
        const { kms } = kmsOf(regions, key);
        const command = new DecryptCommand({
          KeyId: key.keyId,
          CiphertextBlob: key.wrapped,
          EncryptionContext: contextOf(tenantId),
        });
        const answer = await orUnavailable(unlessCode(kms.send(command), ...GONE_CODES));
        return answer?.Plaintext && Buffer.from(answer.Plaintext);
      }),

    async renew(key) {
      const { kms } = kmsOf(regions, key);
      const command = new RotateKeyOnDemandCommand({ KeyId: key.keyId });
      return (await orUnavailable(unlessCode(kms.send(command), ...CANNOT_ROTATE_CODES))) !== undefined;
    },

    async scheduleDeletion(key) {
      const { kms } = kmsOf(regions, key);
      // The id instead of the ARN, which some KMS-compatible servers do not accept here.
      const KeyId = key.keyId.split('/').at(-1);
      const command = new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: DAYS_UNTIL_GONE });
      const answer = await orUnavailable(unlessCode(kms.send(command), ...GONE_CODES));
      return answer?.DeletionDate ?? (await deletionOf(kms, key.keyId));
    },
  };
}

/** Deletion time of a key that is scheduled for deletion; the current time if it is already gone. */
async function deletionOf(kms: KmsRegion['kms'], KeyId: string): Promise<Date> {
  const answer = await orUnavailable(unlessCode(kms.send(new DescribeKeyCommand({ KeyId })), 'NotFound'));
  return answer?.KeyMetadata?.DeletionDate ?? new Date();
}

function kmsOf(regions: KmsRegions, { keyId, region }: WrappingKey): KmsRegion {
  if (region === null) throw new Error(`The key ${keyId} names no region.`);
  return regions.of(region);
}

function contextOf(tenantId: string): Record<string, string> {
  return { purpose: 'tenant-key', tenantId };
}

/** Translates errors of the client to {@link KeysUnavailable}, with their code only, because their messages quote requests. */
async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KeysUnavailable) throw error;
    const code = codeOf(error) ?? (error instanceof Error ? error.name : 'no answer');
    throw new KeysUnavailable(`AWS KMS cannot be used now (${code}).`, { cause: error });
  }
}
