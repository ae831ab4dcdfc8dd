import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { approvalMail, operationFailureMail, welcomeMail } from '../../../activities/adapters/mail/messages';

const HOSTILE = '<script>alert(1)</script>\r\n\r\nBcc: eve@example.org\u202e "quoted" & https://evil.example';

const welcome = {
  organizationName: 'Söhne & Co.',
  username: 'admin@t-abcdefghijklmnop',
  adminUrl: 'https://app.example.com/?login_hint=admin%40t-abcdefghijklmnop',
  claimUrl: 'https://app.example.com/claim#token=one-time',
  claimExpires: new Date('2026-11-24T09:30:00Z'),
};

const operation = {
  operationId: 'op_abc',
  tenantId: 'abcdefghijklmnop',
  status: 'needs_operator',
  step: 'Set up billing and integrations',
  failure: { type: 'ProviderRefused', message: 'stripe: refused for ann@example.net.' },
  leftovers: [{ kind: 'bucket', provider: 'versity', region: 'eu-central', id: 't-abcdefghijklmnop' }],
  links: [{ label: 'Operation', url: 'https://api.example.com/v1/operations/op_abc' }],
};

const approval = {
  operationId: 'op_abc',
  tenantName: 'acme',
  organizationName: 'Acme',
  plan: 'professional',
  requestedBy: 'sign-up',
  customizations: [{ key: 'database.connectionLimit', value: { wanted: 50 } }],
  deadline: new Date('2026-11-26T12:00:00Z'),
  apiUrl: 'https://example.com/api/',
};

test('the welcome names organization, user name, both links and the day the link ends', () => {
  const mail = welcomeMail(welcome);
  expect(mail.subject).toBe('Söhne & Co. is ready');
  for (const part of [welcome.username, welcome.adminUrl, welcome.claimUrl, '24 November 2026'])
    expect(mail.text).toContain(part);
  expect(mail.html).toContain('S\u00f6hne &#38; Co.');
  expect(mail.html).toContain(`href="${welcome.claimUrl}"`);
});

test('the operators’ mail names step, failure and every leftover, and no address of a customer', () => {
  const mail = operationFailureMail(operation);
  expect(mail.subject).toBe('[needs_operator] operation op_abc: ProviderRefused, 1 leftover');
  expect(mail.text).toContain('bucket t-abcdefghijklmnop (versity, eu-central)');
  expect(mail.text).toContain('Reason: stripe: refused for [address]');
  expect(`${mail.text}${mail.html}`).not.toContain('ann@');
  const clean = operationFailureMail({ ...operation, status: 'failed', step: undefined, leftovers: [] });
  expect(clean.text).toContain('Nothing is left of it at any provider.');
});

test('the approvers’ mail says who, what, until when, and its commands are taken by a shell as they stand', () => {
  const mail = approvalMail(approval);
  for (const part of ['database.connectionLimit = {"wanted":50}', 'Ordered by: sign-up', '26 November 2026'])
    expect(mail.text).toContain(part);
  const command = /^curl -X POST [\s\S]*?"approve"[^\n]*$/m.exec(mail.text)![0];
  const printed = execFileSync('sh', ['-c', command.replace(/^curl/, "printf '%s\\n'")], {
    env: { API_TOKEN: 'mine' },
  }).toString();
  expect(printed.trim().split('\n')).toEqual([
    '-X',
    'POST',
    'https://example.com/api/v1/operations/op_abc/approval',
    '-H',
    'Authorization: Bearer mine',
    '-H',
    'Content-Type: application/json',
    '-d',
    '{"decision":"approve","comment":"why"}',
  ]);
});

test('a hostile name stays one line of text, is escaped in HTML and makes no link', () => {
  const mails = [
    welcomeMail({ ...welcome, organizationName: HOSTILE }),
    approvalMail({ ...approval, organizationName: HOSTILE, customizations: [{ key: 'k', value: HOSTILE }] }),
    operationFailureMail({ ...operation, failure: { type: 'InternalError', message: HOSTILE } }),
  ];
  for (const { subject, text, html } of mails) {
    expect(subject).not.toMatch(/[\r\n]/);
    expect(text).not.toMatch(/^Bcc:/m);
    expect(`${subject}${text}${html}`).not.toContain('\u202e');
    expect(html).not.toContain('<script');
  }
  expect(mails[0]!.text).not.toContain('https://evil');
});

test('no text whatsoever gets a control character into a subject or markup into the HTML', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (organizationName) => {
      const { subject, html } = welcomeMail({ ...welcome, organizationName });
      expect(subject).not.toMatch(/\p{C}|[\u2028\u2029]/u);
      expect(html.match(/<[a-z!/]/gi)).toEqual(welcomeMail(welcome).html.match(/<[a-z!/]/gi));
    }),
  );
});

test('a link that is no web address is refused', () => {
  expect(() => welcomeMail({ ...welcome, adminUrl: 'javascript:alert(1)' })).toThrow('only http(s)');
});
