import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID = /^[a-z0-9-]{1,32}$/i;

/** Named AES-256 keys: the first one encrypts, all of them decrypt. To rotate, put a new key in front. */
export interface KeyRing {
  readonly current: string;
  /** The key's bytes. Throws {@link KeyMissing}, or another error when the id is not a valid one. */
  key(keyId: string): Buffer;
}

/** The ring has no key with this id. Unlike any other decryption failure, this one is repaired by putting the key back. */
export class KeyMissing extends Error {
  constructor(keyId: string) {
    super(`The key ring has no key ${keyId}: put the retired key back behind the current one.`);
    this.name = 'KeyMissing';
  }
}

/**
 * Parses `id:base64key[,id:base64key…]`, newest first. Throws when the text is empty, an id repeats or a key is not 32 bytes. The message
 * never contains a key.
 */
export function parseKeyRing(text: string): KeyRing {
  const keys = new Map<string, Buffer>();
  for (const entry of text.split(',')) {
    const [id, encoded, ...rest] = entry.trim().split(':');
    const bytes = Buffer.from(encoded ?? '', 'base64');
    if (!id || !KEY_ID.test(id) || rest.length > 0 || bytes.length !== 32)
      throw new Error('A key ring is a comma-separated list of id:base64 entries, each with 32 bytes, newest first.');
    if (keys.has(id)) throw new Error(`The key ring has the key id ${id} twice.`);
    keys.set(id, bytes);
  }
  const current = keys.keys().next().value!;
  return {
    current,
    key(keyId) {
      const key = keys.get(keyId);
      // A key with an invalid id cannot be put back, so KeyMissing would be bad advice.
      if (!key) throw KEY_ID.test(keyId) ? new KeyMissing(keyId) : new Error('The key id is not a valid one.');
      return key;
    },
  };
}

/** AES-256-GCM: random IV ‖ ciphertext ‖ tag. `context` is authenticated, so a value that is moved to another place does not decrypt. */
export function encrypt(key: Buffer, plain: Uint8Array, context: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The reverse of {@link encrypt}. Throws when the key, the context or the ciphertext differs from the encryption. */
export function decrypt(key: Buffer, sealed: Uint8Array, context: string): Buffer {
  const bytes = Buffer.from(sealed);
  const body = bytes.subarray(IV_BYTES, bytes.length - TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  return Buffer.concat([decipher.update(body), decipher.final()]);
}
