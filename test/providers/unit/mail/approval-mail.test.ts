import { approvalMail } from '../../../../providers/mail/contents/approval-mail';
import { APPROVAL, argumentsOf } from './samples';

test('the approvers’ mail names requester, change and deadline, and its commands can be pasted into a shell', () => {
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

test('the reminder has the deadline in its subject, and asks for the same decision', () => {
  const reminder = approvalMail({ ...APPROVAL, reminder: true });
  expect(reminder.subject).toBe('Reminder: approval needed for acme before 26 November 2026 at 12:00 UTC (op_abc)');
  expect(reminder.text).toContain('its deadline is near');
  expect(argumentsOf(reminder.text, 'reject')).toEqual(argumentsOf(approvalMail(APPROVAL).text, 'reject'));
});
