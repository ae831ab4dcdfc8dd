import { createPrivateKey, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import { parseKeyRing, type KeyRing } from '../contract/keys/key-ring';
import { parseNetwork, type Network } from '../contract/webhooks/addresses';

// What the value of a variable may be; each accepts the variable's text and gives what the program uses.

export const ring = z.string().transform((text, context): KeyRing => {
  try {
    return parseKeyRing(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});
export const signingKey = z.string().transform((text, context): KeyObject => {
  try {
    const key = createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // OpenSSL's own message would not help the operator.
  }
  context.addIssue({
    code: 'custom',
    message: 'must be an Ed25519 key: base64 of its PKCS #8 form, as openssl writes it with -outform DER',
  });
  return z.NEVER;
});
export const url = (protocol: RegExp) => z.url({ protocol });
export const web = url(/^https?$/).transform((text) => text.replace(/\/+$/, ''));
export const count = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number')
  .transform(Number);
export const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
export const address = z.email();
export const addresses = z
  .string()
  .transform((text) => text.split(',').map((each) => each.trim()))
  .pipe(z.array(address));
export const names = z.string().transform((text) => text.split(',').map((each) => each.trim()));
export const nameServers = names.pipe(
  z.array(
    z
      .string()
      .refine(
        (server) => isIP(server.replace(/^\[(.*)\](?::\d+)?$/, '$1')) > 0 || isIP(server.replace(/:\d+$/, '')) === 4,
        'must be IP addresses, each with an optional port',
      ),
  ),
);
export const webhookSecrets = names.pipe(
  z.array(z.string().startsWith('whsec_', 'must be secrets that begin with whsec_')).min(1).max(2),
);
export const text = z.string().min(1);
export const appDomain = z.string().regex(/^[a-z0-9.-]+(?::\d+)?$/);
/** A host name or an IPv4 address, with its port. */
export const hostAndPort = z.string().regex(/^[a-z0-9.-]+:\d+$/, 'must be a host and its port');
export const deploymentName = text.regex(/^[^.:]+$/, 'must have neither a dot nor a colon');
export const atLeastOne = count.refine((number) => number >= 1, 'must be at least 1');
export const networks = z.string().transform((text, context): Network[] =>
  text.split(',').flatMap((each) => {
    const network = parseNetwork(each.trim());
    if (network) return [network];
    context.addIssue({ code: 'custom', message: 'must be networks in CIDR notation, comma separated' });
    return [];
  }),
);
