import { execFileSync } from 'node:child_process';
import type { ApprovalRequest } from '../../../../providers/mail/contents/approval-mail';
import type { NotSetUp } from '../../../../providers/mail/contents/customer-mail';
import type { ProgressMail } from '../../../../providers/mail/contents/progress-mail';
import type { OperatorNotice } from '../../../../providers/mail/contents/operator-mail';
import type { TenantMail } from '../../../../providers/mail/contents/tenant-mail';
import type { Welcome } from '../../../../providers/mail/contents/welcome-mail';

/** A welcome of a first admin. */
export const WELCOME: Welcome = {
  organizationName: 'Söhne & Co.',
  username: 'admin-t-abcdefghijklmnop',
  adminUrl: 'https://app.example.com/?login_hint=admin-t-abcdefghijklmnop',
  claimUrl: 'https://app.example.com/claim#token=one-time',
  claimExpires: new Date('2026-11-24T09:30:00Z'),
};

/** A run with one leftover. */
export const LEFTOVERS: OperatorNotice = {
  operationId: 'op_abc',
  kind: 'provision',
  tenantId: 'abcdefghijklmnop',
  status: 'needs_operator',
  pastPivot: false,
  step: 'Set up billing and integrations',
  failure: { type: 'ProviderRefused', message: 'stripe: refused for ann@example.net.' },
  resources: [
    {
      kind: 'bucket',
      provider: 'versity',
      region: 'eu-central',
      id: 't-abcdefghijklmnop',
      note: 'refused with 403, says ann@example.net.',
    },
  ],
  decisions: [
    { aim: 'To have the undo tried again', body: { verb: 'retry' } },
    { aim: 'To take them over', body: { verb: 'accept', leftovers: [{ kind: 'bucket', id: "t-'x" }] } },
  ],
  turn: '2-x',
  apiUrl: 'https://example.com/api/',
  links: [{ label: 'Operation', url: 'https://example.com/api/v1/operations/op_abc' }],
};

/** An order that waits for an approver. */
export const APPROVAL: ApprovalRequest = {
  operationId: 'op_abc',
  tenantName: 'acme',
  organizationName: 'Acme',
  plan: 'professional',
  requestedBy: 'sign-up',
  customizations: [{ key: 'database.connectionLimit', value: { wanted: 50 } }],
  deadline: new Date('2026-11-26T12:00:00Z'),
  apiUrl: 'https://example.com/api/',
};

const OF = { organizationName: 'Söhne & Co.', operationId: 'op_abc' };

/** One mail of each subject to the first admin of a tenant that changes. */
export const TENANT_MAILS: TenantMail[] = [
  { ...OF, about: 'suspended', reason: 'non_payment', access: 'closed' },
  { ...OF, about: 'resumed' },
  {
    ...OF,
    about: 'leaving',
    reason: 'customer_request',
    removalAt: new Date('2026-12-24T12:00:00Z'),
    now: new Date('2026-11-24T12:00:00Z'),
    exported: true,
  },
  { ...OF, about: 'called-off', exported: true },
  {
    ...OF,
    about: 'exported',
    keyUrl: 'https://app.example.com/export#token=one-time',
    until: new Date('2027-01-24T12:00:00Z'),
  },
  { ...OF, about: 'trial-ending', endsAt: new Date('2026-12-01T12:00:00Z'), then: 'suspend' },
  { ...OF, about: 'payment-failed', suspendsAt: new Date('2026-12-14T12:00:00Z') },
  { ...OF, about: 'payment-action-required' },
  { ...OF, about: 'payment-received' },
];

/** One mail of each subject about the progress of an order. */
export const PROGRESS_MAILS: ProgressMail[] = [
  { ...OF, to: 'first-admin', about: 'accepted' },
  { ...OF, to: 'first-admin', about: 'approval-pending', deadline: new Date('2026-11-26T12:00:00Z') },
  { ...OF, to: 'first-admin', about: 'approved' },
  { ...OF, to: 'first-admin', about: 'delayed' },
  { ...OF, to: 'contact', about: 'set-up', planName: 'Enterprise', adminUrl: 'https://app.example.com/' },
];

/** Mails about an order that fails. */
export const FAILURE_MAILS: NotSetUp[] = [
  { ...OF, failure: { type: 'InternalError' } },
  { ...OF, failure: { type: 'ApprovalRejected' }, comment: 'No budget for 50 GB' },
  { ...OF, failure: { type: 'PaymentMethodDeclined', pointer: '/paymentMethod' }, to: 'contact' },
  { ...OF, failure: { type: 'Cancelled' } },
];

/** The arguments a shell passes to `curl` for the call in a mail whose body contains this text; the token is `mine`. */
export function argumentsOf(mail: string, having: string): string[] {
  const calls = mail.split('\n\n').filter((part) => part.startsWith('curl '));
  const call = calls.find((text) => text.slice(text.indexOf('\n  -d ')).includes(having));
  if (call === undefined) throw new Error(`No call in the mail has ${having}.`);
  const printed = execFileSync('sh', ['-c', call.trim().replace(/^curl/, "printf '%s\\n'")], {
    env: { API_TOKEN: 'mine' },
  });
  return printed.toString().trim().split('\n');
}
