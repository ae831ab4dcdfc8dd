import { createHash } from 'node:crypto';
import type pg from 'pg';
import canonicalize from 'canonicalize';
import type { Queryable } from '../database';
import { appendEvents } from '../events/append';
import { groupBy } from '../group-by';

/** One answer about a tenant, as it was given. No secrets and no personal data, because evidence is kept. */
export interface Evidence {
  tenantId: string;
  operationId: string | null;
  /** What asked: usually an activity, by a name that is the same in all its attempts. */
  askedBy: string;
  /** What was done to find out. One probe may answer several checks. */
  probe: string;
  /** Stable name of what was checked, for instance `storage.read`. */
  check: string;
  /** What should hold, as a sentence. */
  claim: string;
  passed: boolean;
  /** The provider that answered. */
  provider: string;
  /** A region's name, or `global`. */
  region: string;
  /** The answer, in words. */
  answered: string;
  at: Date;
}

/** Stored evidence, with the hash that shows whether it was changed afterwards. */
export interface KeptEvidence extends Evidence {
  /** {@link evidenceHash} at the time of writing. */
  hash: Buffer;
}

const COLUMNS = `tenant_id as "tenantId", operation_id as "operationId", asked_by as "askedBy", probe, check_id as "check", claim, passed,
  provider, region, answered, at, hash`;

/** SHA-256 over the canonical JSON (RFC 8785) of an answer; times as ISO 8601 with milliseconds. */
export function evidenceHash(evidence: Evidence): Buffer {
  const { tenantId, operationId, askedBy, probe, check, claim, passed, provider, region, answered, at } = evidence;
  const hashed = { tenantId, operationId, askedBy, probe, check, claim, passed, provider, region, answered };
  return createHash('sha256')
    .update(canonicalize({ ...hashed, at: at.toISOString() }) ?? '')
    .digest();
}

/** Stores answers, with an event for each tenant, operation and asker. Call it inside a transaction. */
export async function recordEvidence(client: pg.ClientBase, entries: readonly Evidence[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map((entry) => ({ ...entry, hash: `\\x${evidenceHash(entry).toString('hex')}` }));
  await client.query(
    `insert into evidence (tenant_id, operation_id, asked_by, probe, check_id, claim, passed, provider, region, answered, at, hash)
     select "tenantId", "operationId", "askedBy", probe, "check", claim, passed, provider, region, answered, at, hash
     from jsonb_to_recordset($1) as r("tenantId" text, "operationId" text, "askedBy" text, probe text, "check" text, claim text,
       passed boolean, provider text, region text, answered text, at timestamptz, hash bytea)`,
    [JSON.stringify(rows)],
  );
  const groups = groupBy(entries, ({ tenantId, operationId, askedBy }) =>
    JSON.stringify([tenantId, operationId, askedBy]),
  );
  await appendEvents(
    client,
    [...groups.values()].map((group) => {
      const { tenantId, operationId, askedBy } = group[0]!;
      const failed = group.filter(({ passed }) => !passed).length;
      return { type: 'evidence.recorded', tenantId, operationId, data: { askedBy, answers: group.length, failed } };
    }),
  );
}

/** All evidence about a tenant, in the order it was recorded. */
export async function listEvidence(db: Queryable, tenantId: string): Promise<KeptEvidence[]> {
  const { rows } = await db.query<KeptEvidence>(
    `select ${COLUMNS} from evidence where tenant_id = $1 order by evidence_id`,
    [tenantId],
  );
  return rows;
}

/** Number of entries about a tenant and one hash over all of them: evidence whose digest is in an audit entry cannot change unnoticed. */
export interface EvidenceDigest {
  entries: number;
  /** SHA-256 over the entries' hashes in order, hexadecimal, one per line. */
  sha256: string;
}

/** The digest of all evidence about a tenant at this moment. */
export async function evidenceDigest(db: Queryable, tenantId: string): Promise<EvidenceDigest> {
  const { rows } = await db.query<{ hash: Buffer }>(
    `select hash from evidence where tenant_id = $1 order by evidence_id`,
    [tenantId],
  );
  const digest = createHash('sha256');
  for (const { hash } of rows) digest.update(`${hash.toString('hex')}\n`);
  return { entries: rows.length, sha256: digest.digest('hex') };
}

/** The evidence that one asker has obtained about a tenant, in the order it was recorded. */
export async function evidenceAskedBy(db: Queryable, tenantId: string, askedBy: string): Promise<KeptEvidence[]> {
  const { rows } = await db.query<KeptEvidence>(
    `select ${COLUMNS} from evidence where tenant_id = $1 and asked_by = $2 order by evidence_id`,
    [tenantId, askedBy],
  );
  return rows;
}
