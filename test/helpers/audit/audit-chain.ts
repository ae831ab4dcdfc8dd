import { generateKeyPairSync } from 'node:crypto';
import pg from 'pg';
import { createAuditSigner, type AuditSigner } from '../../../providers/keys/audit-signer';
import { auditHash, auditLine, GENESIS, type AuditFacts, type AuditRecord } from '../../../contract/audit/chain';
import type { TestRegistry } from '../registry';
import { stackEndpoints } from '../../stack';

/** A signer with a key of its own. */
export function testSigner(): AuditSigner {
  return createAuditSigner(generateKeyPairSync('ed25519').privateKey);
}

/** A chain made without a registry; each entry says what `told` has for it. */
export function chainOf(told: Partial<AuditFacts>[]): AuditRecord[] {
  let previousHash = GENESIS;
  return told.map((facts, index) => {
    const entry: AuditFacts = {
      tenantId: 'abcdefghijklmnop',
      sequence: index + 1,
      at: new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString(),
      actor: 'workflow',
      action: 'operation.provisioning',
      detail: {},
      ...facts,
    };
    const hash = auditHash(previousHash, entry);
    const record = { ...entry, previousHash, hash };
    previousHash = hash;
    return record;
  });
}

/** Lines as the API sends them. */
export function linesOf(records: readonly object[]): Buffer {
  return Buffer.from(records.map((record) => `${auditLine(record)}\n`).join(''));
}

/** Does to a registry what only a superuser can: every trigger is off. */
export async function tamper({ url }: Pick<TestRegistry, 'url'>, sql: string, values: unknown[] = []): Promise<void> {
  const at = new URL(Object.values(stackEndpoints('postgres').postgres!.regions)[0]!.superuserUrl);
  at.pathname = new URL(url).pathname;
  const client = new pg.Client({ connectionString: at.href });
  await client.connect();
  try {
    await client.query('set session_replication_role = replica');
    const { rowCount } = await client.query(sql, values);
    if (rowCount === 0) throw new Error('Nothing was tampered with.');
  } finally {
    await client.end();
  }
}

/** Makes a whole chain anew so that it holds by itself, with one entry's actor changed: what only a head can tell. */
export async function rebuild(
  registry: Pick<TestRegistry, 'url' | 'pool'>,
  chain: AuditRecord[],
  from: number,
): Promise<void> {
  let previousHash = chain[from - 2]?.hash ?? GENESIS;
  for (const record of chain.slice(from - 1)) {
    const actor = record.sequence === from ? 'token:somebody-else' : record.actor;
    const hash = auditHash(previousHash, { ...record, actor });
    await tamper(
      registry,
      `update audit_entry set actor = $3, previous_hash = decode($4, 'hex'), hash = decode($5, 'hex') where tenant_id = $1 and sequence = $2`,
      [record.tenantId, record.sequence, actor, previousHash, hash],
    );
    previousHash = hash;
  }
}
