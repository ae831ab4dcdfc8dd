import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  RetryState,
  TimeoutFailure,
  TimeoutType,
} from '@temporalio/common';
import { stepRule, stepsOf } from '../../../contract/operations/kinds';
import { FAILURES } from '../../../contract/operations/failures';
import type { Leftover, Progress } from '../../../contract/operations/messages';
import { STEP_STATES } from '../../../contract/operations/steps';
import { Unreadable } from '../../../contract/temporal/unreadable';
import { webUiDetails } from '../../../workflows/operations/web-ui-details';
import { describeFailure, finalFailure, runFailure } from '../../../workflows/operations/failures';
import {
  aBoolean,
  anObject,
  aText,
  between,
  fieldsOf,
  inputOf,
  listOf,
  malformed,
  matching,
  oneOf,
  OPERATION_ID,
  optional,
  TENANT_ID,
  UUID,
  type Check,
} from '../../../workflows/operations/received';
import { reasonOf, settled } from '../../../workflows/operations/regional';
import { Saga, settleAll } from '../../../workflows/operations/saga';

const STEPS = stepsOf('provision');

/** The members of the thrown error that matter here. */
function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ApplicationFailure)) return (error as Error).message;
    const { type, message, nonRetryable } = error;
    return { type, message, nonRetryable };
  }
  return 'nothing';
}

describe('a part of a fan-out', () => {
  const failed = (cause?: Error): ActivityFailure =>
    new ActivityFailure('Activity failed', 'sweepRegion', '1', RetryState.TIMEOUT, 'worker', cause);

  test('leaves its result, or the failure of its activity', async () => {
    expect(await settled(() => Promise.resolve(7))).toStrictEqual({ result: 7 });
    const failure = failed(new Error('no'));
    expect(await settled(() => Promise.reject(failure))).toStrictEqual({ failure });
  });

  test.each([
    ['a cancellation', failed(new CancelledFailure('by hand'))],
    ['a failure of anything else', new TypeError('a bug')],
  ])('stops the others with %s', async (_, error) => {
    await expect(settled(() => Promise.reject(error))).rejects.toBe(error);
  });

  test.each([
    [
      new TimeoutFailure('late', undefined, TimeoutType.SCHEDULE_TO_START),
      'No worker completed it in time (SCHEDULE_TO_START).',
    ],
    [new Error('the store is full'), 'the store is full'],
    [undefined, 'No reason was given.'],
  ])('says why its activity failed: %p', (cause, reason) => {
    expect(reasonOf(failed(cause))).toBe(reason);
  });
});

