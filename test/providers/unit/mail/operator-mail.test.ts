import { KINDS, OPERATION_KINDS, type OperationKind } from '../../../../contract/operations/kinds';
import type { OperationStatus } from '../../../../contract/operations/states';
import { operatorMail, type OperatorNotice } from '../../../../providers/mail/contents/operator-mail';
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
  expect(mail.subject).toBe('[needs_operator] provision operation op_abc: ProviderRefused, 1 leftover');
  expect(mail.text).toContain('bucket t-abcdefghijklmnop (versity, eu-central): refused with 403, says [address]');
  expect(mail.text).toContain('Reason: stripe: refused for [address]');
  expect(`${mail.text}${mail.html}`).not.toContain('ann@');
});

test('contains calls that can be pasted into a shell, each with an idempotency key, so that it acts once', () => {
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

test('about a run on hold gives attempts, existing resources, possible decisions and the deadline', () => {
  const mail = operatorMail(HOLD);
  expect(mail.subject).toBe('[on_hold] provision operation op_abc: ProviderRefused');
  for (const part of [
    'Attempts: 3',
    'What to do: Correct it.',
    'Decide before: 26 November 2026 at 12:00 UTC',
    '- bucket t-abcdefghijklmnop (versity, eu-central)',
    'If nobody decides before 26 November 2026 at 12:00 UTC, everything is undone.',
  ])
    expect(mail.text).toContain(part);
});

test.each([
  ['failed' as const, 'The tenant could not be provisioned. No resource is left at any provider.'],
  ['rejected' as const, 'The order was not approved. No resource is left at any provider.'],
  ['cancelled' as const, 'The provisioning was cancelled. No resource is left at any provider.'],
  ['active' as const, 'The tenant is active and stays active.'],
])('about a run that is %s gives the status and asks for nothing', (status, sentence) => {
  const { text } = operatorMail({ ...LEFTOVERS, status, resources: [], decisions: [] });
  expect(text).toContain(sentence);
  expect(text).not.toContain('curl');
});

test('about a run that ended with accepted leftovers does not claim that nothing is left', () => {
  const { text } = operatorMail({ ...LEFTOVERS, status: 'failed', decisions: [] });
  expect(text).toContain(
    'No resource is left at any provider, except for what an operator has taken over:\n\n- bucket',
  );
});

describe('in the words of its kind', () => {
  const leftover = LEFTOVERS.resources;
  const about = (kind: OperationKind, notice: Partial<OperatorNotice>): string =>
    operatorMail({ ...LEFTOVERS, kind, resources: [], decisions: [], ...notice }).text;

  test.each<[OperationKind, OperationStatus, string]>([
    ['suspend', 'failed', 'The tenant could not be suspended. It is open as before.'],
    ['suspend', 'cancelled', 'The suspension was cancelled. The tenant is open as before.'],
    ['resume', 'failed', 'The tenant could not be resumed. It is suspended as before.'],
    ['resume', 'cancelled', 'The resumption was cancelled. The tenant is suspended as before.'],
    ['deprovision', 'failed', 'The tenant could not be removed. Nothing was deleted, and it is as before.'],
    ['deprovision', 'cancelled', 'The removal was cancelled. Nothing was deleted, and the tenant is as before.'],
    ['deprovision', 'completed', 'The tenant is removed.'],
  ])('a mail says how the tenant is after a %s that is %s', (kind, status, sentence) => {
    expect(about(kind, { status })).toContain(sentence);
  });

  test.each<[OperationKind, string]>([
    ['suspend', 'It is open as before, except for what an operator has taken over:\n\n- bucket'],
    ['resume', 'It is suspended as before, except for what an operator has taken over:\n\n- bucket'],
    [
      'deprovision',
      'Nothing was deleted, and it is as before, except for what an operator has taken over:\n\n- bucket',
    ],
  ])('a failed %s lists what an operator has taken over', (kind, sentence) => {
    expect(about(kind, { status: 'failed', resources: leftover })).toContain(sentence);
  });

  test.each<[OperationKind, boolean, string]>([
    ['provision', false, 'could not be released'],
    ['suspend', false, 'could not be changed back'],
    ['resume', false, 'could not be changed back'],
    ['deprovision', false, 'could not be changed back'],
    ['deprovision', true, 'The tenant is being removed. These resources could not be removed'],
  ])('the leftovers of a %s are named, past its pivot: %s', (kind, pastPivot, sentence) => {
    expect(about(kind, { pastPivot, resources: leftover })).toContain(sentence);
  });

  test.each<[OperationKind, string, string]>([
    ['suspend', 'These resources have been changed', 'No resource has been changed yet.'],
    ['resume', 'These resources have been changed', 'No resource has been changed yet.'],
    [
      'deprovision',
      'Nothing has been deleted. These resources have been closed',
      'Nothing has been deleted or closed.',
    ],
  ])('a %s on hold says what has been done so far', (kind, some, none) => {
    expect(about(kind, { status: 'on_hold', resources: leftover })).toContain(some);
    expect(about(kind, { status: 'on_hold' })).toContain(none);
  });

  test.each(OPERATION_KINDS)('the subject and the facts of a mail name %s', (kind) => {
    const { subject, text } = operatorMail({ ...LEFTOVERS, kind });
    expect(subject).toBe(`[needs_operator] ${kind} operation op_abc: ProviderRefused, 1 leftover`);
    expect(text).toContain(`Kind: ${KINDS[kind].title}`);
  });

  test.each(OPERATION_KINDS.filter((kind) => kind !== 'provision'))(
    'no mail about a %s says that something was made or ordered',
    (kind) => {
      for (const status of Object.keys(KINDS[kind].states) as OperationStatus[])
        for (const pastPivot of [false, true])
          for (const resources of [[], leftover])
            expect(about(kind, { status, pastPivot, resources })).not.toMatch(
              /\b(made|created|order|ordered|provisioned)\b/,
            );
    },
  );
});
