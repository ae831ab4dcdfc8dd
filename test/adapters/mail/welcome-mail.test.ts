import { welcomeMail } from '../../../activities/adapters/mail/welcome-mail';
import { WELCOME } from './samples';

test('the welcome names organization, user name, both links and the day the link ends', () => {
  const mail = welcomeMail(WELCOME);
  expect(mail.subject).toBe('Söhne & Co. is ready');
  for (const part of [WELCOME.username, WELCOME.adminUrl, WELCOME.claimUrl, '24 November 2026'])
    expect(mail.text).toContain(part);
  expect(mail.html).toContain('S\u00f6hne &#38; Co.');
  expect(mail.html).toContain(`href="${WELCOME.claimUrl}"`);
});

test('a link that is no web address is refused', () => {
  expect(() => welcomeMail({ ...WELCOME, adminUrl: 'javascript:alert(1)' })).toThrow('only http(s)');
});
