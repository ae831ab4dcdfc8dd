import { rulesOf } from '../../contract/operations/kinds';
import type { Look } from './checker/eyes/look';
import { closed } from './checker/invariants/changes/i15-closed';
import { asBefore } from './checker/invariants/changes/i16-as-before';
import { wholeExports } from './checker/invariants/changes/i19-whole-export';
import { terminal } from './checker/invariants/i01-terminal';
import { outOfOrder } from './checker/invariants/i07-order';
import { usable, type Accepted } from './checker/evidence';
import { ACCESS_CHANGES, CHANGES, callsOf, OTHER_CHANGES, type ChangeKind } from './plan/calls/calls';
import { faultsFor } from './plan/faults';
import { createDice, sample } from './plan/schedule';
import { changeScenarios } from './scenarios/changes/plan';
import { MOST, poolOf } from './scenarios/changes/tenants';
import { killBatches } from './scenarios/kills';

function look(changes: Partial<Look> = {}): Look {
  return {
    scenario: 'a test',
    operationId: 'op_2',
    tenantId: 'abcdefghijklmnop',
    kind: 'suspend',
    status: 'completed',
    expected: 'suspended',
    reach: { 'the login': 'closed', billing: 'closed' },
    before: { 'postgres: roles': '[1]' },
    now: { 'postgres: roles': '[1]', 'access, postgres: logins': '[]' },
    ...changes,
  };
}

function accepted(changes: Partial<Accepted> = {}): Accepted {
  return {
    scenario: 'a test',
    kind: 'suspend',
    operationId: 'op_2',
    tenantId: 'abcdefghijklmnop',
    tenantName: 'acme',
    plan: 'starter',
    status: 'completed',
    leftovers: [],
    foreign: [],
    fatal: false,
    cancelled: false,
    takenOver: false,
    tenantState: 'suspended',
    ...changes,
  };
}

describe('the checker detects', () => {
  test.each(['open', 'Connection terminated unexpectedly'])(
    'a suspended tenant whose login answered “%s” (I15)',
    (answer) => {
      expect(closed([look(), look({ expected: 'active' })])).toEqual({ checked: 1, violations: [] });
      const [violation] = closed([look({ reach: { 'the login': answer } })]).violations;
      expect(violation).toMatchObject({ operationId: 'op_2', what: `suspend is completed, and the login: ${answer}` });
    },
  );

  test('a tenant that can be written although it is suspended read-only, or that cannot be read (I15)', () => {
    const reach = { 'reading rows': 'open', 'writing rows': 'closed', 'the API key': 'read-only' };
    const violations = (changes: Partial<typeof reach>) =>
      closed([look({ expected: 'read-only', reach: { ...reach, ...changes } })]).violations.length;
    expect(violations({})).toBe(0);
    expect(violations({ 'writing rows': 'open' })).toBe(1);
    expect(violations({ 'reading rows': 'closed' })).toBe(1);
    expect(violations({ 'the API key': 'open' })).toBe(1);
  });

  test('a tenant that has lost something, and one that is only half open (I16)', () => {
    const resumed = { expected: 'active', reach: { 'the login': 'open', billing: 'open' } } as const;
    expect(asBefore([look(), look(resumed)]).violations).toEqual([]);
    expect(asBefore([look({ now: { 'postgres: roles': '[2]' } })]).violations).toHaveLength(1);
    expect(asBefore([look({ now: {} })]).violations).toHaveLength(1);
    const half = look({ ...resumed, reach: { 'the login': 'open', billing: 'closed' } });
    expect(asBefore([half]).violations[0]?.what).toContain('billing: closed');
  });

  test('a change that succeeded in spite of a refusal, and one that was undone after its pivot (I1, I7)', () => {
    expect(terminal({ accepted: [accepted()] }).violations).toEqual([]);
    expect(terminal({ accepted: [accepted({ fatal: true })] }).violations).toHaveLength(1);
    const commit = { type: 'completeOperation', scheduled: 1, settled: 2, completed: true };
    const undo = { type: 'compensateStep', step: 'identity', scheduled: 3, settled: 4, completed: true } as const;
    expect(outOfOrder([commit, undo], [], 'suspend')).toContain('the pivot');
  });
});

test('a tenant whose change waits for an operator is not expected to be usable', () => {
  const order = accepted({ kind: 'provision', status: 'active', tenantState: 'active' });
  expect(usable([order, accepted({ status: 'failed' })])).toEqual([order]);
  expect(usable([order, accepted({ status: 'needs_operator' })])).toEqual([]);
  expect(usable([{ ...order, tenantState: 'suspended' }])).toEqual([]);
});

describe.each(['suspend', 'resume'] as const)('%s', (kind) => {
  test('is disturbed in each of its steps, and in the undo of each that leaves something', () => {
    const steps = Object.entries(rulesOf(kind).steps);
    const planned = (undo: boolean) =>
      new Set(callsOf(kind).flatMap((call) => (call.undo === undo ? [call.step as string] : [])));
    expect(planned(false)).toEqual(new Set(steps.map(([step]) => step)));
    const changing = steps.flatMap(([step, { leavesNothing }]) => (leavesNothing === true ? [] : [step]));
    expect(planned(true)).toEqual(new Set(changing));
  });

  test('is never refused for good where it is undone', () => {
    const undos = callsOf(kind).filter(({ undo }) => undo);
    expect(undos.flatMap((call) => faultsFor(call).filter(({ fatal }) => fatal))).toEqual([]);
  });
});

test('an export must be whole and the only one, and gone when its removal is called off (I19)', () => {
  const ids = { scenario: 'a test', operationId: 'op_3', tenantId: 'abcdefghijklmnop' };
  const whole = { files: ['export/1'], unfinished: 0, damage: '' };
  const violations = (kept: boolean, archive: Partial<typeof whole>) =>
    wholeExports([{ ...ids, kept, archive: { ...whole, ...archive } }]).violations.length;
  expect(violations(true, {})).toBe(0);
  expect(violations(false, { files: [] })).toBe(0);
  expect(violations(true, { files: [] })).toBe(1);
  expect(violations(true, { files: ['export/1', 'export/2'] })).toBe(1);
  expect(violations(true, { damage: 'cut off' })).toBe(1);
  expect(violations(true, { unfinished: 1 })).toBe(1);
  expect(violations(false, {})).toBe(1);
});

test('a short sample has faults, cancels, decisions and losses of every kind of change', () => {
  const all = changeScenarios(CHANGES, { resolution: true, sweeps: true });
  const kinds = sample(all, 1, createDice(1)).map((each) => each.kind);
  expect(new Set(kinds)).toEqual(new Set(all.map((each) => each.kind)));
  expect(kinds.length).toBeLessThan(17);
});

test.each(['a', 'b', 'c', 'd'] as const)('a kill at point %s needs no more tenants than there may be', (point) => {
  for (const kinds of [ACCESS_CHANGES, OTHER_CHANGES])
    for (const calls of killBatches(point, kinds))
      for (const [pool, most] of Object.entries(MOST))
        for (const plan of ['starter', 'professional'] as const)
          expect(
            calls.filter((call) => call.plan === plan && poolOf(call.kind as ChangeKind) === pool).length,
          ).toBeLessThanOrEqual(most[plan]);
});
