import { execFileSync } from 'node:child_process';
import type { ApprovalRequest } from '../../../activities/adapters/mail/approval-mail';
import type { OperatorNotice } from '../../../activities/adapters/mail/operator-mail';
import type { Welcome } from '../../../activities/adapters/mail/welcome-mail';

/** What a first admin is welcomed with. */
export const WELCOME: Welcome = {
  organizationName: 'Söhne & Co.',
  username: 'admin-t-abcdefghijklmnop',
  adminUrl: 'https://app.example.com/?login_hint=admin-t-abcdefghijklmnop',
  claimUrl: 'https://app.example.com/claim#token=one-time',
  claimExpires: new Date('2026-11-24T09:30:00Z'),
};

/** A run with a leftover. */
export const LEFTOVERS: OperatorNotice = {
  operationId: 'op_abc',
  tenantId: 'abcdefghijklmnop',
  status: 'needs_operator',
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

/** The arguments a shell gives to `curl` for the call in a mail that has this text in its body; the token is `mine`. */
export function argumentsOf(mail: string, having: string): string[] {
  const calls = mail.split('\n\n').filter((part) => part.startsWith('curl '));
  const call = calls.find((text) => text.slice(text.indexOf('\n  -d ')).includes(having));
  if (call === undefined) throw new Error(`No call in the mail has ${having}.`);
  const printed = execFileSync('sh', ['-c', call.trim().replace(/^curl/, "printf '%s\\n'")], {
    env: { API_TOKEN: 'mine' },
  });
  return printed.toString().trim().split('\n');
}
