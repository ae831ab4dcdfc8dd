import type { Logger } from 'pino';
import type { MailDependencies } from '../activities/dependencies';
import { sendNow } from '../activities/notices/mail/mail-delivery';
import { CUSTOMER_MAIL_READER, enqueueProgress } from '../activities/notices/progress-letters';
import { followEvents } from '../registry/events/follow';
import { readEvents } from '../registry/events/readers';
import type { Letter } from '../registry/operations/mails';

const EVENTS_AT_ONCE = 100;

/** What the dispatch of mail to customers takes. */
export interface CustomerMailDispatch {
  dependencies: MailDependencies;
  logger: Logger;
  stop: AbortSignal;
}

/**
 * Mails customers how their orders go on, until `stop` is aborted. Several workers may do so at once: each event is read by one of them. A mail
 * is stored before it is sent, so one that a crash leaves unsent goes out with the next round of deliveries.
 */
export async function dispatchCustomerMail(dispatch: CustomerMailDispatch): Promise<void> {
  const { dependencies, logger, stop } = dispatch;
  const { pool } = dependencies;
  const sending = { ...dependencies, signal: () => stop };
  for await (const _ of followEvents(pool, stop)) {
    try {
      for (let read = EVENTS_AT_ONCE; read === EVENTS_AT_ONCE && !stop.aborted;) {
        const letters: Letter[] = [];
        read = await readEvents(pool, CUSTOMER_MAIL_READER, EVENTS_AT_ONCE, async (events, client) => {
          letters.push(...(await enqueueProgress(client, events)));
        });
        await sendNow(sending, letters);
      }
    } catch (error) {
      if (!stop.aborted)
        logger.warn({ reason: (error as Error).message }, 'mail to customers waits; another attempt follows');
    }
  }
}
