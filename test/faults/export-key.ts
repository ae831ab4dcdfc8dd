import { generateKeyPairSync } from 'node:crypto';
import { bech32 } from '@scure/base';
import { identityText } from '../../contract/exports/age-keys';

/** The key of the customer to whom this run's exports are encrypted, as age writes it. */
export const EXPORT_KEY = createKey();

function createKey(): { identity: string; recipient: string } {
  const { d = '', x = '' } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
  const recipient = bech32.encodeFromBytes('age', Buffer.from(x, 'base64url'));
  return { identity: identityText(Buffer.from(d, 'base64url')), recipient };
}
