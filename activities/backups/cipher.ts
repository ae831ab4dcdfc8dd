import { createCipheriv, createDecipheriv } from 'node:crypto';
import { unusable } from '../../providers/port/unusable-backup';

/** Bytes of a part before encryption. Two parts are held in memory at once, however large the backup is. */
export const PART_BYTES = 4 * 1024 * 1024;

const TAG_BYTES = 16;

/** The authenticated context that binds a part to its backup and tenant. */
export function partContext({ tenantId, backupId }: { tenantId: string; backupId: string }): string {
  return `tenant-backup/1:${tenantId}:${backupId}`;
}

/**
 * Encrypts a stream as parts of AES-256-GCM, each ciphertext ‖ tag. The nonce holds the part's number and whether it is the last one, so
 * parts that are missing, swapped, repeated or cut off at the end do not decrypt; `context` is authenticated with each part. A key must
 * encrypt one stream only. Even an empty stream has a last part.
 */
export async function* sealParts(
  key: Buffer,
  context: string,
  plain: AsyncIterable<Buffer>,
  partBytes = PART_BYTES,
): AsyncGenerator<Buffer, void> {
  let index = 0;
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of plain) {
    held.push(chunk);
    bytes += chunk.length;
    // A part that is exactly full may be the last one, so it waits for what follows.
    if (bytes <= partBytes) continue;
    let rest = Buffer.concat(held);
    for (; rest.length > partBytes; rest = rest.subarray(partBytes))
      yield seal(key, context, index++, false, rest.subarray(0, partBytes));
    [held, bytes] = [[rest], rest.length];
  }
  yield seal(key, context, index, true, Buffer.concat(held));
}

/** The reverse of {@link sealParts}. Throws `BackupUnusable` with the number of the first part that differs from what was written. */
export async function* openParts(
  key: Buffer,
  context: string,
  parts: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void> {
  let index = 0;
  let held: Buffer | undefined;
  for await (const part of parts) {
    if (held) yield open(key, context, index++, false, held);
    held = part;
  }
  if (!held) throw unusable('it has no parts');
  yield open(key, context, index, true, held);
}

function seal(key: Buffer, context: string, index: number, last: boolean, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce(index, last)).setAAD(Buffer.from(context));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function open(key: Buffer, context: string, index: number, last: boolean, part: Buffer): Buffer {
  const plain = tryOpen(key, context, nonce(index, last), part);
  if (plain) return plain;
  if (last && tryOpen(key, context, nonce(index, false), part)) throw unusable(`it is cut off after part ${index}`);
  throw unusable(`part ${index} was modified, replaced, or encrypted with another key`);
}

function tryOpen(key: Buffer, context: string, iv: Buffer, part: Buffer): Buffer | undefined {
  if (part.length < TAG_BYTES) return undefined;
  const at = part.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(context))
    .setAuthTag(part.subarray(at));
  try {
    return Buffer.concat([decipher.update(part.subarray(0, at)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function nonce(index: number, last: boolean): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(index, 7);
  bytes.writeUInt8(last ? 1 : 0, 11);
  return bytes;
}
