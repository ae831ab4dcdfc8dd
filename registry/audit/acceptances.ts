import type pg from 'pg';
import { chainPart, FINDING_ACCEPTED } from '../../contract/audit/acceptance';
import type { AuditRecord } from '../../contract/audit/chain';
import { appendAudit, lockTrail, readTrail } from './trail';
import {
  FINDING_COLUMNS,
  FINDING_ID,
  findingOf,
  newestDiscrepancy,
  type FindingRow,
  type NotedDiscrepancy,
} from './findings';
import { maybeOne, transaction, violatedConstraint, type Queryable } from '../database';

/** An operator's request to accept a finding. */
export interface Accepting {
  findingId: string;
  actor: string;
  reason: string;
  /** Requests of one actor with the same key count as one acceptance. */
  idempotencyKey?: string | undefined;
}

/**
 * Result of {@link acceptFinding}. `changed`: the chain is no longer as it was found. `unseen`: no export has checked the chain since the
 * finding was recorded.
 */
export type AcceptingOutcome =
  | { outcome: 'accepted' | 'repeated'; finding: NotedDiscrepancy }
  | { outcome: 'no-such-finding' | 'key-reused' | 'accepted-before' | 'changed' | 'unseen' }
  | { outcome: 'newer-finding'; findingId: string };

/**
 * Accepts the newest finding of a trail, and with it every older open one, in one transaction with the audit entry that records it. The
 * acceptance covers the chain exactly as it was found; it is refused if the chain has changed since.
 */
export async function acceptFinding(pool: pg.Pool, accepting: Accepting): Promise<AcceptingOutcome> {
  try {
    return await acceptOnce(pool, accepting);
  } catch (error) {
    if (violatedConstraint(error) !== 'audit_finding_acceptance') throw error;
    // Two concurrent requests used the same key for different trails.
    return { outcome: 'key-reused' };
  }
}

async function acceptOnce(pool: pg.Pool, accepting: Accepting): Promise<AcceptingOutcome> {
  return transaction(pool, async (client) => {
    const { findingId, actor } = accepting;
    const tenant = await maybeOne<{ tenantId: string }>(
      client,
      `select tenant_id as "tenantId" from audit_finding where ${FINDING_ID} = $1`,
      [findingId],
    );
    if (!tenant) return { outcome: 'no-such-finding' };
    const { tenantId } = tenant;
    await lockTrail(client, tenantId);
    const before = await findRepeat(client, accepting);
    if (before) return before;
    const finding = (await readFinding(client, findingId))!;
    const refused = await refusal(client, finding);
    if (refused) return refused;
    const { sequence } = await appendAudit(client, {
      tenantId,
      actor,
      action: FINDING_ACCEPTED,
      detail: {
        findingId,
        problem: finding.problem,
        reason: accepting.reason,
        accepted: finding.chain,
        ...(finding.head ? { superseded: finding.head } : {}),
      },
    });
    await client.query(
      `update audit_finding set accepted_at = now(), accepted_by = $3, accepted_reason = $4, accepted_in = $5,
         accepted_key = case when ${FINDING_ID} = $2 then $6 end
       where tenant_id = $1 and accepted_at is null and finding_id <= (select finding_id from audit_finding where ${FINDING_ID} = $2)`,
      [tenantId, findingId, actor, accepting.reason, sequence, accepting.idempotencyKey ?? null],
    );
    return { outcome: 'accepted', finding: (await readFinding(client, findingId))! };
  });
}

async function readFinding(db: Queryable, findingId: string): Promise<NotedDiscrepancy | undefined> {
  const row = await maybeOne<FindingRow>(db, `select ${FINDING_COLUMNS} from audit_finding where ${FINDING_ID} = $1`, [
    findingId,
  ]);
  return row && findingOf(row);
}

async function findRepeat(
  db: Queryable,
  { findingId, actor, reason, idempotencyKey }: Accepting,
): Promise<AcceptingOutcome | undefined> {
  if (idempotencyKey === undefined) return undefined;
  const row = await maybeOne<FindingRow>(
    db,
    `select ${FINDING_COLUMNS} from audit_finding where accepted_by = $1 and accepted_key = $2`,
    [actor, idempotencyKey],
  );
  if (!row) return undefined;
  const same = row.findingId === findingId && row.acceptedReason === reason;
  return same ? { outcome: 'repeated', finding: findingOf(row) } : { outcome: 'key-reused' };
}

async function refusal(db: Queryable, finding: NotedDiscrepancy): Promise<AcceptingOutcome | undefined> {
  const { tenantId, findingId, chain, acceptance } = finding;
  if (acceptance) return { outcome: 'accepted-before' };
  const newest = await newestDiscrepancy(db, tenantId);
  if (newest && newest.findingId !== findingId) return { outcome: 'newer-finding', findingId: newest.findingId };
  if (!chain) return { outcome: 'unseen' };
  const records: AuditRecord[] = [];
  for await (const record of readTrail(db, { tenantId, until: chain.until })) records.push(record);
  return chainPart(records, chain.until).sha256 === chain.sha256 ? undefined : { outcome: 'changed' };
}
