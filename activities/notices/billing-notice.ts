import { createHash } from 'node:crypto';
import { listUntoldFindings, markFindingsTold } from '../../registry/billing/finding-list';
import { transaction } from '../../registry/database';
import { enqueueMails, type Letter } from '../../registry/operations/mails';
import { billingMail } from '../../providers/mail/contents/billing-mail';
import { mailId } from '../../providers/mail/mailer';
import type { MailDependencies } from '../dependencies';
import { sendNow } from './mail/mail-delivery';

/** Findings per mail; the rest follow in the next one. */
const AT_ONCE = 100;

/** Mails the operators what was found in billing since the last mail. */
export async function mailBillingFindings(dependencies: MailDependencies): Promise<void> {
  const { pool, settings } = dependencies;
  for (;;) {
    const findings = await listUntoldFindings(pool, AT_ONCE);
    if (findings.length === 0) return;
    const content = billingMail(findings, settings.publicUrl);
    const ids = findings.map(({ findingId }) => findingId);
    const turn = createHash('sha256').update(ids.join()).digest('hex').slice(0, 16);
    const letters = settings.operatorMail.map((_address, position): Letter => ({
      purpose: 'billing',
      recipient: 'operator',
      position,
      detail: { content },
      mailId: mailId('findings', 'billing', position, turn),
    }));
    await transaction(pool, async (client) => {
      await enqueueMails(client, letters);
      await markFindingsTold(client, ids);
    });
    await sendNow(dependencies, letters);
  }
}
