import type { ProgressNotice } from '../../contract/maintenance/customer-mail';
import { hasEnded, type OperationStatus } from '../../contract/operations/states';
import { listResources } from '../../registry/ledger/ledger';
import { ignoreDestroyedKey } from '../../registry/keys/tenant-keys';
import type { TakenMail } from '../../registry/operations/mails';
import { findOperation } from '../../registry/views/operations';
import { adminAccessUrlOf } from '../../registry/views/results';
import { progressMail, type ProgressMail } from '../../providers/mail/contents/progress-mail';
import type { MailDependencies } from '../dependencies';
import { loadOperation } from '../operations/load-operation';
import { OBSOLETE, type Composed } from './mail/composed';
import { customerAddress, customerLocale } from './mail/customer-locale';

/** Composes the mail to a customer about the progress of an order, unless it has gone on meanwhile. */
export async function composeProgress(
  dependencies: Pick<MailDependencies, 'keycloak' | 'keys' | 'pool'>,
  { operationId, recipient, detail }: TakenMail,
  about: ProgressNotice,
): Promise<Composed> {
  const { pool, keycloak } = dependencies;
  const subject = await findOperation(pool, operationId!);
  if (!subject || !stillTrue(about, subject.status, detail)) return OBSOLETE;
  // Without its key, the order was undone: another mail has told the customer.
  const loaded = await ignoreDestroyedKey(loadOperation(dependencies, operationId!));
  const to = loaded && customerAddress(loaded, recipient);
  if (!to) return OBSOLETE;
  const { order, template, tenantId } = loaded;
  const common = { organizationName: order.organizationName, operationId: operationId!, to: to.role };
  const contentOf = async (): Promise<ProgressMail> => {
    switch (about) {
      case 'approval-pending':
        return { ...common, about, deadline: subject.approvalDeadline ?? undefined };
      case 'set-up': {
        const adminUrl = adminAccessUrlOf(await listResources(pool, tenantId)) ?? keycloak.adminAccessUrl(tenantId);
        return { ...common, about, planName: template.templateName, adminUrl };
      }
      default:
        return { ...common, about };
    }
  };
  return { to: to.address, content: progressMail(await contentOf(), customerLocale(loaded)) };
}

/** Whether a notice about progress is still true. */
function stillTrue(about: ProgressNotice, status: OperationStatus, { slow }: TakenMail['detail']): boolean {
  switch (about) {
    case 'approval-pending':
      return status === 'awaiting_approval';
    case 'delayed':
      return status === 'on_hold' || (slow === true && UNDER_WAY.includes(status));
    case 'set-up':
      return status === 'active';
    default:
      return !hasEnded(status) && status !== 'compensating' && status !== 'needs_operator';
  }
}

const UNDER_WAY: readonly OperationStatus[] = ['validating', 'provisioning'];
