import { decodeProtectedHeader, type JSONWebKeySet } from 'jose';
import { auditLine, type AuditRecord } from '../contract/audit';
import { checkSinceAccepted, lastAcceptance, type Acceptance } from '../contract/audit-acceptance';
import { checkHead, type AuditFinding } from '../contract/audit-check';
import { headKey, type SignedHead } from '../contract/audit-head';
import { readTrail } from '../registry/audit';
import { listAuditKeys, listMovedChains, recordHead } from '../registry/audit-heads';
import type { Vault } from './adapters/storage/vault';
import { reportAcceptance, reportDiscrepancy } from './audit-notice';
import type { Dependencies } from './dependencies';
import { toFailure } from './failures';
import type { AuditActivities } from './interface-audit';
import { nameOf, newestHead, type NewestHead } from './newest-head';

/** Exports the heads of audit trails, so that who can rewrite the registry cannot rewrite them too. */
export function createAuditExport(dependencies: Dependencies): AuditActivities {
  const { auditSigner, pool, regions, signal, storage } = dependencies;

  /** False when the chain is not what its newest head says. */
  async function exportHead(vault: Vault, region: string, tenantId: string): Promise<boolean> {
    const records = await collect(readTrail(pool, { tenantId }));
    const newest = await newestHead(vault, { tenantId, keys: await keysOf(), signal: signal() });
    const acceptance = lastAcceptance(records);
    const superseded = newest !== undefined && isSuperseded(newest, acceptance);
    const finding = discrepancyOf(records, superseded ? undefined : newest);
    if (finding) {
      await reportDiscrepancy(dependencies, { tenantId, region, finding, head: newest && nameOf(newest), records });
      return false;
    }
    const last = records.at(-1);
    // Nothing was left of it, and no head either.
    if (!last) return true;
    const signed = superseded ? undefined : newest?.signed;
    if (acceptance && (signed?.said.sequence ?? 0) < acceptance.sequence)
      await reportAcceptance(dependencies, { tenantId, region, acceptance });
    const generation = (newest?.generation ?? 0) + (superseded ? 1 : 0);
    // One that lies there already was not noted; it stays the one it is.
    const head = signed?.said.sequence === last.sequence ? signed.head : await put(vault, generation, last);
    // Afterwards: a head that is noted lies there.
    await recordHead(pool, { head, keyId: decodeProtectedHeader(head).kid!, region, generation });
    return true;
  }

  /** Nothing lies there: it is behind the newest head. */
  async function put(vault: Vault, generation: number, last: AuditRecord): Promise<SignedHead> {
    const { tenantId, sequence, hash, at } = last;
    const head = await auditSigner.sign({ tenantId, sequence, hash, at });
    const key = headKey(tenantId, { generation, sequence });
    await vault.put(key, Buffer.from(auditLine(head)), { contentType: 'application/json', signal: signal() });
    return head;
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
function discrepancyOf(records: readonly AuditRecord[], newest: NewestHead | undefined): AuditFinding | undefined {
  const [broken] = checkSinceAccepted(records);
  if (broken || !newest) return broken;
  if (newest.signed) return checkHead(newest.signed.said, records)[0];
  const message = 'The newest head in the vault is not one that this product has signed.';
  return { problem: 'signature', sequence: 0, message };
}

/** Whether the chain goes on from another state than this head's, and says so. */
function isSuperseded(newest: NewestHead, acceptance: Acceptance | undefined): boolean {
  const { key, hash } = nameOf(newest);
  const { superseded } = acceptance ?? {};
  return superseded !== undefined && superseded.key === key && superseded.hash === hash;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
