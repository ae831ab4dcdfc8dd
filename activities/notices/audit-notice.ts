import { chainPart, type Acceptance, type HeadName } from '../../contract/audit/acceptance';
import type { AuditRecord } from '../../contract/audit/chain';
import type { AuditFinding } from '../../contract/audit/check-chain';
import { transaction } from '../../registry/database';
import { enqueueMails, type Letter } from '../../registry/operations/mails';
import { markTold, newestDiscrepancy, noteDiscrepancy, type NotedDiscrepancy } from '../../registry/audit/findings';
import { acceptedMail, auditMail } from '../../providers/mail/contents/audit-mail';
import type { Rendered } from '../../providers/mail/layout';
import type { MailDependencies } from '../dependencies';
import { toFailure } from '../../providers/port/failures';
import { sendNow } from './mail/mail-delivery';

type Needed = Pick<MailDependencies, 'mailer' | 'settings' | 'signal'>;

/** A chain that does not extend its newest head. */
export interface Discrepancy {
  tenantId: string;
  region: string;
  finding: AuditFinding;
  /** The newest head in the vault. */
  head: HeadName | undefined;
  /** The whole chain. */
  records: readonly AuditRecord[];
}

/** Records that a trail does not match its newest head and mails the operators: once for each discrepancy. */
export async function reportDiscrepancy(dependencies: MailDependencies, discrepancy: Discrepancy): Promise<void> {
  const { pool, settings } = dependencies;
  const { tenantId, region, finding, head, records } = discrepancy;
  const before = await newestDiscrepancy(pool, tenantId);
  const known = before && isSame(before, discrepancy) ? before.problem : undefined;
  // Name the earlier finding, so that a new break with the same message is not taken for the old one.
  const fresh = before ? `${finding.message} Found after ${before.findingId}.` : finding.message;
  const noted = await noteDiscrepancy(pool, {
    tenantId,
    region,
    sequence: finding.sequence,
    problem: known ?? fresh,
    head,
    chain: chainPart(records, records.at(-1)?.sequence ?? 0),
  });
  if (noted.told) return;
  const content = auditMail({ ...noted, apiUrl: settings.publicUrl });
  const letters = settings.operatorMail.map((_address, position): Letter => ({
    purpose: 'audit',
    recipient: 'operator',
    position,
    detail: { content },
    mailId: `audit-finding-${noted.findingId}.${position}`,
  }));
  await transaction(pool, async (client) => {
    await enqueueMails(client, letters);
    await markTold(client, noted.findingId);
  });
  await sendNow(dependencies, letters);
}

/**
 * Tells the operators that heads are about to be signed again for a trail that was broken: an attacker who can write to the registry could
 * record an acceptance there. For the same reason the mail is sent directly and not through the registry. Throws when it reaches no operator.
 */
export async function reportAcceptance(
  dependencies: Needed,
  { tenantId, region, acceptance }: { tenantId: string; region: string; acceptance: Acceptance },
): Promise<void> {
  const { at, sequence } = acceptance;
  const messageId = `audit-accepted-${tenantId}-${sequence}-${Date.parse(at)}`;
  const apiUrl = dependencies.settings.publicUrl;
  await mailOperators(dependencies, tenantId, messageId, acceptedMail({ tenantId, region, acceptance, apiUrl }));
}

async function mailOperators(
  { mailer, settings, signal }: Needed,
  tenantId: string,
  id: string,
  mail: Rendered,
): Promise<void> {
  const { operatorMail } = settings;
  const failures: unknown[] = [];
  for (const [index, to] of operatorMail.entries()) {
    try {
      await mailer.send({ ...mail, to, messageId: `${id}.${index}` }, signal());
    } catch (error) {
      failures.push(toFailure(error, `mail about the audit trail of ${tenantId}`, mailer.classify));
    }
  }
  if (failures.length > 0 && failures.length === operatorMail.length) throw failures[0];
}

/**
 * Whether this discrepancy was reported before: same entry, same head, and the chain as it was found then, except for entries added since.
 */
function isSame(before: NotedDiscrepancy, { finding, head, records }: Discrepancy): boolean {
  if (before.acceptance || before.sequence !== finding.sequence) return false;
  const { chain } = before;
  if (!chain) return true;
  const sameHead = before.head?.key === head?.key && before.head?.hash === head?.hash;
  return sameHead && chainPart(records, chain.until).sha256 === chain.sha256;
}
