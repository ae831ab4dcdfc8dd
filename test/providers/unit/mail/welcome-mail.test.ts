import { welcomeMail } from '../../../../providers/mail/contents/welcome-mail';
import { WELCOME } from './samples';

test('the welcome names organization, user name, both links and the expiry date of the link', () => {
  const mail = welcomeMail(WELCOME);
  expect(mail.subject).toBe('Söhne & Co. is ready');
  for (const part of [WELCOME.username, WELCOME.adminUrl, WELCOME.claimUrl, '24 November 2026'])
    expect(mail.text).toContain(part);
  expect(mail.html).toContain('S\u00f6hne &#38; Co.');
  expect(mail.html).toContain(`href="${WELCOME.claimUrl}"`);
});

test('a link that is not a web address is refused', () => {
  expect(() => welcomeMail({ ...WELCOME, adminUrl: 'javascript:alert(1)' })).toThrow('only http(s)');
});

test('the mail with a new link says that the earlier link and its credentials are void', () => {
  const { subject, text } = welcomeMail({ ...WELCOME, again: true });
  expect(subject).toBe('New credentials for Söhne & Co.');
  expect(text).toContain('Any earlier link is void, and so are the password and the API keys it led to.');
  expect(welcomeMail(WELCOME).text).not.toContain('void');
});
