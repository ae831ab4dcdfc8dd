import { operationWorkflowId } from '../contract/messages';
import { STEP_LABELS } from '../contract/steps';
import { maybeOne } from '../registry/database';
import { listUnreleased } from '../registry/ledger';
import type { Rendered } from './adapters/mail/layout';
import { mailId, type MailPurpose } from './adapters/mail/mailer';
import { approvalMail, operationFailureMail } from './adapters/mail/messages';
import type { Dependencies } from './dependencies';
import { toFailure } from './failures';
import type { Activities } from './interface';
import { loadOperation } from './operation';

/** Mail to approvers and operators. */
export function createNotify(
  dependencies: Dependencies,
): Pick<Activities, 'notifyApprovers' | 'notifyOperators' | 'notifyCustomer'> {
  const { mailer, pool, settings, signal } = dependencies;

  /** One mail a recipient, so that nobody reads the others' addresses. */
  async function sendAll(to: string[], mail: Rendered, operationId: string, purpose: MailPurpose): Promise<void> {
    for (const [index, recipient] of to.entries()) {
      try {
        await mailer.send({ ...mail, to: recipient, messageId: mailId(operationId, purpose, index) }, signal());
      } catch (error) {
        throw toFailure(error, `${purpose} mail of operation ${operationId}`, mailer.classify);
      }
    }
  }

  return {
    async notifyApprovers({ operationId }) {
      const { order, caller, approvalKeys } = await loadOperation(dependencies, operationId);
      const row = await maybeOne<{ deadline: Date | null }>(
        pool,
        `select approval_deadline as deadline from operation where operation_id = $1`,
        [operationId],
      );
      const mail = approvalMail({
        operationId,
        tenantName: order.tenantName,
        organizationName: order.organizationName,
        plan: order.subscription.plan,
        requestedBy: caller.replace(/^token:/, ''),
        customizations: approvalKeys.map((key) => ({ key, value: order.customizations?.[key] })),
        deadline: row?.deadline ?? new Date(),
        apiUrl: settings.publicUrl,
      });
      await sendAll(settings.approverMail, mail, operationId, 'approval');
    },

    async notifyCustomer() {
      // Written next.
    },

    async notifyOperators({ operationId, failure: cause, status }) {
      const { tenant_id: tenantId } = (await maybeOne<{ tenant_id: string }>(
        pool,
        `select tenant_id from operation where operation_id = $1`,
        [operationId],
      ))!;
      const leftovers = await listUnreleased(pool, operationId);
      const workflow = encodeURIComponent(operationWorkflowId(operationId));
      const mail = operationFailureMail({
        operationId,
        tenantId,
        status,
        step: STEP_LABELS[cause.step],
        failure: cause,
        leftovers:
          status === 'needs_operator'
            ? leftovers.map(({ externalId, name, ...row }) => ({ ...row, id: externalId ?? name }))
            : [],
        links: [
          { label: 'Operation', url: `${settings.publicUrl}/v1/operations/${operationId}` },
          ...(settings.temporalUiUrl === undefined
            ? []
            : [
                {
                  label: 'Run in the Temporal Web UI',
                  url: `${settings.temporalUiUrl}/namespaces/${settings.temporalNamespace}/workflows/${workflow}`,
                },
              ]),
        ],
      });
      await sendAll(settings.operatorMail, mail, operationId, 'failure');
    },
  };
}