describe('the description of a failed step', () => {
  const atDatabase = (error: unknown): unknown => describeFailure(error, 'database');
  const wrapped = (cause: Error): ActivityFailure =>
    new ActivityFailure('Activity failed', 'provisionDatabase', '1', RetryState.NON_RETRYABLE_FAILURE, 'worker', cause);
  const full = (...details: unknown[]): ApplicationFailure =>
    ApplicationFailure.create({ type: 'CapacityExhausted', message: 'full', details });

  test('is “cancelled”, whether the run or its activity was cancelled', () => {
    const cancelled = { type: 'Cancelled', message: FAILURES.Cancelled.title, step: 'database' };
    expect(atDatabase(new CancelledFailure('by hand'))).toStrictEqual(cancelled);
    expect(atDatabase(wrapped(new CancelledFailure('by hand')))).toStrictEqual(cancelled);
  });

  test('keeps the message of a failure type in the catalogue', () => {
    const described = { type: 'CapacityExhausted', message: 'full', step: 'database' };
    expect(atDatabase(full())).toStrictEqual(described);
    expect(atDatabase(wrapped(full()))).toStrictEqual(described);
  });

  test('points to the member of the order that its author can correct', () => {
    expect(atDatabase(full({ pointer: '/region' }))).toStrictEqual({
      ...{ type: 'CapacityExhausted', message: 'full', step: 'database' },
      pointer: '/region',
    });
  });

  test.each([[[]], [[null]], [['/region']], [[{ other: 1 }]], [[{ pointer: 7 }]]])(
    'has no pointer when the details are %j',
    (details) => {
      expect(atDatabase(full(...details))).not.toHaveProperty('pointer');
    },
  );

  test('has no pointer when there are no details', () => {
    const failure = ApplicationFailure.create({ type: 'CapacityExhausted', message: 'full' });
    expect(atDatabase(failure)).not.toHaveProperty('pointer');
  });

  test('is a provider outage when the step ran out of time', () => {
    const message = 'The step ran out of time (SCHEDULE_TO_CLOSE).';
    expect(atDatabase(new TimeoutFailure('late', undefined, TimeoutType.SCHEDULE_TO_CLOSE))).toStrictEqual({
      ...{ type: 'ProviderUnavailable', step: 'database' },
      message,
    });
  });

  test.each<[string, unknown]>([
    ['has an unknown type', ApplicationFailure.nonRetryable('password hunter2 at 10.0.0.1', 'Mystery')],
    ['is a bug of ours', new TypeError('password hunter2 at 10.0.0.1')],
    ['only looks like a type of the catalogue', { type: 'CapacityExhausted', message: 'hunter2' }],
    ['is nothing', undefined],
  ])('keeps out the text of an error that %s', (_, error) => {
    const message = `${FAILURES.InternalError.title}: see the worker’s log.`;
    expect(atDatabase(error)).toStrictEqual({ type: 'InternalError', message, step: 'database' });
  });

  test('a run fails with an error that is never retried', () => {
    const failure = runFailure('StateConflict', 'not now', 'on_hold');
    expect(failure).toMatchObject({ type: 'StateConflict', message: 'not now', nonRetryable: true });
    expect(failure.details).toEqual(['on_hold']);
    expect(finalFailure({ type: 'ProviderRefused', message: 'no', step: 'database' })).toMatchObject({
      ...{ type: 'ProviderRefused', message: 'database: no', nonRetryable: true },
    });
  });
});

describe('what the Web UI shows of a run', () => {
  const LEFTOVER: Leftover = { kind: 'bucket', provider: 'versity', region: 'eu', id: 't-x', lastError: 'refused' };
  const progress = (changes: Partial<Progress> = {}): Progress => ({
    ...{ status: 'provisioning', approval: 'not_required', completed: 2, total: 10, leftovers: [] },
    steps: STEP_STATES.map((state, index) => ({
      id: STEPS[index]!,
      label: stepRule('provision', STEPS[index]!).label,
      state,
    })),
    ...changes,
  });
  const STEPS_SHOWN = [
    '| # | step | state |',
    '|---|---|---|',
    '| 1 | Validate the order | · pending |',
    '| 2 | Reserve name, keys and capacity | ▶ running |',
    '| 3 | Provision the database share | ✔ done |',
    '| 4 | Provision storage and compute | ✘ failed |',
    '| 5 | Configure security | ↩ compensating |',
    '| 6 | Configure the application | ⌫ compensated |',
    '| 7 | Create the organization and its first admin | – skipped |',
  ];
  const failure = { type: 'ProviderRefused', message: 'no', step: 'database' } as const;

  test.each<[string, Partial<Progress>, string[]]>([
    ['at work', {}, ['**provisioning** – 2 of 10 steps', '', ...STEPS_SHOWN]],
    [
      'waiting for an approver',
      { status: 'awaiting_approval', approval: 'waiting' },
      ['**awaiting_approval** – 2 of 10 steps', '', ...STEPS_SHOWN, '', 'Approval: **waiting**'],
    ],
    [
      'on hold',
      { status: 'on_hold', failure, holdUntil: '2026-01-01T00:00:00.000Z' },
      [
        ...['**on_hold** – 2 of 10 steps', '', ...STEPS_SHOWN],
        ...['', 'Failure in *database*: **ProviderRefused** – no', ''],
        'An operator decides: **retry**, **amend**, **skip**, **compensate** – without a decision before 2026-01-01T00:00:00.000Z everything is undone.',
      ],
    ],
    [
      'with leftovers',
      { status: 'needs_operator', leftovers: [LEFTOVER, { ...LEFTOVER, id: 't-y' }] },
      [
        ...['**needs_operator** – 2 of 10 steps', '', ...STEPS_SHOWN],
        ...['', 'Leftovers an operator must look at:', ''],
        ...['- `bucket` at versity (eu): `t-x` – refused', '- `bucket` at versity (eu): `t-y` – refused'],
        ...['', 'An operator decides: **retry**, **accept**.'],
      ],
    ],
  ])('%s', (_, changes, lines) => {
    expect(webUiDetails('provision', progress(changes)).split('\n')).toEqual(lines);
  });
});

