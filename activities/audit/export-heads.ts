import { decodeProtectedHeader, type JSONWebKeySet } from 'jose';
import type { RegionSettings } from '../../config/regions';
import { auditLine, type AuditRecord } from '../../contract/audit/chain';
import { checkSinceAccepted, lastAcceptance, type Acceptance } from '../../contract/audit/acceptance';
import { checkHead, type AuditFinding } from '../../contract/audit/check-chain';
import { headKey, type SignedHead } from '../../contract/audit/head';
import { readTrail } from '../../registry/audit/trail';
import { listAuditKeys, listMovedChains, recordHead } from '../../registry/audit/heads';
import type { Vault } from '../../providers/storage/vault/vault';
import { reportAcceptance, reportDiscrepancy } from '../notices/audit-notice';
import type { Dependencies, MailDependencies, StorageWith } from '../dependencies';
import { toFailure } from '../../providers/port/failures';
import type { AuditActivities } from './interface';
import { nameOf, newestHead, type NewestHead } from './newest-head';

interface AuditExportDependencies extends MailDependencies, Pick<Dependencies, 'auditSigner'> {
  regions: Pick<RegionSettings, 'name'>[];
  storage: StorageWith<'vault'> & Pick<Dependencies['storage'], 'classify'>;
}

/** Exports the heads of audit trails to the vaults, so that an attacker who can rewrite the registry cannot rewrite them as well. */
export function createAuditExport(dependencies: AuditExportDependencies): AuditActivities {
  const { auditSigner, pool, regions, signal, storage } = dependencies;

  /** Exports the head of one chain. Resolves to false when the chain does not match its newest head in the vault. */
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
    // An empty chain without a head in the vault: there is nothing to export.
    if (!last) return true;
    const signed = superseded ? undefined : newest?.signed;
    if (acceptance && (signed?.content.sequence ?? 0) < acceptance.sequence)
      await reportAcceptance(dependencies, { tenantId, region, acceptance });
    const generation = (newest?.generation ?? 0) + (superseded ? 1 : 0);
    // If the vault has a head of this sequence already, an earlier export was not recorded: keep that head.
    const head = signed?.content.sequence === last.sequence ? signed.head : await put(vault, generation, last);
    // Record the head only now, so that every recorded head is in the vault.
    await recordHead(pool, { head, keyId: decodeProtectedHeader(head).kid!, region, generation });
    return true;
  }

  /** Signs and stores a head. Its key is free, because its generation and sequence are past the newest head. */
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

/** The first thing that is wrong with a chain, judged by itself and by the newest head in the vault. */
function discrepancyOf(records: readonly AuditRecord[], newest: NewestHead | undefined): AuditFinding | undefined {
  const [broken] = checkSinceAccepted(records);
  if (broken || !newest) return broken;
  if (newest.signed) return checkHead(newest.signed.content, records)[0];
  const message = 'The newest head in the vault was not signed by this product.';
  return { problem: 'signature', sequence: 0, message };
}

/** Whether an operator has accepted that the chain continues from another state than this head's. */
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
