import { CancelledFailure } from '@temporalio/common';
import { CUSTOMER_RECIPIENTS } from '../../../contract/maintenance/customer-mail';
import type { MailRecipient, MailRound } from '../../../contract/maintenance/mail-delivery';
import { transaction } from '../../../registry/database';
import {
  enqueueMails,
  forgetOldMails,
  listPending,
  listProgressBefore,
  postponeMail,
  settleMail,
  takeMail,
  type Letter,
  type TakenMail,
} from '../../../registry/operations/mails';
import { refusesRecipient } from '../../../providers/mail/classify';
import type { MailDependencies } from '../../dependencies';
import { failure, toFailure } from '../../../providers/port/failures';
import { composeMail } from './mail-content';
import { enqueueSlowSetups } from '../progress-letters';

/** After this many failures in a row the mail server is taken to be down, and the other mails wait for the next round. */
const DOWN_AFTER = 2;

/** A round that has taken this long begins no further delivery. */
const ROUND_MS = 120_000;

/** Stores mails, then tries once to send each. A later round sends what cannot be sent now, so this throws only if the registry fails. */
export async function post(dependencies: MailDependencies, letters: readonly Letter[]): Promise<void> {
  await transaction(dependencies.pool, (client) => enqueueMails(client, letters));
  await sendNow(dependencies, letters);
}

/** Tries once to send mails that are stored already. */
export async function sendNow(dependencies: MailDependencies, letters: readonly Letter[]): Promise<void> {
  let failures = 0;
  for (const letter of letters) {
    // A customer reads in order how it goes. An earlier mail that cannot be sent does not hold up this one.
    for (const mailId of [...(await listProgressBefore(dependencies.pool, letter.mailId)), letter.mailId]) {
      const taken = await takeMail(dependencies.pool, [mailId]);
      if (!taken) continue;
      failures = (await deliver(dependencies, taken)) ? 0 : failures + 1;
      if (failures === DOWN_AFTER) return;
    }
  }
}

/** Throws a retryable failure while one of these mails waits to be sent. */
export async function requireSent({ pool }: Pick<MailDependencies, 'pool'>, letters: readonly Letter[]): Promise<void> {
  const [waiting] = await listPending(
    pool,
    letters.map(({ mailId }) => mailId),
  );
  if (waiting) throw failure('ProviderUnavailable', waiting.problem ?? 'Another worker is sending the mail.');
}

/** Sends every mail that is due, until the mail server seems to be down or the round has taken its time. */
export async function deliverDue(dependencies: MailDependencies): Promise<MailRound> {
  const { pool, signal } = dependencies;
  const round: MailRound = { sent: 0, failed: 0 };
  await transaction(pool, enqueueSlowSetups);
  const end = Date.now() + ROUND_MS;
  for (let failures = 0; failures < DOWN_AFTER && Date.now() < end;) {
    signal().throwIfAborted();
    const taken = await takeMail(pool);
    if (!taken) break;
    const settled = await deliver(dependencies, taken);
    failures = settled ? 0 : failures + 1;
    round[settled ? 'sent' : 'failed'] += 1;
  }
  await forgetOldMails(pool);
  return round;
}

/** Resolves to false when the mail could not be sent, now or ever. */
async function deliver(dependencies: MailDependencies, taken: TakenMail): Promise<boolean> {
  const { pool, mailer, signal } = dependencies;
  const { mailId, purpose, recipient } = taken;
  try {
    const composed = await composeMail(dependencies, taken);
    if ('unwanted' in composed) {
      await settleMail(pool, mailId, composed.unwanted, composed.problem);
      return true;
    }
    await mailer.send({ ...composed.content, to: composed.to, messageId: mailId }, signal());
  } catch (error) {
    if (error instanceof CancelledFailure || signal().aborted) throw error;
    const { message } = toFailure(error, `${purpose} mail`, mailer.classify);
    // Addresses of operators and approvers come from the configuration: once it is corrected, they are no longer refused.
    if (isCustomer(recipient) && refusesRecipient(error)) await settleMail(pool, mailId, 'refused', message);
    else await postponeMail(pool, mailId, message);
    return false;
  }
  await settleMail(pool, mailId, 'sent');
  return true;
}

function isCustomer(recipient: MailRecipient): boolean {
  return CUSTOMER_RECIPIENTS.some((each) => each === recipient);
}
