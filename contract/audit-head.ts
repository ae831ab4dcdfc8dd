import { createLocalJWKSet, flattenedVerify, type FlattenedJWS, type JSONWebKeySet } from 'jose';

/** How far a chain went, and what its last entry's hash was then. */
export interface AuditHead {
  tenantId: string;
  sequence: number;
  /** In hexadecimal. */
  hash: string;
  /** When that entry was written. */
  at: string;
}

/** A head as it is kept and exported: a JWS (RFC 7515) in its flattened JSON form, signed with Ed25519. */
export type SignedHead = Required<Pick<FlattenedJWS, 'payload' | 'protected' | 'signature'>>;

/** `typ` of the signature's header, so that nothing else signed with the key passes for a head. */
export const HEAD_TYPE = 'audit-head+jws';

/** `alg` of the signature's header. */
export const HEAD_ALGORITHM = 'EdDSA';

/** Which of a chain's heads, in the order they were signed: by generation, then by sequence. */
export interface HeadPlace {
  /** How many times an operator has accepted that the chain does not extend its newest head; each begins anew beside those before. */
  generation: number;
  sequence: number;
}

/** Where a head lies in its region's vault. */
export function headKey(tenantId: string, { generation, sequence }: HeadPlace): string {
  const folder = generation === 0 ? '' : `accepted-${String(generation).padStart(4, '0')}/`;
  return `${headPrefix(tenantId)}${folder}${sequence}.json`;
}

/** Which head lies there; undefined for what is none. */
export function headPlaceOf(key: string): HeadPlace | undefined {
  const [, generation = '0', sequence] = /^audit\/[^/]+\/(?:accepted-(\d{4,9})\/)?(\d{1,15})\.json$/.exec(key) ?? [];
  return sequence === undefined ? undefined : { generation: Number(generation), sequence: Number(sequence) };
}

/** What the keys of all heads of a chain begin with. */
export function headPrefix(tenantId: string): string {
  return `audit/${tenantId}/`;
}

/** Whether a value has the form of a signed head; its signature is another matter. */
export function isSignedHead(value: unknown): value is SignedHead {
  if (typeof value !== 'object' || value === null) return false;
  const members = Object.entries(value);
  const names = ['payload', 'protected', 'signature'];
  return (
    members.length === names.length && members.every(([name, text]) => names.includes(name) && typeof text === 'string')
  );
}

/** What a head says, whoever signed it. Throws when it says something else than a head does. */
export function readHead({ payload }: SignedHead): AuditHead {
  const said: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  if (!isHead(said)) throw new Error('It is not the head of an audit trail.');
  return said;
}

/** Throws unless one of the keys has signed the head as a head. A key that is given twice is one. */
export async function checkSignature(head: SignedHead, { keys }: JSONWebKeySet): Promise<void> {
  const once = [...new Map(keys.map((key) => [JSON.stringify([key.kid, key.crv, key.x]), key])).values()];
  const { protectedHeader } = await flattenedVerify(head, createLocalJWKSet({ keys: once }), {
    algorithms: [HEAD_ALGORITHM],
  });
  if (protectedHeader?.typ !== HEAD_TYPE)
    throw new Error('It was signed as something else than the head of an audit trail.');
}

function isHead(value: unknown): value is AuditHead {
  const { tenantId, sequence, hash, at } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof tenantId === 'string' &&
    Number.isSafeInteger(sequence) &&
    (sequence as number) >= 1 &&
    typeof hash === 'string' &&
    /^[0-9a-f]{64}$/.test(hash) &&
    typeof at === 'string'
  );
}
