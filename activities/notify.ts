import { findOperation, type OperationRow } from '../registry/operation-views';
import type { Letter } from '../registry/mails';
import { mailId } from './adapters/mail/mailer';
import type { Dependencies } from './dependencies';
import { failure } from './failures';
import type { Activities } from './interface';
import { stillTrue } from './mail-content';
import { post, requireSent } from './mail-delivery';
import { turnOf } from './operator-notice';

/** Mail to approvers, operators and the customer. Nobody is asked for a decision that has been made meanwhile. */
export function createNotify(
  dependencies: Dependencies,
): Pick<Activities, 'notifyApprovers' | 'notifyOperators' | 'notifyCustomer'> {
  const { pool, settings } = dependencies;

  async function subjectOf(operationId: string): Promise<OperationRow> {
    const subject = await findOperation(pool, operationId);
    if (!subject) throw failure('OperationNotFound', `There is no operation ${operationId} in the registry.`);
    return subject;
  }

  return {
    async notifyApprovers({ operationId, reminder = false }) {
      const { status } = await subjectOf(operationId);
      if (status !== 'awaiting_approval') return;
      const purpose = reminder ? 'approval-reminder' : 'approval';
      const letters = settings.approverMail.map((_address, position): Letter => ({
        ...{ purpose, operationId, position, recipient: 'approver', replaces: ['approval'] },
        mailId: mailId(operationId, purpose, position),
      }));
      await post(dependencies, letters);
    },

    async notifyCustomer({ operationId, failure: cause }) {
      const purpose = 'not-set-up';
      const letter: Letter = {
        ...{ purpose, operationId, recipient: 'first-admin', detail: { failure: cause } },
        mailId: mailId(operationId, purpose),
      };
      await post(dependencies, [letter]);
      await requireSent(dependencies, [letter]);
    },

    async notifyOperators(notice) {
      const { operationId, status } = notice;
      const subject = await subjectOf(operationId);
      if (!stillTrue(notice, subject.status)) return;
      // One mail a recipient, so that nobody reads the others' addresses.
      const turn = turnOf(subject, notice);
      const letters = settings.operatorMail.map((_address, position): Letter => ({
        ...{ purpose: status, operationId, position, recipient: 'operator', detail: { notice, turn } },
        mailId: mailId(operationId, status, position, turn),
        replaces: ['on_hold', 'needs_operator'],
      }));
      await post(dependencies, letters);
    },
  };
}
