import { operatorMail } from '../../../activities/adapters/mail/operator-mail';
import { argumentsOf, LEFTOVERS } from './samples';

const HOLD = {
  ...LEFTOVERS,
  status: 'on_hold' as const,
  attempts: 3,
  holdUntil: new Date('2026-11-26T12:00:00Z'),
  action: 'Correct it.',
};

test('names step, failure and every leftover with its last error, and no address of a customer', () => {
  const mail = operatorMail(LEFTOVERS);
  expect(mail.subject).toBe('[needs_operator] operation op_abc: ProviderRefused, 1 leftover');
  expect(mail.text).toContain('bucket t-abcdefghijklmnop (versity, eu-central): refused with 403, says [address]');
  expect(mail.text).toContain('Reason: stripe: refused for [address]');
  expect(`${mail.text}${mail.html}`).not.toContain('ann@');
});

test('a call is taken by a shell as it stands and carries a key of its own, so that it acts once', () => {
  expect(argumentsOf(operatorMail(LEFTOVERS).text, '"accept"')).toEqual([
    '-X',
    'POST',
    'https://example.com/api/v1/operations/op_abc/resolution',
    '-H',
    'Authorization: Bearer mine',
    '-H',
    'Content-Type: application/json',
    '-H',
    'Idempotency-Key: op_abc-2-x-accept',
    '-d',
    `{"verb":"accept","leftovers":[{"kind":"bucket","id":"t-'x"}]}`,
  ]);
});

test('of a run on hold it says how often was tried, what exists, what to do and until when', () => {
  const mail = operatorMail(HOLD);
  expect(mail.subject).toBe('[on_hold] operation op_abc: ProviderRefused');
  for (const part of [
    'Attempts: 3',
    'What to do: Correct it.',
    'Decide before: 26 November 2026 at 12:00 UTC',
    '- bucket t-abcdefghijklmnop (versity, eu-central)',
    'Without a decision before 26 November 2026 at 12:00 UTC everything is undone.',
  ])
    expect(mail.text).toContain(part);
});

test.each([
  ['failed' as const, 'Nothing is left of it at any provider.'],
  ['active' as const, 'The tenant is active and stays so.'],
])('of a run that is %s it says so and asks for nothing', (status, sentence) => {
  const { text } = operatorMail({ ...LEFTOVERS, status, resources: [], decisions: [] });
  expect(text).toContain(sentence);
  expect(text).not.toContain('curl');
});

test('of a run that ended with accepted leftovers it does not say that nothing is left', () => {
  const { text } = operatorMail({ ...LEFTOVERS, status: 'failed', decisions: [] });
  expect(text).toContain('Nothing is left of it but what an operator has taken over:\n\n- bucket');
});
