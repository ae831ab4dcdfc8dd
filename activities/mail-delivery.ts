import { CancelledFailure } from '@temporalio/common';
import type { MailRound } from '../contract/mails';
import { transaction } from '../registry/database';
import {
  enqueueMails,
  forgetOldMails,
  listPending,
  postponeMail,
  settleMail,
  takeMail,
  type Letter,
  type TakenMail,
} from '../registry/mails';
import { refusesRecipient } from './adapters/mail/classify';
import type { Dependencies } from './dependencies';
import { failure, toFailure } from './failures';
import { composeMail } from './mail-content';

/** Failures in a row after which the mail server is taken for down and the other mails wait for the next round. */
const DOWN_AFTER = 2;

/** A round begins no further delivery after this long. */
const ROUND_MS = 120_000;

/** Writes mails down, then tries to send each once. What cannot be sent now is sent by a later round, so this throws for the registry only. */
export async function post(dependencies: Dependencies, letters: readonly Letter[]): Promise<void> {
  await transaction(dependencies.pool, (client) => enqueueMails(client, letters));
  await sendNow(dependencies, letters);
}

/** Tries to send mails that are written down. */
export async function sendNow(dependencies: Dependencies, letters: readonly Letter[]): Promise<void> {
  let failures = 0;
  for (const { mailId } of letters) {
    const taken = await takeMail(dependencies.pool, [mailId]);
    if (!taken) continue;
    failures = (await deliver(dependencies, taken)) ? 0 : failures + 1;
    if (failures === DOWN_AFTER) return;
  }
}

/** Throws a failure worth repeating while one of these mails waits to be sent. */
export async function requireSent({ pool }: Dependencies, letters: readonly Letter[]): Promise<void> {
  const [waiting] = await listPending(
    pool,
    letters.map(({ mailId }) => mailId),
  );
  if (waiting) throw failure('ProviderUnavailable', waiting.problem ?? 'Another worker is sending the mail.');
}

/** Sends every mail that is due, until the mail server seems to be down. */
export async function deliverDue(dependencies: Dependencies): Promise<MailRound> {
  const { pool, signal } = dependencies;
  const round: MailRound = { sent: 0, failed: 0 };
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

/** False when the mail could not be sent now, or not at all. */
async function deliver(dependencies: Dependencies, taken: TakenMail): Promise<boolean> {
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
    // The addresses of operators and approvers come from the configuration, so a refusal there ends once it is corrected.
    if (recipient === 'first-admin' && refusesRecipient(error)) await settleMail(pool, mailId, 'refused', message);
    else await postponeMail(pool, mailId, message);
    return false;
  }
  await settleMail(pool, mailId, 'sent');
  return true;
}
