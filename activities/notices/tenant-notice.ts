import { PAYMENT_NOTICES, type TenantNotice } from '../../contract/maintenance/customer-mail';
import type { OperationStatus } from '../../contract/operations/states';
import { ignoreDestroyedKey } from '../../registry/keys/tenant-keys';
import type { TakenMail } from '../../registry/operations/mails';
import {
  findArrears,
  findNoticeSubject,
  findRemovalTime,
  findTrialEnd,
  type NoticeSubject,
} from '../../registry/views/tenant-notices';
import { tenantMail, type TenantMail } from '../../providers/mail/contents/tenant-mail';
import type { MailDependencies } from '../dependencies';
import { loadOperation } from '../operations/load-operation';
import { exportOf } from './export-notice';
import { KEY_GONE, OBSOLETE, type Composed } from './mail/composed';
import { customerAddress, customerLocale } from './mail/customer-locale';

type Needed = Pick<MailDependencies, 'keys' | 'pool' | 'settings'>;

/** What one mail is about, beside what every mail to a customer has. */
type Facts = TenantMail extends infer Mail
  ? Mail extends TenantMail
    ? Omit<Mail, 'organizationName' | 'operationId' | 'to'>
    : never
  : never;

/** Statuses of a removal that can still be called off. */
const BEFORE_REMOVAL: readonly OperationStatus[] = ['pending', 'running', 'grace', 'on_hold'];

/** Composes the mail to a customer about their tenant, unless it has come to something else meanwhile. */
export async function composeTenantNotice(
  dependencies: Needed,
  { operationId, recipient }: Pick<TakenMail, 'operationId' | 'recipient'>,
  about: TenantNotice,
): Promise<Composed> {
  const subject = await findNoticeSubject(dependencies.pool, operationId!);
  const facts = subject && (await FACTS[about](dependencies, subject, operationId!));
  if (!facts) return OBSOLETE;
  const loaded = await ignoreDestroyedKey(loadOperation(dependencies, operationId!));
  if (!loaded) return { unwanted: 'expired', problem: KEY_GONE };
  const to = customerAddress(loaded, recipient);
  if (!to) return OBSOLETE;
  const { organizationName } = loaded.order;
  const content = tenantMail(
    { organizationName, operationId: operationId!, to: to.role, ...facts },
    customerLocale(loaded),
  );
  return { to: to.address, content };
}

/**
 * What tells a notice from earlier ones about the same thing, as part of the mail's identity: each reminder of each end of a trial, or of each
 * unpaid invoice, is a mail of its own, and a repeated request for one is not. Undefined for what is told once an operation.
 */
export async function turnOfNotice(
  pool: MailDependencies['pool'],
  operationId: string,
  about: TenantNotice,
): Promise<string | undefined> {
  if (about === 'trial-ending') {
    const trial = await findTrialEnd(pool, operationId);
    return trial && `${trial.endsAt.getTime().toString(36)}-${daysUntil(trial.endsAt)}`;
  }
  if (!PAYMENT_NOTICES.some((notice) => notice === about)) return undefined;
  const arrears = await findArrears(pool, operationId);
  return arrears && `${arrears.invoiceId}-${-daysUntil(arrears.since)}`;
}

function daysUntil(time: Date): number {
  return Math.round((time.getTime() - Date.now()) / 86_400_000);
}

/** Reads what a mail about an unpaid invoice says; undefined once it is paid, or the tenant is not in use. */
async function unpaid(
  { pool }: Needed,
  { state }: NoticeSubject,
  operationId: string,
): Promise<{ suspendsAt: Date | undefined } | undefined> {
  const arrears = await findArrears(pool, operationId);
  if (state !== 'active' || !arrears || arrears.paid) return undefined;
  const { suspendsAt } = arrears;
  return { suspendsAt: suspendsAt !== null && suspendsAt.getTime() > Date.now() ? suspendsAt : undefined };
}

/** Reads what a mail says; undefined once it would be wrong. */
const FACTS: {
  [A in TenantNotice]: (
    dependencies: Needed,
    subject: NoticeSubject,
    operationId: string,
  ) => Promise<Extract<Facts, { about: A }> | undefined>;
} = {
  suspended: async (_, { state, parameters: { reason, access = 'closed' } }) =>
    state === 'suspended' ? { about: 'suspended', reason, access } : undefined,
  resumed: async (_, { state }) => (state === 'active' ? { about: 'resumed' } : undefined),
  leaving: async ({ pool }, { state, status, parameters: { reason, export: exported = false } }, operationId) => {
    const removalAt = await findRemovalTime(pool, operationId);
    if (state !== 'leaving' || !BEFORE_REMOVAL.includes(status) || !removalAt) return undefined;
    return { about: 'leaving', reason, removalAt, now: new Date(), exported };
  },
  'called-off': async ({ pool }, { state, parameters: { export: exported = false } }, operationId) => {
    const announced = (await findRemovalTime(pool, operationId)) !== undefined;
    return state !== 'gone' && announced ? { about: 'called-off', exported } : undefined;
  },
  exported: async (dependencies, _, operationId) => {
    const made = await exportOf(dependencies, operationId);
    return made && { about: 'exported', ...made };
  },
  'trial-ending': async ({ pool }, { state }, operationId) => {
    const trial = await findTrialEnd(pool, operationId);
    if (state !== 'active' || !trial?.ahead) return undefined;
    return { about: 'trial-ending', endsAt: trial.endsAt, then: trial.then };
  },
  'payment-failed': async (...subject) => {
    const facts = await unpaid(...subject);
    return facts && { about: 'payment-failed', ...facts };
  },
  'payment-action-required': async (...subject) => {
    const facts = await unpaid(...subject);
    return facts && { about: 'payment-action-required', ...facts };
  },
  'payment-received': async ({ pool }, { state }, operationId) => {
    const arrears = await findArrears(pool, operationId);
    return state === 'active' && (!arrears || arrears.paid) ? { about: 'payment-received' } : undefined;
  },
};