describe('an incoming message', () => {
  test('that is malformed ends the run with the reason', () => {
    expect(malformed('not so')).toMatchObject({ type: 'MalformedMessage', message: 'not so', nonRetryable: true });
  });

  test('may be empty, or an object whose members are checked', () => {
    expect(fieldsOf('retry', undefined)).toEqual({});
    expect(fieldsOf('retry', null)).toEqual({});
    expect(fieldsOf('retry', { reason: 'x' })).toEqual({ reason: 'x' });
  });

  test.each<[string, unknown]>([
    ['a text', 'now'],
    ['a number', 7],
    ['a list', ['now']],
    ['bytes', new Uint8Array(1)],
  ])('cannot be %s', (_, sent) => {
    const message = 'retry: expected an object, or nothing.';
    expect(thrown(() => fieldsOf('retry', sent))).toEqual({ type: 'MalformedMessage', message, nonRetryable: true });
  });

  test('that cannot be decoded is refused with the reason', () => {
    const sent = new Unreadable('its encoding is unknown', false);
    expect(thrown(() => fieldsOf('retry', sent))).toMatchObject({ message: 'retry: its encoding is unknown' });
  });
});

describe('the input of a workflow', () => {
  const SHAPE = { plan: aText, seconds: between(0, 10), keyMissing: optional(aBoolean) };

  test('is accepted when every member is valid', () => {
    const input = { plan: 'starter', seconds: 5, keyMissing: true };
    expect(inputOf<object>(input, SHAPE as never)).toBe(input);
  });

  test('is refused with the names of all invalid members', () => {
    const message = 'Missing or invalid in the input: plan, seconds.';
    expect(thrown(() => inputOf<object>({ plan: '', keyMissing: true }, SHAPE as never))).toEqual({
      ...{ type: 'MalformedMessage', nonRetryable: true },
      message,
    });
    expect(thrown(() => inputOf<object>('starter' as never, SHAPE as never))).toMatchObject({
      message: 'The input: expected an object, or nothing.',
    });
  });

  test('that cannot be decoded ends the run, unless the missing key can be restored', () => {
    const unreadable = (keyMissing: boolean): object => new Unreadable('key k1 is missing', keyMissing);
    expect(thrown(() => inputOf(unreadable(false), SHAPE as never))).toEqual({
      ...{ type: 'MalformedMessage', nonRetryable: true },
      message: 'The input: key k1 is missing',
    });
    expect(thrown(() => inputOf(unreadable(true), SHAPE as never))).toBe('key k1 is missing');
  });
});

