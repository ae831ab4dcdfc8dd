import {
  ALWAYS_SENT,
  CUSTOMER_RECIPIENTS,
  type CustomerMailGroup,
  type CustomerRecipient,
  type TenantNotice,
} from '../../contract/maintenance/customer-mail';
import { findOperation, type OperationRow } from '../../registry/views/operations';
import type { Letter } from '../../registry/operations/mails';
import { findTemplate } from '../../registry/operations/operations';
import { mailId } from '../../providers/mail/mailer';
import type { MailDependencies } from '../dependencies';
import { failure } from '../../providers/port/failures';
import type { Activities } from '../operations/interface';
import { customerRecipients } from './mail/customer-recipients';
import { stillApplies } from './mail/mail-content';
import { post, requireSent } from './mail/mail-delivery';
import { turnOf } from './operator-notice';
import { turnOfNotice } from './tenant-notice';

/** Mail to approvers, operators and the customer. No mail asks for a decision that has been made meanwhile. */
export function createNotify(
  dependencies: MailDependencies,
): Pick<Activities, 'notifyApprovers' | 'notifyOperators' | 'notifyCustomer' | 'notifyTenant'> {
  const { pool, settings } = dependencies;

  async function subjectOf(operationId: string): Promise<OperationRow> {
    const subject = await findOperation(pool, operationId);
    if (!subject) throw failure('OperationNotFound', `There is no operation ${operationId} in the registry.`);
    return subject;
  }

  async function recipientsOf(operationId: string, group: CustomerMailGroup): Promise<readonly CustomerRecipient[]> {
    const template = await findTemplate(pool, operationId);
    if (!template) throw failure('OperationNotFound', `There is no operation ${operationId} in the registry.`);
    return customerRecipients(template, group);
  }

  return {
    async notifyApprovers({ operationId, reminder = false }) {
      const { status } = await subjectOf(operationId);
      if (status !== 'awaiting_approval') return;
      const purpose = reminder ? 'approval-reminder' : 'approval';
      const letters = settings.approverMail.map((_address, position): Letter => ({
        purpose,
        operationId,
        position,
        recipient: 'approver',
        replaces: ['approval'],
        mailId: mailId(operationId, purpose, position),
      }));
      await post(dependencies, letters);
    },

    async notifyCustomer({ operationId, failure: cause }) {
      const purpose = 'not-set-up';
      // A cancellation was requested, so it is no error. It only concerns customers who have been told that their order was accepted.
      const group = cause.type === 'Cancelled' ? 'progress' : 'errors';
      const letters = (await recipientsOf(operationId, group)).map((recipient): Letter => ({
        purpose,
        operationId,
        recipient,
        detail: { failure: cause },
        mailId: mailId(operationId, purpose, addressee(recipient)),
      }));
      await post(dependencies, letters);
      await requireSent(dependencies, letters);
    },

    async notifyTenant({ operationId, about }) {
      await subjectOf(operationId);
      const turn = await turnOfNotice(pool, operationId, about);
      const chosen = await recipientsOf(operationId, 'lifecycle');
      const recipients = CUSTOMER_RECIPIENTS.filter((recipient) => mayGet(recipient, about, chosen));
      const letters = recipients.map((recipient): Letter => ({
        purpose: about,
        operationId,
        recipient,
        mailId: mailId(operationId, about, addressee(recipient), turn),
        replaces: REPLACED[about] ?? [],
      }));
      await post(dependencies, letters);
    },

    async notifyOperators(notice) {
      const { operationId, status } = notice;
      const subject = await subjectOf(operationId);
      if (!stillApplies(notice, subject.status)) return;
      // One mail per recipient, so that recipients do not see each other's addresses.
      const turn = turnOf(subject, notice);
      const letters = settings.operatorMail.map((_address, position): Letter => ({
        purpose: status,
        operationId,
        position,
        recipient: 'operator',
        detail: { notice, turn },
        mailId: mailId(operationId, status, position, turn),
        replaces: ['on_hold', 'needs_operator'],
      }));
      await post(dependencies, letters);
    },
  };
}

/** Notices that become obsolete with a later one. */
const REPLACED: Partial<Record<TenantNotice, readonly TenantNotice[]>> = {
  'called-off': ['leaving', 'exported'],
  'payment-received': ['payment-failed', 'payment-action-required'],
};

/** The first admin is number 0 in the identity of mails, so that a mail that was sent before there were contacts keeps its identity. */
function addressee(recipient: CustomerRecipient): string | number {
  return recipient === 'first-admin' ? 0 : recipient;
}

/** Whether a recipient gets a notice. A contact never gets the one that hands out a key. */
function mayGet(recipient: CustomerRecipient, about: TenantNotice, chosen: readonly CustomerRecipient[]): boolean {
  if (recipient === 'first-admin' && ALWAYS_SENT.includes(about)) return true;
  return chosen.includes(recipient) && (recipient === 'first-admin' || about !== 'exported');
}
