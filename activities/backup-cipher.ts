import { createCipheriv, createDecipheriv } from 'node:crypto';
import { unusable } from './unusable-backup';

/** Bytes of a part before it is encrypted. Two of them are held in memory at once, whatever the size of the backup. */
export const PART_BYTES = 4 * 1024 * 1024;

const TAG_BYTES = 16;

/** What a part is bound to besides its place: the backup and the tenant it is of. */
export function partContext({ tenantId, backupId }: { tenantId: string; backupId: string }): string {
  return `tenant-backup/1:${tenantId}:${backupId}`;
}

/**
 * Encrypts a stream as parts of AES-256-GCM, each ciphertext ‖ tag. The nonce is the part's number and whether it is the last one, so parts
 * that are missing, swapped, repeated or cut off at the end do not decrypt; `context` is authenticated with each. A key must encrypt one
 * stream only. There is always a last part, also of nothing.
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
    // What is just full may be the last one.
    if (bytes <= partBytes) continue;
    let rest = Buffer.concat(held);
    for (; rest.length > partBytes; rest = rest.subarray(partBytes))
      yield seal(key, context, index++, false, rest.subarray(0, partBytes));
    [held, bytes] = [[rest], rest.length];
  }
  yield seal(key, context, index, true, Buffer.concat(held));
}

/** The reverse of {@link sealParts}. Throws `BackupUnusable` with the number of the first part that is not what was written. */
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
  if (last && tryOpen(key, context, nonce(index, false), part)) throw unusable(`it is cut off behind part ${index}`);
  throw unusable(`part ${index} was edited, is not the one that was written, or was encrypted with another key`);
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
