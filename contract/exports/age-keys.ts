import { bech32 } from '@scure/base';

const RECIPIENT = 'age';
const IDENTITY = 'age-secret-key-';

/** An X25519 public key as age writes it. The checksum is not checked here: see {@link isRecipient}. */
export const RECIPIENT_PATTERN = /^age1[02-9ac-hj-np-z]{58}$/;

/** Whether a text is the public key of an age identity, with a valid checksum. Other kinds of recipients are not supported. */
export function isRecipient(text: string): boolean {
  if (!RECIPIENT_PATTERN.test(text)) return false;
  const decoded = bech32.decodeUnsafe(text);
  return decoded?.prefix === RECIPIENT && bech32.fromWordsUnsafe(decoded.words)?.length === 32;
}

/** A secret key of 32 bytes in the text form that age reads. */
export function identityText(secret: Buffer): string {
  return bech32.encodeFromBytes(IDENTITY, secret).toUpperCase();
}

/** The 32 bytes of a secret key in age's text form. */
export function identityBytes(text: string): Buffer {
  return Buffer.from(bech32.decodeToBytes(text).bytes);
}
