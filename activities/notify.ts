import { findOperation, type OperationRow } from '../registry/operation-views';
import { unlessKeyDestroyed } from '../registry/tenant-keys';
import { approvalMail } from './adapters/mail/approval-mail';
import { customerMail } from './adapters/mail/customer-mail';
import type { Rendered } from './adapters/mail/layout';
import { mailId, type MailPurpose } from './adapters/mail/mailer';
import { operatorMail } from './adapters/mail/operator-mail';
import type { Dependencies } from './dependencies';
import { failure, toFailure } from './failures';
import type { Activities } from './interface';
import { loadOperation } from './operation';
import { composeNotice } from './operator-notice';

/** Who gets which mail, and what makes it the same mail at a further attempt. */
interface Delivery {
  to: string[];
  operationId: string;
  purpose: MailPurpose;
  turn?: string;
}

/** Mail to approvers, operators and the customer. Nobody is asked for a decision that has been made meanwhile. */
export function createNotify(
  dependencies: Dependencies,
): Pick<Activities, 'notifyApprovers' | 'notifyOperators' | 'notifyCustomer'> {
  const { mailer, pool, settings, signal } = dependencies;

  /** One mail a recipient, so that nobody reads the others' addresses. */
  async function send({ to, operationId, purpose, turn }: Delivery, mail: Rendered): Promise<void> {
    for (const [index, recipient] of to.entries()) {
      const messageId = mailId(operationId, purpose, index, turn);
      try {
        await mailer.send({ ...mail, to: recipient, messageId }, signal());
      } catch (error) {
        throw toFailure(error, `${purpose} mail of operation ${operationId}`, mailer.classify);
      }
    }
  }

  async function subjectOf(operationId: string): Promise<OperationRow> {
    const subject = await findOperation(pool, operationId);
    if (!subject) throw failure('OperationNotFound', `There is no operation ${operationId} in the registry.`);
    return subject;
  }

  return {
    async notifyApprovers({ operationId, reminder = false }) {
      const { status, approvalDeadline } = await subjectOf(operationId);
      if (status !== 'awaiting_approval') return;
      const { order, caller, approvalKeys } = await loadOperation(dependencies, operationId);
      const mail = approvalMail({
        operationId,
        tenantName: order.tenantName,
        organizationName: order.organizationName,
        plan: order.subscription.plan,
        requestedBy: caller.replace(/^token:/, ''),
        customizations: approvalKeys.map((key) => ({ key, value: order.customizations?.[key] })),
        deadline: approvalDeadline ?? new Date(),
        apiUrl: settings.publicUrl,
        reminder,
      });
      const purpose = reminder ? 'approval-reminder' : 'approval';
      await send({ to: settings.approverMail, operationId, purpose }, mail);
    },

    async notifyCustomer({ operationId, failure: cause }) {
      const loaded = await unlessKeyDestroyed(loadOperation(dependencies, operationId));
      if (!loaded) return;
      const { adminUser, organizationName } = loaded.order;
      const mail = customerMail({ organizationName, operationId, failure: cause });
      await send({ to: [adminUser.email], operationId, purpose: 'not-set-up' }, mail);
    },

    async notifyOperators(notice) {
      const { operationId, status } = notice;
      const subject = await subjectOf(operationId);
      const waits = status === 'on_hold' || status === 'needs_operator';
      if (waits && subject.status !== status) return;
      const content = await composeNotice(dependencies, subject, notice);
      await send(
        { to: settings.operatorMail, operationId, purpose: status, turn: content.turn },
        operatorMail(content),
      );
    },
  };
}