describe('a member of a message', () => {
  const UUID_ = '0b8a5a0e-6a86-4f0e-9d3c-8f3f0f6f2a11';
  const TENANT = 'abcdefghijklmn09';
  const OPERATION = 'op_abcdefghijklmnop2347';
  test.each<[string, Check, taken: unknown[], refused: unknown[]]>([
    ['a text', aText, ['x', 'x'.repeat(200)], ['', 'x'.repeat(201), 'a\u0000b', 7, ['x'], undefined, { length: 3 }]],
    ['a text that matches a pattern', matching(/^[0-9]$/), ['7'], [7, '77', ['7'], null]],
    ['one of a list of values', oneOf(['a', 7]), ['a', 7], ['7', 'b', undefined]],
    ['a number in a range', between(2, 4), [2, 3, 4], [1.9, 4.1, '3', [3], NaN, undefined]],
    [
      'an object',
      anObject({ length: between(1, 4), other: optional(aText) }),
      [{ length: 1 }, { length: 4, other: 'x' }],
      [{ length: 5 }, { length: 1, other: 7 }, {}, null, undefined, 'text'],
    ],
    ['a list', listOf(aText), [[], ['a'], ['a', 'b']], [['a', 7], [7], 'a', { 0: 'a' }, undefined]],
    ['optional', optional(aText), [undefined, 'x'], [null, '', 7]],
    ['a boolean', aBoolean, [true, false], ['true', 0, undefined]],
    [
      'a tenant’s id',
      TENANT_ID,
      [TENANT],
      [`x${TENANT}`, `${TENANT}x`, TENANT.slice(1), `0${TENANT.slice(1)}`, TENANT.toUpperCase(), [TENANT]],
    ],
    [
      'an operation’s id',
      OPERATION_ID,
      [OPERATION],
      [`x${OPERATION}`, `${OPERATION}a`, OPERATION.slice(0, -1), OPERATION.replace('2', '1'), [OPERATION]],
    ],
    [
      'an id',
      UUID,
      [UUID_, UUID_.toUpperCase()],
      [`0${UUID_}`, `${UUID_}0`, UUID_.replace('0b', ''), UUID_.replace('-6a86', ''), UUID_.replace('0b', 'xb')],
    ],
  ])('is checked to be %s', (_, check, taken, refused) => {
    expect(taken.filter((value) => !check(value))).toEqual([]);
    expect(refused.filter((value) => check(value))).toEqual([]);
  });
});

describe('a saga', () => {
  type Part = 'ground' | 'walls' | 'roof' | 'garden';
  const NEEDS: Record<Part, readonly Part[]> = { ground: [], walls: ['ground'], roof: ['walls'], garden: ['ground'] };

  /** Undoes the steps, added in this order; lists each undo as it begins (-) and ends (=). */
  async function undo(added: Part[], failing: Part[] = []): Promise<string[]> {
    const saga = new Saga<Part>((part) => NEEDS[part]);
    for (const part of added) saga.add(part);
    const seen: string[] = [];
    await saga.compensate(async (part) => {
      seen.push(`-${part}`);
      await new Promise(setImmediate);
      seen.push(`=${part}`);
      if (failing.includes(part)) throw new Error('it stays');
    });
    return seen;
  }

  test('undoes dependents first, and independent steps in parallel', async () => {
    const seen = await undo(['ground', 'walls', 'garden', 'roof']);
    expect(seen).toHaveLength(8);
    for (const [first, then] of [
      ['-garden', '=roof'],
      ['-roof', '=garden'],
      ['=roof', '-walls'],
      ['=walls', '-ground'],
      ['=garden', '-ground'],
    ] as const)
      expect(seen.indexOf(first)).toBeLessThan(seen.indexOf(then));
  });

  test('keeps the order of two steps that are connected only through a step that never began', async () => {
    expect(await undo(['ground', 'roof'])).toEqual(['-roof', '=roof', '-ground', '=ground']);
  });

  test('undoes a step added twice only once, and nothing else', async () => {
    expect(await undo(['ground', 'ground'])).toEqual(['-ground', '=ground']);
    expect(await undo([])).toEqual([]);
  });

  test('continues when an undo fails', async () => {
    expect(await undo(['ground', 'walls'], ['walls'])).toEqual(['-walls', '=walls', '-ground', '=ground']);
  });

  test('waits until all have settled, and then fails with the first failure', async () => {
    let settled = false;
    const later = new Promise((resolve) => setImmediate(resolve)).then(() => void (settled = true));
    await expect(
      settleAll([later, Promise.reject(new Error('no')), Promise.reject(new Error('late'))]),
    ).rejects.toThrow('no');
    expect(settled).toBe(true);
    await expect(settleAll([Promise.resolve(1)])).resolves.toBeUndefined();
  });
});
