import Autolinker from 'autolinker';
import fc from 'fast-check';
import LinkifyIt from 'linkify-it';
import { approvalMail } from '../../../../providers/mail/contents/approval-mail';
import { acceptedMail } from '../../../../providers/mail/contents/audit-mail';
import { customerMail } from '../../../../providers/mail/contents/customer-mail';
import { operatorMail } from '../../../../providers/mail/contents/operator-mail';
import { quoted, withoutAddresses } from '../../../../providers/mail/text';
import { welcomeMail } from '../../../../providers/mail/contents/welcome-mail';
import { withoutJoiners } from '../../../../contract/text/joiners';
import { tenantMail } from '../../../../providers/mail/contents/tenant-mail';
import { APPROVAL, argumentsOf, LEFTOVERS, TENANT_MAILS, WELCOME } from './samples';

const HOSTILE = '<script>alert(1)</script>\r\n\r\nBcc: eve@example.org\u202e "quoted" & https://evil.example';

test('a hostile name stays one line of text, is escaped in HTML and makes no link', () => {
  const toCustomers = [
    welcomeMail({ ...WELCOME, organizationName: HOSTILE }),
    customerMail({ organizationName: HOSTILE, operationId: 'op_abc', failure: { type: 'InternalError' } }),
    ...TENANT_MAILS.map((mail) => tenantMail({ ...mail, organizationName: HOSTILE })),
  ];
  const mails = [
    ...toCustomers,
    approvalMail({ ...APPROVAL, organizationName: HOSTILE, customizations: [{ key: 'k', value: HOSTILE }] }),
    operatorMail({ ...LEFTOVERS, failure: { type: 'InternalError', message: HOSTILE } }),
    acceptedMail({
      tenantId: 'k3v9x2m4q7w8r5ta',
      region: 'eu-central',
      apiUrl: 'https://api.example.com',
      acceptance: {
        sequence: 3,
        at: '2026-01-31T12:00:00.000Z',
        actor: 'token:operator',
        reason: HOSTILE,
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

test('no text can put a control character into a subject or markup into the HTML', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (organizationName) => {
      const { subject, html } = welcomeMail({ ...WELCOME, organizationName });
      expect(withoutJoiners(subject)).not.toMatch(/\p{C}|[\u2028\u2029]/u);
      expect(html.match(/<[a-z!/]/gi)).toEqual(welcomeMail(WELCOME).html.match(/<[a-z!/]/gi));
    }),
  );
});

/** Text that mail programs turn into links, one example of each form. */
const LINKS = [
  'Win 500 EUR today: www.example.com/prize',
  'WWW.EXAMPLE.COM',
  'example.com',
  'http://example.com/a?b=c',
  'hxxps://example.com',
  'ftp://files.example.com',
  '//example.com/path',
  'bücher.example',
  'xn--bcher-kva.example',
  '例え.テスト',
  '例え。テスト',
  '例え．テスト',
  '192.0.2.1/login',
  '192.0.2.1:8080',
  'http://[2001:db8::1]/',
  'http://3221225985/',
  'localhost:8080/x',
  'mailto:eve@example.com',
  'eve@example.com',
  'eve@bücher.example',
  'tel:+49-30-1234567',
  '+49 30 1234567',
  '(030) 123 45 67',
  '+1-202-555-0123',
  'sms:+15550123',
  'javascript:alert(1)',
  'data:text/html,x',
  'www.exa\u200bmple.com',
  'www\u2060.example.com',
  'example.com.',
  '(example.com)',
  '<a href="https://example.com">x</a>',
];

/** Everything that a variety of programs would turn into a link. */
function linksIn(text: string): string[] {
  const found = [
    ...Autolinker.parse(text, { urls: true, email: true, phone: true }).map((match) => match.getMatchedText()),
    ...(new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: true }).match(text) ?? []).map(({ raw }) => raw),
    ...(text.match(/\b[a-z][a-z\d+.-]*:[^\s]+|\bwww\.\S+|\S+@\S+\.\S+|\S\.[\p{L}]{2,}\b/giu) ?? []),
  ];
  return [...new Set(found)];
}

/** The visible text of an HTML mail. */
function textOf(html: string): string {
  return html.replace(/<[^>]*>/g, '\n').replace(/&#(\d+);/g, (_entity, code) => String.fromCharCode(Number(code)));
}

describe('no customer text becomes a link in any mail:', () => {
  // The control: unmodified, these texts are links.
  const known = LINKS.filter((link) => linksIn(link).length > 0);
  test('the control list contains links only', () => expect(known.length).toBeGreaterThanOrEqual(LINKS.length - 4));

  test.each(LINKS)('%s', (link) => {
    const ours = (mail: { text: string; html: string }) => [linksIn(mail.text), linksIn(textOf(mail.html))];
    const harmless = 'Acme';
    const mails = (text: string) => [
      welcomeMail({ ...WELCOME, organizationName: text }),
      customerMail({ organizationName: text, operationId: 'op_abc', failure: { type: 'InternalError' } }),
      ...TENANT_MAILS.map((mail) => tenantMail({ ...mail, organizationName: text })),
      approvalMail({ ...APPROVAL, organizationName: text, customizations: [{ key: 'k', value: text }] }),
      operatorMail({ ...LEFTOVERS, failure: { type: 'InternalError', message: text } }),
      operatorMail({ ...LEFTOVERS, resources: [{ ...LEFTOVERS.resources[0]!, note: text }] }),
    ];
    expect(mails(link).map(ours)).toEqual(mails(harmless).map(ours));
    for (const { subject } of mails(link)) expect(linksIn(subject)).toEqual([]);
  });

  test('and the text stays readable', () => {
    expect(quoted('Booking.com')).toBe('Booking\u2024com');
    expect(quoted('Dr. Oetker Inc.')).toBe('Dr. Oetker Inc.');
    expect(quoted('Win: www.example.com/prize')).toBe('Win: www\u2024example\u2024com/prize');
    expect(quoted('モーニング娘。')).toBe('モーニング娘。');
    expect(quoted('4711 & 1001 Nights')).toBe('4711 & 1001 Nights');
  });
});

test('values to be copied are alone on their line', () => {
  const lines = (text: string): string[] => text.split('\n');
  expect(lines(welcomeMail(WELCOME).text)).toContain(WELCOME.username);
  const failed = customerMail({ organizationName: 'Acme', operationId: 'op_abc', failure: { type: 'InternalError' } });
  expect(lines(failed.text)).toContain('op_abc');
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
    ...TENANT_MAILS.map((mail) => tenantMail({ ...mail, organizationName })),
    approvalMail({ ...APPROVAL, organizationName }),
  ];
  for (const { text } of mails) expect(text).toContain(organizationName);
  expect(mails[0]!.subject).toBe(`${organizationName} is ready`);
  expect(mails[0]!.html).toContain(organizationName.replaceAll('"', '&#34;'));
});

test('no name changes a command that is meant for a shell', () => {
  for (const organizationName of ["'; touch x; '", '`id` $(id) ${HOME}', 'a|b > c', '"'])
    expect(argumentsOf(approvalMail({ ...APPROVAL, organizationName }).text, 'approve')).toEqual(
      argumentsOf(approvalMail(APPROVAL).text, 'approve'),
    );
});

test('an address is removed from a mail to operators completely, whatever its local part', () => {
  for (const local of ['ann', "o'brien", 'sales&marketing', 'a/b', 'user=x', '#1', 'me!', '~me', '{x|y}'])
    expect(withoutAddresses(`refused for ${local}@example.net.`)).toBe('refused for [address]');
});
