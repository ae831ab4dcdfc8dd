import { listResources } from '../registry/ledger';
import { findDecision } from '../registry/approvals';
import { findOperation } from '../registry/operation-views';
import type { TakenMail } from '../registry/mails';
import { adminAccessUrlOf } from '../registry/result-views';
import { loadTenantKey, unlessKeyDestroyed } from '../registry/tenant-keys';
import { claimToken, renewClaim } from '../registry/claim-tokens';
import { approvalMail } from './adapters/mail/approval-mail';
import { customerMail } from './adapters/mail/customer-mail';
import { adminUsername } from './adapters/keycloak/admin-user';
import type { Rendered } from './adapters/mail/layout';
import { operatorMail } from './adapters/mail/operator-mail';
import { welcomeMail } from './adapters/mail/welcome-mail';
import type { Dependencies } from './dependencies';
import type { OperatorNotice } from './interface';
import type { OperationFailure } from '../contract/messages';
import { loadOperation } from './operation';
import { composeNotice } from './operator-notice';

/** A mail as it is to be sent now, or why it is not to be sent. */
export type Composed =
  { to: string; content: Rendered } | { unwanted: 'obsolete' | 'expired'; problem?: string | undefined };

const OBSOLETE: Composed = { unwanted: 'obsolete' };

const KEY_GONE =
  'The tenant’s key was destroyed before the mail server took this mail, so the address cannot be read any more. Tell the customer by another way.';

/** Reads address and content of a mail as registry and configuration have them now. */
export async function composeMail(dependencies: Dependencies, mail: TakenMail): Promise<Composed> {
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
      return toOperator(dependencies, mail, (mail.detail as { content: Rendered }).content);
    default:
      return composeOperators(dependencies, mail);
  }
}

async function composeWelcome(dependencies: Dependencies, { operationId, detail }: TakenMail): Promise<Composed> {
  const { keycloak, keys, pool, settings } = dependencies;
  const loaded = await unlessKeyDestroyed(loadOperation(dependencies, operationId!));
  const key = loaded && (await loadTenantKey(pool, keys, loaded.tenantId));
  if (!key) return OBSOLETE;
  const { tenantId, order } = loaded;
  const token = claimToken(key, String(detail['issuedFor']));
  const claimExpires = await renewClaim(pool, tenantId, token);
  if (!claimExpires) return OBSOLETE;
  const ledger = await listResources(pool, tenantId);
  const username = ledger.find(({ kind }) => kind === 'idp-admin-user')?.facts['username'];
  const content = welcomeMail({
    organizationName: order.organizationName,
    // The account of an older tenant keeps the name it was given.
    username: typeof username === 'string' ? username : adminUsername(tenantId),
    adminUrl: adminAccessUrlOf(ledger) ?? keycloak.adminAccessUrl(tenantId),
    again: detail['again'] === true,
    claimUrl: `${settings.publicUrl}/claim#${tenantId}.${token}`,
    claimExpires,
  });
  return { to: order.adminUser.email, content };
}

async function composeNotSetUp(dependencies: Dependencies, { operationId, detail }: TakenMail): Promise<Composed> {
  const loaded = await unlessKeyDestroyed(loadOperation(dependencies, operationId!));
  if (!loaded) return { unwanted: 'expired', problem: KEY_GONE };
  const { adminUser, organizationName } = loaded.order;
  const failure = detail['failure'] as OperationFailure;
  const rejected = failure.type === 'ApprovalRejected';
  const decision = rejected ? await findDecision(dependencies.pool, dependencies.keys, operationId!) : undefined;
  const content = customerMail({ organizationName, operationId: operationId!, failure, comment: decision?.comment });
  return { to: adminUser.email, content };
}

async function composeApproval(
  dependencies: Dependencies,
  { operationId, position, purpose }: TakenMail,
): Promise<Composed> {
  const { pool, settings } = dependencies;
  const to = settings.approverMail[position];
  const subject = await findOperation(pool, operationId!);
  if (to === undefined || subject?.status !== 'awaiting_approval') return OBSOLETE;
  const loaded = await unlessKeyDestroyed(loadOperation(dependencies, operationId!));
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

async function composeOperators(dependencies: Dependencies, mail: TakenMail): Promise<Composed> {
  const { notice, turn } = mail.detail as unknown as { notice: OperatorNotice; turn: string };
  const subject = await findOperation(dependencies.pool, notice.operationId);
  if (!subject || !stillTrue(notice, subject.status)) return OBSOLETE;
  return toOperator(dependencies, mail, operatorMail(await composeNotice(dependencies, subject, notice, turn)));
}

/** Whether a notice that asks operators to decide still finds the run waiting. */
export function stillTrue({ status }: OperatorNotice, now: string): boolean {
  const waits = status === 'on_hold' || status === 'needs_operator';
  return !waits || status === now;
}

function toOperator({ settings }: Dependencies, { position }: TakenMail, content: Rendered): Composed {
  const to = settings.operatorMail[position];
  return to === undefined ? OBSOLETE : { to, content };
}
