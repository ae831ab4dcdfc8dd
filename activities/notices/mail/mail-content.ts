import { listResources } from '../../../registry/ledger/ledger';
import { findDecision } from '../../../registry/operations/approvals';
import { findOperation } from '../../../registry/views/operations';
import type { TakenMail } from '../../../registry/operations/mails';
import { adminAccessUrlOf } from '../../../registry/views/results';
import { loadTenantKey, ignoreDestroyedKey } from '../../../registry/keys/tenant-keys';
import { claimToken, renewClaim } from '../../../registry/credentials/claim-tokens';
import { approvalMail } from '../../../providers/mail/contents/approval-mail';
import { customerMail } from '../../../providers/mail/contents/customer-mail';
import { adminUsername } from '../../../providers/keycloak/admin-user';
import type { Rendered } from '../../../providers/mail/layout';
import { operatorMail } from '../../../providers/mail/contents/operator-mail';
import { welcomeMail } from '../../../providers/mail/contents/welcome-mail';
import type { MailDependencies, OrderDependencies } from '../../dependencies';
import type { OperatorNotice } from '../../operations/interface';
import type { OperationFailure } from '../../../contract/operations/messages';
import { loadOperation } from '../../operations/load-operation';
import { KEY_GONE, OBSOLETE, type Composed } from './composed';
import { customerAddress, customerLocale } from './customer-locale';
import { composeNotice } from '../operator-notice';
import { composeProgress } from '../progress-notice';
import { composeTenantNotice } from '../tenant-notice';

/** Composes a mail's address and content from what registry and configuration say now. */
export async function composeMail(
  dependencies: Pick<MailDependencies, 'keycloak' | 'keys' | 'pool' | 'settings'>,
  mail: TakenMail,
): Promise<Composed> {
  switch (mail.purpose) {
    case 'welcome':
      return composeWelcome(dependencies, mail);
    case 'not-set-up':
      return composeNotSetUp(dependencies, mail);
    case 'approval':
    case 'approval-reminder':
      return composeApproval(dependencies, mail);
    case 'quota':
    case 'audit':
    case 'webhook':
    case 'billing':
      return toOperator(dependencies, mail, (mail.detail as { content: Rendered }).content);
    case 'accepted':
    case 'approval-pending':
    case 'approved':
    case 'delayed':
    case 'set-up':
      return composeProgress(dependencies, mail, mail.purpose);
    case 'suspended':
    case 'resumed':
    case 'leaving':
    case 'called-off':
    case 'exported':
    case 'trial-ending':
    case 'payment-failed':
    case 'payment-action-required':
    case 'payment-received':
      return composeTenantNotice(dependencies, mail, mail.purpose);
    default:
      return composeOperators(dependencies, mail);
  }
}

async function composeWelcome(
  dependencies: Pick<MailDependencies, 'keycloak' | 'keys' | 'pool' | 'settings'>,
  { operationId, detail }: TakenMail,
): Promise<Composed> {
  const { keycloak, keys, pool, settings } = dependencies;
  const loaded = await ignoreDestroyedKey(loadOperation(dependencies, operationId!));
  const key = loaded && (await loadTenantKey(pool, keys, loaded.tenantId));
  if (!key) return OBSOLETE;
  const { tenantId, order } = loaded;
  const token = claimToken(key, String(detail['issuedFor']));
  const claimExpires = await renewClaim(pool, tenantId, token);
  if (!claimExpires) return OBSOLETE;
  const ledger = await listResources(pool, tenantId);
  const username = ledger.find(({ kind }) => kind === 'idp-admin-user')?.facts['username'];
  const content = welcomeMail(
    {
      organizationName: order.organizationName,
      // An older tenant's account keeps the name that it was given.
      username: typeof username === 'string' ? username : adminUsername(tenantId),
      adminUrl: adminAccessUrlOf(ledger) ?? keycloak.adminAccessUrl(tenantId),
      again: detail['again'] === true,
      claimUrl: `${settings.publicUrl}/claim#${tenantId}.${token}`,
      claimExpires,
    },
    customerLocale(loaded),
  );
  return { to: order.adminUser.email, content };
}

async function composeNotSetUp(
  dependencies: OrderDependencies,
  { operationId, recipient, detail }: TakenMail,
): Promise<Composed> {
  const loaded = await ignoreDestroyedKey(loadOperation(dependencies, operationId!));
  if (!loaded) return { unwanted: 'expired', problem: KEY_GONE };
  const to = customerAddress(loaded, recipient);
  if (!to) return OBSOLETE;
  const { organizationName } = loaded.order;
  const failure = detail['failure'] as OperationFailure;
  const rejected = failure.type === 'ApprovalRejected';
  const decision = rejected ? await findDecision(dependencies.pool, dependencies.keys, operationId!) : undefined;
  const content = customerMail(
    { organizationName, operationId: operationId!, failure, comment: decision?.comment, to: to.role },
    customerLocale(loaded),
  );
  return { to: to.address, content };
}

async function composeApproval(
  dependencies: Pick<MailDependencies, 'keys' | 'pool' | 'settings'>,
  { operationId, position, purpose }: TakenMail,
): Promise<Composed> {
  const { pool, settings } = dependencies;
  const to = settings.approverMail[position];
  const subject = await findOperation(pool, operationId!);
  if (to === undefined || subject?.status !== 'awaiting_approval') return OBSOLETE;
  const loaded = await ignoreDestroyedKey(loadOperation(dependencies, operationId!));
  if (!loaded) return OBSOLETE;
  const { order, caller, approvalKeys } = loaded;
  const content = approvalMail({
    operationId: operationId!,
    tenantName: order.tenantName,
    organizationName: order.organizationName,
    plan: order.subscription.plan,
    requestedBy: caller.replace(/^token:/, ''),
    customizations: approvalKeys.map((key) => ({ key, value: order.customizations?.[key] })),
    deadline: subject.approvalDeadline ?? new Date(),
    apiUrl: settings.publicUrl,
    reminder: purpose === 'approval-reminder',
  });
  return { to, content };
}

async function composeOperators(
  dependencies: Pick<MailDependencies, 'pool' | 'settings'>,
  mail: TakenMail,
): Promise<Composed> {
  const { notice, turn } = mail.detail as { notice: OperatorNotice; turn: string };
  const subject = await findOperation(dependencies.pool, notice.operationId);
  if (!subject || !stillApplies(notice, subject.status)) return OBSOLETE;
  return toOperator(dependencies, mail, operatorMail(await composeNotice(dependencies, subject, notice, turn)));
}

/** Whether a notice still applies: one that asks operators to decide does so only while the run is waiting. */
export function stillApplies({ status }: OperatorNotice, now: string): boolean {
  const waits = status === 'on_hold' || status === 'needs_operator';
  return !waits || status === now;
}

function toOperator(
  { settings }: Pick<MailDependencies, 'settings'>,
  { position }: TakenMail,
  content: Rendered,
): Composed {
  const to = settings.operatorMail[position];
  return to === undefined ? OBSOLETE : { to, content };
}
