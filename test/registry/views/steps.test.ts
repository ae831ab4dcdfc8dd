import { viewSteps, type RecordedAttempt, type StepKnowledge } from '../../../registry/views/steps';
import { decodeCursor, encodeCursor } from '../../../registry/pages';
import type { OperationStatus } from '../../../contract/operations/states';
import type { Step } from '../../../contract/operations/steps';

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

function attempt(step: Step, change: Partial<RecordedAttempt> = {}): RecordedAttempt {
  return {
    operationId: 'op',
    activityId: `${step}-${change.direction ?? 'forward'}`,
    attempt: 1,
    step,
    direction: 'forward',
    startedAt: at(0),
    endedAt: at(1),
    errorType: null,
    errorMessage: null,
    nextTry: null,
    ...change,
  };
}

const knowing = (more: Partial<StepKnowledge>): StepKnowledge => ({
  kind: 'provision',
  status: 'provisioning',
  reported: null,
  skipped: [],
  retriedAt: null,
  ...more,
});

const stateOf = (step: Step, status: OperationStatus, attempts: RecordedAttempt[]): string =>
  viewSteps(knowing({ status }), attempts).find(({ id }) => id === step)!.state;

const failed = { errorType: 'ProviderUnavailable', errorMessage: 'No answer.' };
const undo = { direction: 'compensation' as const };

describe('the state of a step', () => {
  const cases: [what: string, expected: string, status: OperationStatus, attempts: RecordedAttempt[]][] = [
    ['nothing was tried', 'pending', 'validating', []],
    ['an attempt is in progress', 'running', 'provisioning', [attempt('database', { endedAt: null })]],
    [
      'its last attempt succeeded',
      'done',
      'provisioning',
      [attempt('database', failed), attempt('database', { attempt: 2 })],
    ],
    ['an attempt failed and is repeated', 'running', 'provisioning', [attempt('database', failed)]],
    ['an attempt failed and the run is compensating', 'failed', 'compensating', [attempt('database', failed)]],
    ['its last attempt failed and the run is on hold', 'failed', 'on_hold', [attempt('database', failed)]],
    [
      'one of its activities is not done',
      'running',
      'provisioning',
      [attempt('database'), attempt('database', { activityId: 'other', endedAt: null })],
    ],
    [
      'its worker died and another attempt succeeded',
      'done',
      'provisioning',
      [attempt('database', { endedAt: null }), attempt('database', { attempt: 2 })],
    ],
    [
      'it is being undone',
      'compensating',
      'compensating',
      [attempt('database'), attempt('database', { ...undo, endedAt: null })],
    ],
    [
      'its undo failed and is repeated',
      'compensating',
      'compensating',
      [attempt('database'), attempt('database', { ...undo, ...failed })],
    ],
    ['it was undone', 'compensated', 'compensating', [attempt('database'), attempt('database', undo)]],
    ['a later step has begun, although no attempt was recorded', 'done', 'provisioning', [attempt('security')]],
  ];
  test.each(cases)('when %s: %s', (_what, expected, status, attempts) => {
    expect(stateOf('database', status, attempts)).toBe(expected);
  });

  describe('after an operator’s retry', () => {
    const again = { activityId: 'again', startedAt: at(5), endedAt: at(6) };
    const retried = (status: OperationStatus, attempts: RecordedAttempt[]): string =>
      viewSteps(knowing({ status, retriedAt: at(3) }), attempts)[2]!.state;

    test('a failed step has the state of its new attempts', () => {
      const before = attempt('database', failed);
      expect(retried('provisioning', [before])).toBe('running');
      expect(retried('provisioning', [before, attempt('database', { ...again, endedAt: null })])).toBe('running');
      expect(retried('on_hold', [before, attempt('database', { ...again, ...failed })])).toBe('failed');
      expect(retried('provisioning', [before, attempt('database', again)])).toBe('done');
    });

    test('a step with a successful part is not done until its failed part is', () => {
      const before = [attempt('database', failed), attempt('database', { activityId: 'other' })];
      expect(retried('provisioning', before)).toBe('running');
    });

    test('a step that had not failed is still done', () => {
      expect(retried('provisioning', [attempt('database')])).toBe('done');
    });

    test('a failed undo has the state of its new attempts', () => {
      const before = attempt('database', { ...undo, ...failed });
      expect(retried('compensating', [before])).toBe('compensating');
      expect(retried('compensating', [before, attempt('database', { ...undo, ...again })])).toBe('compensated');
    });
  });

  test('a step skipped by an operator shows the reason, even after what it had begun was undone', () => {
    const skipped = [
      { step: 'integrations' as const, reason: 'Billed by hand.', by: 'token:operator', at: at(9).toISOString() },
    ];
    const attempts = [attempt('integrations', failed), attempt('integrations', undo), attempt('verify')];
    const view = viewSteps(knowing({ skipped }), attempts).find(({ id }) => id === 'integrations');
    expect(view).toMatchObject({ state: 'skipped', reason: 'Billed by hand.' });
  });

  test('past the pivot of a removal is that of its attempts, not what the run reported before it', () => {
    const reported = [
      { id: 'export' as const, state: 'skipped' as const },
      { id: 'remove' as const, state: 'pending' as const },
    ];
    const seen = viewSteps(knowing({ kind: 'deprovision', status: 'removing', reported }), [
      attempt('remove', { endedAt: null }),
    ]);
    const states = Object.fromEntries(seen.map(({ id, state }) => [id, state]));
    expect(states).toMatchObject({ export: 'skipped', remove: 'running', prove: 'pending' });
  });

  test('the run’s final report takes precedence', () => {
    const reported = [{ id: 'database' as const, state: 'compensated' as const }];
    const [, , database] = viewSteps(knowing({ status: 'failed', reported }), [attempt('database', { endedAt: null })]);
    expect(database).toMatchObject({ id: 'database', state: 'compensated', attempts: 1 });
  });

  test('forward attempts are counted, the times span them, and the last error is kept', () => {
    const attempts = [
      attempt('reserve', { ...failed, startedAt: at(1), endedAt: at(2) }),
      attempt('reserve', { attempt: 2, startedAt: at(3), endedAt: at(9) }),
      attempt('reserve', { ...undo, startedAt: at(10), endedAt: at(11) }),
    ];
    const [, reserve] = viewSteps(knowing({ status: 'failed' }), attempts);
    expect(reserve).toMatchObject({
      attempts: 2,
      startedAt: at(1).toISOString(),
      endedAt: at(11).toISOString(),
      error: { type: 'ProviderUnavailable', message: 'No answer.' },
    });
  });

  test('an error outside the catalogue is shown as a defect', () => {
    const [validate] = viewSteps(knowing({}), [attempt('validate', { errorType: 'TypeError' })]);
    expect(validate?.error?.type).toBe('InternalError');
  });
});

describe('cursors', () => {
  test('decode to the position they were made from', () => {
    const position = { micros: '1795475692801123', id: 'op_abc' };
    expect(decodeCursor(encodeCursor(position))).toEqual(position);
  });

  test.each([
    '',
    'abc',
    '....',
    Buffer.from("1.x' or 1=1").toString('base64url'),
    Buffer.from('99999999999999999999.op').toString('base64url'),
  ])('%p is not a cursor', (text) => {
    expect(decodeCursor(text)).toBeUndefined();
  });
});
