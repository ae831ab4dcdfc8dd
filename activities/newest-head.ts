import type { JSONWebKeySet } from 'jose';
import type { HeadName } from '../contract/audit-acceptance';
import {
  checkSignature,
  headPlaceOf,
  headPrefix,
  isSignedHead,
  readHead,
  type AuditHead,
  type HeadPlace,
  type SignedHead,
} from '../contract/audit-head';
import type { Vault } from './adapters/storage/vault';

/** The newest head of a chain in its region's vault. */
export interface NewestHead extends HeadPlace {
  /** Where it lies. */
  key: string;
  /** What it says and is, where one of the keys has signed it; undefined for anything else that lies there. */
  signed: { said: AuditHead; head: SignedHead } | undefined;
}

/** The vault's word counts, not the registry's: who rewrites the chain can rewrite what the registry knows of its heads. */
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

/** How an acceptance names it. */
export function nameOf({ key, sequence, signed }: NewestHead): HeadName {
  return { key, sequence, ...(signed ? { hash: signed.said.hash } : {}) };
}

function isNewer(place: HeadPlace, than: HeadPlace): boolean {
  return place.generation > than.generation || (place.generation === than.generation && place.sequence > than.sequence);
}

async function signedBy(bytes: Buffer, keys: JSONWebKeySet): Promise<NewestHead['signed']> {
  try {
    const head: unknown = JSON.parse(bytes.toString());
    if (!isSignedHead(head)) return undefined;
    await checkSignature(head, keys);
    return { said: readHead(head), head };
  } catch {
    return undefined;
  }
}
