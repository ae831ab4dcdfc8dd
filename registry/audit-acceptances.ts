import type pg from 'pg';
import { chainPart, FINDING_ACCEPTED } from '../contract/audit-acceptance';
import type { AuditRecord } from '../contract/audit';
import { appendAudit, lockTrail, readTrail } from './audit';
import {
  FINDING_COLUMNS,
  FINDING_ID,
  findingOf,
  newestDiscrepancy,
  type FindingRow,
  type NotedDiscrepancy,
} from './audit-findings';
import { maybeOne, transaction, violatedConstraint, type Queryable } from './database';

/** An operator who has looked at a finding and accepts it. */
export interface Accepting {
  findingId: string;
  actor: string;
  reason: string;
  /** With it, the same actor's same key is one acceptance. */
  idempotencyKey?: string | undefined;
}

/** What became of an {@link Accepting}. `changed`: the chain is not what was found any more; `unseen`: no export has looked at it since it was noted. */
export type AcceptingOutcome =
  | { outcome: 'accepted' | 'repeated'; finding: NotedDiscrepancy }
  | { outcome: 'no-such-finding' | 'key-reused' | 'accepted-before' | 'changed' | 'unseen' }
  | { outcome: 'newer-finding'; findingId: string };

/**
 * Accepts the newest finding of a trail, and with it those before that are open, in one transaction with the entry that says so. It is about
 * the chain as it was found and nothing else: a chain that was changed since is refused.
 */
export async function acceptFinding(pool: pg.Pool, accepting: Accepting): Promise<AcceptingOutcome> {
  try {
    return await acceptOnce(pool, accepting);
  } catch (error) {
    if (violatedConstraint(error) !== 'audit_finding_acceptance') throw error;
    // The same key came twice at once, for two trails.
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
      ...{ tenantId, actor, action: FINDING_ACCEPTED },
      detail: {
        ...{ findingId, problem: finding.problem, reason: accepting.reason, accepted: finding.chain },
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
