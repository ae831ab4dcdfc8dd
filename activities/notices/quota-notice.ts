import { createHash } from 'node:crypto';
import { transaction } from '../../registry/database';
import { enqueueMails, type Letter } from '../../registry/operations/mails';
import { listQuotaChanges, markTold } from '../../registry/maintenance/storage-usage';
import { mailId } from '../../providers/mail/mailer';
import { quotaMail } from '../../providers/mail/contents/quota-mail';
import type { MailDependencies } from '../dependencies';
import { sendNow } from './mail/mail-delivery';

/** Tenants per mail; the rest follow in the next one. */
const AT_ONCE = 100;

/** Tells the operators about every tenant that is now above its quota, or no longer. */
export async function mailQuotaChanges(dependencies: MailDependencies): Promise<void> {
  const { pool, settings } = dependencies;
  for (;;) {
    const changes = await listQuotaChanges(pool, AT_ONCE);
    if (changes.length === 0) return;
    const content = quotaMail(changes);
    const turn = createHash('sha256').update(JSON.stringify(changes)).digest('hex').slice(0, 16);
    const letters = settings.operatorMail.map((_address, position): Letter => ({
      purpose: 'quota',
      recipient: 'operator',
      position,
      detail: { content },
      mailId: mailId('storage', 'quota', position, turn),
    }));
    await transaction(pool, async (client) => {
      await enqueueMails(client, letters);
      await markTold(client, changes);
    });
    await sendNow(dependencies, letters);
  }
}
