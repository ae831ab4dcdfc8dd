import type { CustomerMailGroup, ProgressNotice } from '../../contract/maintenance/customer-mail';
import type { NumberedEvent } from '../../contract/events/events';
import { rulesOf } from '../../contract/operations/kinds';
import { mailId } from '../../providers/mail/mailer';
import type { Queryable } from '../../registry/database';
import { enqueueMails, type Letter } from '../../registry/operations/mails';
import { listSlowSetups, readProgressSubjects, type ProgressSubject } from '../../registry/views/progress-subjects';
import { customerRecipients } from './mail/customer-recipients';

/** Name of the reader of the event log that makes mail to customers of events. */
export const CUSTOMER_MAIL_READER = 'customer-mail';

type StatusEvent = Extract<NumberedEvent, { type: 'operation.status' }>;

/**
 * Stores the mails that customers get because of these events, and returns them. `client` is in the transaction that advances the reader, so
 * each event makes its mails once.
 */
export async function enqueueProgress(client: Queryable, events: readonly NumberedEvent[]): Promise<Letter[]> {
  const told = events.filter(
    (event): event is StatusEvent => event.type === 'operation.status' && noticeOf(event.data) !== undefined,
  );
  const subjects = await readProgressSubjects(
    client,
    told.flatMap(({ operationId }) => operationId ?? []),
  );
  const letters = told.flatMap(({ operationId, data, sequence }) => {
    const subject = subjects.get(operationId ?? '');
    return subject ? lettersOf(subject, noticeOf(data)!, String(sequence)) : [];
  });
  await enqueueMails(client, letters);
  return letters;
}

/** Stores the mails about tenants whose setup takes longer than their plan calls usual: one of each. */
export async function enqueueSlowSetups(client: Queryable): Promise<void> {
  const slow = await listSlowSetups(client);
  await enqueueMails(
    client,
    slow.flatMap((subject) =>
      lettersOf(subject, 'delayed', 'slow').map((letter) => ({ ...letter, detail: { slow: true } })),
    ),
  );
}

/** What a customer is told when an operation moves to another status. */
function noticeOf({ from, status }: StatusEvent['data']): ProgressNotice | undefined {
  if (from === undefined) return 'accepted';
  switch (status) {
    case 'awaiting_approval':
      return 'approval-pending';
    case 'provisioning':
      return from === 'awaiting_approval' ? 'approved' : undefined;
    case 'on_hold':
      return 'delayed';
    case 'active':
      return 'set-up';
    default:
      return undefined;
  }
}

/** `turn` tells an occurrence from others of the same notice. */
function lettersOf({ operationId, kind, template }: ProgressSubject, about: ProgressNotice, turn: string): Letter[] {
  if (!rulesOf(kind).customerWaits) return [];
  const group: CustomerMailGroup = about === 'set-up' ? 'completion' : 'progress';
  return customerRecipients(template, group).map((recipient) => ({
    purpose: about,
    operationId,
    recipient,
    mailId: mailId(operationId, about, recipient, turn),
  }));
}
