import { createHash } from 'node:crypto';
import { listQuotaChanges, markTold } from '../registry/storage-usage';
import { mailId } from './adapters/mail/mailer';
import { quotaMail } from './adapters/mail/quota-mail';
import type { Dependencies } from './dependencies';
import { toFailure } from './failures';

/** Tenants in one mail; the rest has the next one. */
const AT_ONCE = 100;

/** Tells operators of every tenant that is above its quota now, or no longer. A mail that was sent and not noted is sent once more, as the same. */
export async function tellOfQuotas({ mailer, pool, settings, signal }: Dependencies): Promise<void> {
  for (;;) {
    const changes = await listQuotaChanges(pool, AT_ONCE);
    if (changes.length === 0) return;
    const mail = quotaMail(changes);
    const turn = createHash('sha256').update(JSON.stringify(changes)).digest('hex').slice(0, 16);
    for (const [index, to] of settings.operatorMail.entries()) {
      try {
        await mailer.send({ ...mail, to, messageId: mailId('storage', 'quota', index, turn) }, signal());
      } catch (error) {
        throw toFailure(error, 'mail about quotas', mailer.classify);
      }
    }
    await markTold(pool, changes);
  }
}
