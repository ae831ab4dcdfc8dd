import { createLocalJWKSet, flattenedVerify, type FlattenedJWS, type JSONWebKeySet } from 'jose';

/** A signed text: a JWS (RFC 7515) in flattened JSON form, signed with Ed25519. */
export type SignedText = Required<Pick<FlattenedJWS, 'payload' | 'protected' | 'signature'>>;

/** `alg` in the signature's header. */
export const SIGNATURE_ALGORITHM = 'EdDSA';

/** Whether a value has the shape of a signed text. The signature is not checked. */
export function isSignedText(value: unknown): value is SignedText {
  if (typeof value !== 'object' || value === null) return false;
  const members = Object.entries(value);
  const names = ['payload', 'protected', 'signature'];
  return members.length === names.length && members.every(([name, text]) => names.includes(name) && isBase64Url(text));
}

/** Whether a value is base64url as RFC 7515 has it: without padding, and the only text for its bytes. Node's decoder also takes others. */
function isBase64Url(text: unknown): boolean {
  return typeof text === 'string' && Buffer.from(text, 'base64url').toString('base64url') === text;
}

/** The signed value, without checking its signature. Throws when it is not JSON. */
export function readSigned({ payload }: SignedText): unknown {
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

/** Throws unless one of the keys has signed the text as what it is taken for: `typ` in its header. A key may be given twice. */
export async function checkSigned(signed: SignedText, { keys }: JSONWebKeySet, typ: string): Promise<void> {
  const distinct = [...new Map(keys.map((key) => [JSON.stringify([key.kid, key.crv, key.x]), key])).values()];
  const { protectedHeader } = await flattenedVerify(signed, createLocalJWKSet({ keys: distinct }), {
    algorithms: [SIGNATURE_ALGORITHM],
  });
  if (protectedHeader?.typ !== typ)
    throw new Error(`The signature is for something else: its header has another typ than ${typ}.`);
}
