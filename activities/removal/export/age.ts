import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { failure } from '../../../providers/port/failures';

/** Bytes of a chunk before encryption, and of what encryption adds. */
const CHUNK = 64 * 1024;
const TAG = 16;
const NONCE = 16;

/** An age identity: the secret key, and the recipient that encrypts for it. */
export interface AgeIdentity {
  identity: string;
  recipient: string;
}

/** A new identity. */
export async function newIdentity(): Promise<AgeIdentity> {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/**
 * Encrypts a stream in the age format, for one recipient (https://age-encryption.org/v1). The header, with all that concerns keys, is the
 * library's. The payload is encrypted here: the library's cipher in JavaScript takes fifteen times as long and blocks the process meanwhile.
 */
export async function* sealAge(recipient: string, plain: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  const { header, fileKey } = await headerFor(recipient);
  const salt = randomBytes(NONCE);
  yield Buffer.concat([header, salt]);
  const key = payloadKey(fileKey, salt);
  let index = 0;
  for await (const { bytes, last } of chunksOf(plain, CHUNK)) {
    const cipher = createCipheriv('chacha20-poly1305', key, nonceOf(index++, last), { authTagLength: TAG });
    yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  }
}

/** Decrypts what {@link sealAge} has made. Throws `OutcomeUnknown` at the first chunk that differs from what was written. */
export async function* openAge(identity: string, sealed: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  const chunks = sealed[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  let end = -1;
  for (; end < 0 || held.length < end + NONCE; end = endOfHeader(held)) {
    const next = await chunks.next();
    if (next.done === true) throw damaged('its header is cut off');
    held = Buffer.concat([held, next.value]);
  }
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const fileKey = await decrypter.decryptHeader(held.subarray(0, end));
  const key = payloadKey(fileKey, held.subarray(end, end + NONCE));
  const rest = async function* (): AsyncGenerator<Uint8Array> {
    yield held.subarray(end + NONCE);
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  };
  let index = 0;
  for await (const { bytes, last } of chunksOf(rest(), CHUNK + TAG)) {
    if (bytes.length < TAG) throw damaged('it is cut off');
    const at = bytes.length - TAG;
    const decipher = createDecipheriv('chacha20-poly1305', key, nonceOf(index, last), { authTagLength: TAG });
    decipher.setAuthTag(bytes.subarray(at));
    const plain = decipher.update(bytes.subarray(0, at));
    try {
      decipher.final();
    } catch {
      throw damaged(`chunk ${index} was changed, or it is cut off after it`);
    }
    yield plain;
    index += 1;
  }
}

function damaged(why: string): Error {
  return failure('OutcomeUnknown', `The archive in the vault is not what was written: ${why}.`);
}

/** Lets the library make a header, and learns the file key as a second recipient that leaves no trace in it. */
async function headerFor(recipient: string): Promise<{ header: Buffer; fileKey: Uint8Array }> {
  const encrypter = new Encrypter();
  let fileKey: Uint8Array | undefined;
  encrypter.addRecipient(recipient);
  encrypter.addRecipient({
    wrapFileKey: (key) => {
      fileKey = Uint8Array.from(key);
      return [];
    },
  });
  const file = Buffer.from(await encrypter.encrypt(new Uint8Array()));
  const end = endOfHeader(file);
  if (fileKey === undefined || end < 0) throw failure('InternalError', 'The age library made no header.');
  return { header: file.subarray(0, end), fileKey };
}

/** Where a header ends: after the line that begins with `---`. Negative if there is no such line. */
function endOfHeader(file: Buffer): number {
  const mac = file.indexOf('\n--- ');
  const end = mac < 0 ? -1 : file.indexOf('\n', mac + 1);
  return end < 0 ? -1 : end + 1;
}

function payloadKey(fileKey: Uint8Array, salt: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, salt, 'payload', 32));
}

/** 11 bytes that count the chunks, and one that says whether it is the last. */
function nonceOf(index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(index, 5, 6);
  nonce.writeUInt8(last ? 1 : 0, 11);
  return nonce;
}

/** Cuts a stream into chunks of one size. Only the last one may be shorter, and it is empty only if the whole stream is. */
async function* chunksOf(
  stream: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<{ bytes: Buffer; last: boolean }, void> {
  let chunk = Buffer.allocUnsafe(size);
  let used = 0;
  for await (const piece of stream)
    for (let at = 0; at < piece.length;) {
      // A chunk that is exactly full may be the last one, so it waits for what follows.
      if (used === size) {
        yield { bytes: chunk, last: false };
        chunk = Buffer.allocUnsafe(size);
        used = 0;
      }
      const part = piece.subarray(at, at + size - used);
      chunk.set(part, used);
      used += part.length;
      at += part.length;
    }
  yield { bytes: chunk.subarray(0, used), last: true };
}
