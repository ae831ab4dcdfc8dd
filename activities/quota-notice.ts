import { createHash } from 'node:crypto';
import { transaction } from '../registry/database';
import { enqueueMails, type Letter } from '../registry/mails';
import { listQuotaChanges, markTold } from '../registry/storage-usage';
import { mailId } from './adapters/mail/mailer';
import { quotaMail } from './adapters/mail/quota-mail';
import type { Dependencies } from './dependencies';
import { sendNow } from './mail-delivery';

/** Tenants in one mail; the rest has the next one. */
const AT_ONCE = 100;

/** Tells operators of every tenant that is above its quota now, or no longer. */
export async function tellOfQuotas(dependencies: Dependencies): Promise<void> {
  const { pool, settings } = dependencies;
  for (;;) {
    const changes = await listQuotaChanges(pool, AT_ONCE);
    if (changes.length === 0) return;
    const content = quotaMail(changes);
    const turn = createHash('sha256').update(JSON.stringify(changes)).digest('hex').slice(0, 16);
    const letters = settings.operatorMail.map((_address, position): Letter => ({
      ...{ purpose: 'quota', recipient: 'operator', position, detail: { content } },
      mailId: mailId('storage', 'quota', position, turn),
    }));
    await transaction(pool, async (client) => {
      await enqueueMails(client, letters);
      await markTold(client, changes);
    });
    await sendNow(dependencies, letters);
  }
}
