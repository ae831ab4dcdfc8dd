import { approvalMail } from '../../../activities/adapters/mail/approval-mail';
import { APPROVAL, argumentsOf } from './samples';

test('the approvers’ mail says who, what, until when, and its commands are taken by a shell as they stand', () => {
  const mail = approvalMail(APPROVAL);
  for (const part of ['database.connectionLimit = {"wanted":50}', 'Ordered by: sign-up', '26 November 2026'])
    expect(mail.text).toContain(part);
  expect(argumentsOf(mail.text, 'approve')).toEqual([
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

test('the reminder says in its subject until when, and asks for the same', () => {
  const reminder = approvalMail({ ...APPROVAL, reminder: true });
  expect(reminder.subject).toBe('Still wanted before 26 November 2026 at 12:00 UTC: approval for acme (op_abc)');
  expect(reminder.text).toContain('its deadline is near');
  expect(argumentsOf(reminder.text, 'reject')).toEqual(argumentsOf(approvalMail(APPROVAL).text, 'reject'));
});
