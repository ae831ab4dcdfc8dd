import fc from 'fast-check';
import { approvalMail } from '../../../activities/adapters/mail/approval-mail';
import { acceptedMail } from '../../../activities/adapters/mail/audit-mail';
import { customerMail } from '../../../activities/adapters/mail/customer-mail';
import { operatorMail } from '../../../activities/adapters/mail/operator-mail';
import { withoutAddresses } from '../../../activities/adapters/mail/text';
import { welcomeMail } from '../../../activities/adapters/mail/welcome-mail';
import { withoutJoiners } from '../../../contract/joiners';
import { APPROVAL, argumentsOf, LEFTOVERS, WELCOME } from './samples';

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
      expect(withoutJoiners(subject)).not.toMatch(/\p{C}|[\u2028\u2029]/u);
      expect(html.match(/<[a-z!/]/gi)).toEqual(welcomeMail(WELCOME).html.match(/<[a-z!/]/gi));
    }),
  );
});

test.each([
  'نرم‌افزاری',
  'ශ්‍රී',
  'I ❤️ Example',
  '葛󠄀',
  '𠮷'.repeat(61),
  'ü'.repeat(200),
  'ООО "Пример"',
  'דוגמה בע"מ',
  'Ca$h Example',
])('the name %s arrives as it was written', (organizationName) => {
  const mails = [
    welcomeMail({ ...WELCOME, organizationName }),
    customerMail({ organizationName, operationId: 'op_abc', failure: { type: 'InternalError' } }),
    approvalMail({ ...APPROVAL, organizationName }),
  ];
  for (const { text } of mails) expect(text).toContain(organizationName);
  expect(mails[0]!.subject).toBe(`${organizationName} is ready`);
  expect(mails[0]!.html).toContain(organizationName.replaceAll('"', '&#34;'));
});

test('no name changes a command that is there to be pasted into a shell', () => {
  for (const organizationName of ["'; touch x; '", '`id` $(id) ${HOME}', 'a|b > c', '"'])
    expect(argumentsOf(approvalMail({ ...APPROVAL, organizationName }).text, 'approve')).toEqual(
      argumentsOf(approvalMail(APPROVAL).text, 'approve'),
    );
});

test('an address is taken out of a mail to operators whole, whatever its local part', () => {
  for (const local of ['ann', "o'brien", 'sales&marketing', 'a/b', 'user=x', '#1', 'me!', '~me', '{x|y}'])
    expect(withoutAddresses(`refused for ${local}@example.net.`)).toBe('refused for [address]');
});
