import fc from 'fast-check';
import { approvalMail } from '../../../activities/adapters/mail/approval-mail';
import { acceptedMail } from '../../../activities/adapters/mail/audit-mail';
import { customerMail } from '../../../activities/adapters/mail/customer-mail';
import { operatorMail } from '../../../activities/adapters/mail/operator-mail';
import { welcomeMail } from '../../../activities/adapters/mail/welcome-mail';
import { APPROVAL, LEFTOVERS, WELCOME } from './samples';

const HOSTILE = '<script>alert(1)</script>\r\n\r\nBcc: eve@example.org\u202e "quoted" & https://evil.example';

test('a hostile name stays one line of text, is escaped in HTML and makes no link', () => {
  const toCustomers = [
    welcomeMail({ ...WELCOME, organizationName: HOSTILE }),
    customerMail({ organizationName: HOSTILE, operationId: 'op_abc', failure: { type: 'InternalError' } }),
  ];
  const mails = [
    ...toCustomers,
    approvalMail({ ...APPROVAL, organizationName: HOSTILE, customizations: [{ key: 'k', value: HOSTILE }] }),
    operatorMail({ ...LEFTOVERS, failure: { type: 'InternalError', message: HOSTILE } }),
    acceptedMail({
      ...{ tenantId: 'k3v9x2m4q7w8r5ta', region: 'eu-central', apiUrl: 'https://api.example.com' },
      acceptance: {
        ...{ sequence: 3, at: '2026-01-31T12:00:00.000Z', actor: 'token:operator', reason: HOSTILE },
        accepted: { until: 2, sha256: 'ab'.repeat(32) },
      },
    }),
    operatorMail({ ...LEFTOVERS, resources: [{ ...LEFTOVERS.resources[0]!, note: HOSTILE }] }),
  ];
  for (const { subject, text, html } of mails) {
    expect(subject).not.toMatch(/[\r\n]/);
    expect(text).not.toMatch(/^Bcc:/m);
    expect(`${subject}${text}${html}`).not.toContain('\u202e');
    expect(html).not.toContain('<script');
  }
  for (const { text } of toCustomers) expect(text).not.toContain('https://evil');
});

test('no text whatsoever gets a control character into a subject or markup into the HTML', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (organizationName) => {
      const { subject, html } = welcomeMail({ ...WELCOME, organizationName });
      expect(subject).not.toMatch(/\p{C}|[\u2028\u2029]/u);
      expect(html.match(/<[a-z!/]/gi)).toEqual(welcomeMail(WELCOME).html.match(/<[a-z!/]/gi));
    }),
  );
});
