import type { MailRecipient, MailState, UndeliveredState } from '../../contract/maintenance/mail-delivery';
import type { Operation } from '../../contract/schemas/operation-schema';
import type { Queryable } from '../database';
import { listUndelivered, type UndeliveredMail } from '../operations/mails';

/** What the API shows of the mail about one operation. */
export type DeliveryView = Pick<Operation, 'handover' | 'undelivered'>;

interface HandoverRow {
  operationId: string;
  completedAt: Date | null;
  state: Exclude<MailState, 'obsolete'> | null;
  since: Date | null;
  attempts: number | null;
  problem: string | null;
  claimedAt: Date | null;
  expiresAt: Date | null;
  lapsed: boolean;
}

/** Delivery state of the mail about each of these operations, by operation id. */
export async function viewDeliveries(
  db: Queryable,
  operationIds: readonly string[],
): Promise<Map<string, DeliveryView>> {
  const [undelivered, handovers] = await Promise.all([
    listUndelivered(db, operationIds),
    readHandovers(db, operationIds),
  ]);
  const views = new Map<string, DeliveryView>();
  for (const row of handovers) views.set(row.operationId, { handover: viewHandover(row) });
  for (const mail of undelivered) {
    const view = views.get(mail.operationId) ?? {};
    views.set(mail.operationId, { ...view, undelivered: [...(view.undelivered ?? []), viewMail(mail)] });
  }
  return views;
}

/** For each active operation, the newest mail with a claim link, and the state of the link. */
async function readHandovers(db: Queryable, operationIds: readonly string[]): Promise<HandoverRow[]> {
  const { rows } = await db.query<HandoverRow>(
    `select operation.operation_id as "operationId", operation.completed_at as "completedAt", welcome.state,
       coalesce(welcome.settled_at, welcome.created_at) as since, welcome.attempts, welcome.problem,
       claim.claimed_at as "claimedAt", claim.expires_at as "expiresAt", coalesce(claim.expires_at < now(), false) as lapsed
     from operation join tenant on tenant.tenant_id = operation.tenant_id and tenant.state <> 'gone'
     left join claim on claim.tenant_id = operation.tenant_id left join lateral (
       select * from mail where mail.operation_id = operation.operation_id and purpose = 'welcome' and state <> 'obsolete'
       order by created_at desc limit 1) welcome on true
     where operation.operation_id = any($1) and operation.status = 'active'`,
    [operationIds],
  );
  return rows;
}

function viewHandover(row: HandoverRow): DeliveryView['handover'] {
  const state = handoverState(row);
  const at = (state === 'claimed' ? row.claimedAt : state === 'lapsed' ? row.expiresAt : row.since) ?? row.completedAt;
  const linkIsOut = row.expiresAt && ['sent', 'unrecorded', 'lapsed'].includes(state);
  return {
    state,
    since: (at ?? new Date()).toISOString(),
    attempts: row.attempts ?? 0,
    ...(linkIsOut ? { linkExpires: row.expiresAt!.toISOString() } : {}),
    ...(row.problem === null ? {} : { problem: row.problem }),
    ...actionOf(HANDOVER_ACTION[state]),
  };
}

function handoverState({ state, claimedAt, lapsed }: HandoverRow): NonNullable<DeliveryView['handover']>['state'] {
  if (claimedAt) return 'claimed';
  if (state === 'sent' || state === 'unrecorded') return lapsed ? 'lapsed' : state;
  return state ?? 'pending';
}

function viewMail({ purpose, recipient, state, since, attempts, problem }: UndeliveredMail) {
  return {
    purpose,
    to: recipient,
    state,
    since: since.toISOString(),
    attempts,
    ...(problem === null ? {} : { problem }),
    ...actionOf(state === 'pending' ? RETRIED : GIVEN_UP[recipient]),
  };
}

function actionOf(action: string | undefined): { action?: string } {
  return action === undefined ? {} : { action };
}

const RETRIED =
  'Nothing yet: sending is retried for two weeks. If this persists, check that the workers reach the mail server and that it accepts mail.';

const REISSUE = 'Then call POST /v1/tenants/{tenantId}/credentials:reissue to mail a new link.';

const GIVEN_UP: Record<MailRecipient, string> = {
  'first-admin':
    'Ask the customer whether the first admin’s address is correct and accepts mail, and pass the content on through another channel.',
  contact: 'Ask the customer whether the contact’s address is correct and accepts mail.',
  approver:
    'Check that the addresses in APPROVER_MAIL are correct and accept mail, and ask an approver through another channel.',
  operator: 'Check that the addresses in OPERATOR_MAIL are correct and accept mail.',
};

const HANDOVER_ACTION: Record<NonNullable<DeliveryView['handover']>['state'], string | undefined> = {
  pending: RETRIED,
  sent: undefined,
  claimed: undefined,
  lapsed: 'Call POST /v1/tenants/{tenantId}/credentials:reissue to mail a new link.',
  refused: `Ask the customer whether the first admin’s address is correct and accepts mail. ${REISSUE}`,
  expired: `Check that the workers can reach the mail server and that it accepts their mail. ${REISSUE}`,
  unrecorded: `Ask the customer whether the mail has arrived. If it has not, ${REISSUE.replace('Then call', 'call')}`,
} satisfies Record<UndeliveredState | 'sent' | 'claimed' | 'lapsed' | 'unrecorded', string | undefined>;
