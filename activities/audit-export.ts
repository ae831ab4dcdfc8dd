import type { JSONWebKeySet } from 'jose';
import { auditLine, type AuditRecord } from '../contract/audit';
import { checkChain, checkHead, type AuditFinding } from '../contract/audit-check';
import {
  checkSignature,
  headKey,
  headPrefix,
  isSignedHead,
  readHead,
  type AuditHead,
  type SignedHead,
} from '../contract/audit-head';
import { readTrail } from '../registry/audit';
import { listAuditKeys, listMovedChains, recordHead } from '../registry/audit-heads';
import type { Vault } from './adapters/storage/vault';
import { reportDiscrepancy } from './audit-notice';
import type { Dependencies } from './dependencies';
import { toFailure } from './failures';
import type { AuditActivities } from './interface-audit';

/** Exports the heads of audit trails, so that who can rewrite the registry cannot rewrite them too. */
export function createAuditExport(dependencies: Dependencies): AuditActivities {
  const { auditSigner, pool, regions, signal, storage } = dependencies;

  /** False when the chain is not what its newest head says. */
  async function exportHead(vault: Vault, region: string, tenantId: string): Promise<boolean> {
    const records = await collect(readTrail(pool, { tenantId }));
    const finding = await discrepancyOf(records, await newestHead(vault, tenantId, signal()), await keysOf());
    if (finding) {
      await reportDiscrepancy(dependencies, { tenantId, region, sequence: finding.sequence, problem: finding.message });
      return false;
    }
    const last = records.at(-1);
    // Nothing was left of it, and no head either.
    if (!last) return true;
    const { sequence, hash, at } = last;
    const head = await auditSigner.sign({ tenantId, sequence, hash, at });
    const contentType = 'application/json';
    await vault.put(headKey({ tenantId, sequence }), Buffer.from(auditLine(head)), { contentType, signal: signal() });
    // Afterwards: a head that is noted lies there.
    await recordHead(pool, { head, keyId: (await auditSigner.publicJwk()).kid, region });
    return true;
  }

  async function keysOf(): Promise<JSONWebKeySet> {
    return { keys: [await auditSigner.publicJwk(), ...(await listAuditKeys(pool))] };
  }

  return {
    auditRegions: () => Promise.resolve(regions.map(({ name }) => name)),

    async exportAuditHeads({ region, tenantId }) {
      const { vault } = storage.forRegion(region);
      const result = { exported: 0, discrepancies: 0 };
      for (const chain of await listMovedChains(pool, { region, home: regions[0]!.name, tenantId })) {
        signal().throwIfAborted();
        try {
          result[(await exportHead(vault, region, chain.tenantId)) ? 'exported' : 'discrepancies'] += 1;
        } catch (error) {
          throw toFailure(error, `audit head of ${chain.tenantId} in ${region}`, storage.classify);
        }
      }
      return result;
    },
  };
}

/** The first thing that is wrong with a chain, by itself and by the newest head in the vault. */
async function discrepancyOf(
  records: readonly AuditRecord[],
  head: SignedHead | 'unreadable' | undefined,
  keys: JSONWebKeySet,
): Promise<AuditFinding | undefined> {
  const [broken] = checkChain(records);
  if (broken) return broken;
  if (head === undefined) return undefined;
  const said = head === 'unreadable' ? undefined : await signedBy(head, keys);
  if (!said)
    return {
      problem: 'signature',
      sequence: 0,
      message: 'The newest head in the vault is not one that this product has signed.',
    };
  return checkHead(said, records)[0];
}

async function signedBy(head: SignedHead, keys: JSONWebKeySet): Promise<AuditHead | undefined> {
  try {
    await checkSignature(head, keys);
    return readHead(head);
  } catch {
    return undefined;
  }
}

/** The vault's word counts, not the registry's: who rewrites the chain can rewrite what the registry knows of its heads. */
async function newestHead(
  vault: Vault,
  tenantId: string,
  signal: AbortSignal,
): Promise<SignedHead | 'unreadable' | undefined> {
  let newest = 0;
  for await (const { key } of vault.list(headPrefix(tenantId), { signal })) {
    const sequence = Number(/\/(\d{1,15})\.json$/.exec(key)?.[1] ?? 0);
    newest = Math.max(newest, sequence);
  }
  if (newest === 0) return undefined;
  const bytes = await vault.get(headKey({ tenantId, sequence: newest }), { signal });
  try {
    const head: unknown = JSON.parse(bytes?.toString() ?? '');
    return isSignedHead(head) ? head : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
