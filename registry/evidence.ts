import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Queryable } from './database';

/** One answer about a tenant, as it was given. No secrets and no personal data: it is kept. */
export interface Evidence {
  tenantId: string;
  operationId: string | null;
  /** Who asked: an activity, the same name in all of its attempts. */
  askedBy: string;
  /** What was done to find out; a probe answers one check or several. */
  probe: string;
  /** Stable name of what was checked, for instance `storage.read`. */
  check: string;
  /** What should hold, as a sentence. */
  claim: string;
  passed: boolean;
  /** Who answered. */
  provider: string;
  /** A region's name, or `global`. */
  region: string;
  /** What was answered. */
  answered: string;
  at: Date;
}

/** An answer with what proves that it was not changed afterwards. */
export interface KeptEvidence extends Evidence {
  /** {@link evidenceHash} when it was written. */
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

/** Keeps answers, in one statement. */
export async function recordEvidence(db: Queryable, entries: readonly Evidence[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map((entry) => ({ ...entry, hash: `\\x${evidenceHash(entry).toString('hex')}` }));
  await db.query(
    `insert into evidence (tenant_id, operation_id, asked_by, probe, check_id, claim, passed, provider, region, answered, at, hash)
     select "tenantId", "operationId", "askedBy", probe, "check", claim, passed, provider, region, answered, at, hash
     from jsonb_to_recordset($1) as r("tenantId" text, "operationId" text, "askedBy" text, probe text, "check" text, claim text,
       passed boolean, provider text, region text, answered text, at timestamptz, hash bytea)`,
    [JSON.stringify(rows)],
  );
}

/** Everything kept about a tenant, in the order it was asked. */
export async function listEvidence(db: Queryable, tenantId: string): Promise<KeptEvidence[]> {
  const { rows } = await db.query<KeptEvidence>(
    `select ${COLUMNS} from evidence where tenant_id = $1 order by evidence_id`,
    [tenantId],
  );
  return rows;
}

/** How much is kept about a tenant, and one hash over all of it: what an audit entry names cannot be changed unnoticed later. */
export interface EvidenceDigest {
  entries: number;
  /** SHA-256 over the entries' hashes in their order, hexadecimal, one a line. */
  sha256: string;
}

/** The digest of everything kept about a tenant now. */
export async function evidenceDigest(db: Queryable, tenantId: string): Promise<EvidenceDigest> {
  const { rows } = await db.query<{ hash: Buffer }>(
    `select hash from evidence where tenant_id = $1 order by evidence_id`,
    [tenantId],
  );
  const digest = createHash('sha256');
  for (const { hash } of rows) digest.update(`${hash.toString('hex')}\n`);
  return { entries: rows.length, sha256: digest.digest('hex') };
}

/** What was answered to one asker, in the order it was asked. */
export async function evidenceAskedBy(db: Queryable, tenantId: string, askedBy: string): Promise<KeptEvidence[]> {
  const { rows } = await db.query<KeptEvidence>(
    `select ${COLUMNS} from evidence where tenant_id = $1 and asked_by = $2 order by evidence_id`,
    [tenantId, askedBy],
  );
  return rows;
}
