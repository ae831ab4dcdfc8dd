import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID = /^[a-z0-9-]{1,32}$/i;

/** Named AES-256 keys: the first encrypts, all of them decrypt. Rotation is putting a new one in front. */
export interface KeyRing {
  readonly current: string;
  /** The key's bytes; throws {@link KeyMissing}, or another error for an id that no key can have. */
  key(keyId: string): Buffer;
}

/** The ring has no key of this id. Putting the key back mends it, which no other failure to decrypt can be mended by. */
export class KeyMissing extends Error {
  constructor(keyId: string) {
    super(`The key ring has no key ${keyId}: put the retired key back behind the current one.`);
    this.name = 'KeyMissing';
  }
}

/**
 * Parses `id:base64key[,id:base64key…]`, the newest first. Throws when it is empty, an id repeats or a key is not 32 bytes; the
 * message never contains a key.
 */
export function parseKeyRing(text: string): KeyRing {
  const keys = new Map<string, Buffer>();
  for (const entry of text.split(',')) {
    const [id, encoded, ...rest] = entry.trim().split(':');
    const bytes = Buffer.from(encoded ?? '', 'base64');
    if (!id || !KEY_ID.test(id) || rest.length > 0 || bytes.length !== 32)
      throw new Error('A key ring is written id:base64 of 32 bytes, comma separated, newest first.');
    if (keys.has(id)) throw new Error(`The key ring has the key id ${id} twice.`);
    keys.set(id, bytes);
  }
  const current = keys.keys().next().value!;
  return {
    current,
    key(keyId) {
      const key = keys.get(keyId);
      // Nobody can put back a key that has no valid id.
      if (!key) throw KEY_ID.test(keyId) ? new KeyMissing(keyId) : new Error('It names no key.');
      return key;
    },
  };
}

/** AES-256-GCM: random IV ‖ ciphertext ‖ tag. `context` is authenticated, so a value cannot be moved to another place. */
export function encrypt(key: Buffer, plain: Uint8Array, context: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The reverse of {@link encrypt}; throws when key, context or ciphertext are not the ones it was made with. */
export function decrypt(key: Buffer, sealed: Uint8Array, context: string): Buffer {
  const bytes = Buffer.from(sealed);
  const body = bytes.subarray(IV_BYTES, bytes.length - TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  return Buffer.concat([decipher.update(body), decipher.final()]);
}
