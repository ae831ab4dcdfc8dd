import type { JSONWebKeySet } from 'jose';
import { checkSigned, isSignedText, readSigned, type SignedText } from './signature';

/** The last entry of a chain at the time of signing, by sequence and hash. */
export interface AuditHead {
  tenantId: string;
  sequence: number;
  /** In hexadecimal. */
  hash: string;
  /** Time at which the entry was written. */
  at: string;
}

/** A head as it is stored and exported. */
export type SignedHead = SignedText;

/** `typ` in the signature's header. It prevents anything else signed with the key from passing for a head. */
export const HEAD_TYPE = 'audit-head+jws';

/** Position of a head among a chain's heads. In the order of signing they sort by generation, then by sequence. */
export interface HeadPlace {
  /** How often an operator has accepted that the chain does not extend its newest head. Each acceptance starts a new series of heads. */
  generation: number;
  sequence: number;
}

/** Key of a head in its region's vault. */
export function headKey(tenantId: string, { generation, sequence }: HeadPlace): string {
  const folder = generation === 0 ? '' : `accepted-${String(generation).padStart(4, '0')}/`;
  return `${headPrefix(tenantId)}${folder}${sequence}.json`;
}

/** The head that a vault key belongs to; undefined for the key of any other object. */
export function headPlaceOf(key: string): HeadPlace | undefined {
  const [, generation = '0', sequence] = /^audit\/[^/]+\/(?:accepted-(\d{4,9})\/)?(\d{1,15})\.json$/.exec(key) ?? [];
  return sequence === undefined ? undefined : { generation: Number(generation), sequence: Number(sequence) };
}

/** Common prefix of the vault keys of a chain's heads. */
export function headPrefix(tenantId: string): string {
  return `audit/${tenantId}/`;
}

/** Whether a value has the shape of a signed head. The signature is not checked. */
export function isSignedHead(value: unknown): value is SignedHead {
  return isSignedText(value);
}

/** The content of a signed head, without checking its signature. Throws when the content is not a head. */
export function readHead(head: SignedHead): AuditHead {
  const content = readSigned(head);
  if (!isHead(content)) throw new Error('The signed content is not the head of an audit trail.');
  return content;
}

/** Throws unless one of the keys has signed the head, with the header of a head. A key may be given twice. */
export async function checkSignature(head: SignedHead, keys: JSONWebKeySet): Promise<void> {
  await checkSigned(head, keys, HEAD_TYPE);
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
