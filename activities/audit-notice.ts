import { markTold, noteDiscrepancy, type AuditDiscrepancy } from '../registry/audit-heads';
import { auditMail } from './adapters/mail/audit-mail';
import type { Dependencies } from './dependencies';
import { toFailure } from './failures';

/** Notes that a trail is not what its newest head says, and tells the operators, once each. Throws when they cannot be told: then it is tried again. */
export async function reportDiscrepancy(
  { pool, mailer, settings, signal }: Pick<Dependencies, 'pool' | 'mailer' | 'settings' | 'signal'>,
  discrepancy: AuditDiscrepancy,
): Promise<void> {
  const noted = await noteDiscrepancy(pool, discrepancy);
  if (!noted) return;
  const mail = auditMail({ ...noted, apiUrl: settings.publicUrl });
  for (const [index, to] of settings.operatorMail.entries()) {
    try {
      await mailer.send({ ...mail, to, messageId: `audit-finding-${noted.findingId}.${index}` }, signal());
    } catch (error) {
      throw toFailure(error, `mail about the audit trail of ${noted.tenantId}`, mailer.classify);
    }
  }
  await markTold(pool, noted.findingId);
}
