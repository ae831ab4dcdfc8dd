import type { JSONWebKeySet } from 'jose';
import type { HeadName } from '../../contract/audit/acceptance';
import {
  checkSignature,
  headPlaceOf,
  headPrefix,
  isSignedHead,
  readHead,
  type AuditHead,
  type HeadPlace,
  type SignedHead,
} from '../../contract/audit/head';
import type { Vault } from '../../providers/storage/vault/vault';

/** The newest head of a chain in its region's vault. */
export interface NewestHead extends HeadPlace {
  /** The head's key in the vault. */
  key: string;
  /** The head's content and its signed form; undefined when it was not signed by one of our keys. */
  signed: { content: AuditHead; head: SignedHead } | undefined;
}

/**
 * Reads the newest head from the vault and not from the registry: an attacker who can rewrite the chain can also rewrite the registry's
 * record of its heads.
 */
export async function newestHead(
  vault: Vault,
  { tenantId, keys, signal }: { tenantId: string; keys: JSONWebKeySet; signal: AbortSignal },
): Promise<NewestHead | undefined> {
  let newest: (HeadPlace & { key: string }) | undefined;
  for await (const { key } of vault.list(headPrefix(tenantId), { signal })) {
    const place = headPlaceOf(key);
    if (place && (!newest || isNewer(place, newest))) newest = { ...place, key };
  }
  if (!newest) return undefined;
  const bytes = await vault.get(newest.key, { signal });
  return { ...newest, signed: bytes && (await signedBy(bytes, keys)) };
}

/** The name by which an acceptance refers to the head. */
export function nameOf({ key, sequence, signed }: NewestHead): HeadName {
  return { key, sequence, ...(signed ? { hash: signed.content.hash } : {}) };
}

function isNewer(place: HeadPlace, than: HeadPlace): boolean {
  return place.generation > than.generation || (place.generation === than.generation && place.sequence > than.sequence);
}

async function signedBy(bytes: Buffer, keys: JSONWebKeySet): Promise<NewestHead['signed']> {
  try {
    const head: unknown = JSON.parse(bytes.toString());
    if (!isSignedHead(head)) return undefined;
    await checkSignature(head, keys);
    return { content: readHead(head), head };
  } catch {
    return undefined;
  }
}
