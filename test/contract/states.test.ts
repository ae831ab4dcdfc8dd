import {
  changesFrom,
  mayDo,
  OPERATION_KINDS,
  rulesOf,
  statusesBefore,
  stepRule,
  stepsOf,
  tenantStateAfter,
  verbsIn,
  type OperationKind,
  type StateBefore,
} from '../../contract/operations/kinds';
import {
  CLEAN_STATUSES,
  END_STATUSES,
  hasEnded,
  resultStatus,
  STATUSES,
  SUCCESS_STATUSES,
  type OperationStatus,
} from '../../contract/operations/states';
import { TENANT_STATES, type TenantState } from '../../contract/tenants/states';

describe.each(OPERATION_KINDS)('an operation of kind %s', (kind) => {
  const { states, from, to, meanwhile, pivot } = rulesOf(kind);
  const statuses = Object.keys(states) as OperationStatus[];
  const next = (status: OperationStatus): readonly OperationStatus[] => states[status]!.to;

  test('moves only to statuses that it has, and never from an end', () => {
    for (const status of statuses) {
      for (const each of next(status)) expect(statuses).toContain(each);
      if (hasEnded(status)) expect(states[status]).toEqual({ to: [], verbs: [] });
    }
  });

  test('reaches every status from pending, and an end from every status', () => {
    const reachable = new Set<OperationStatus>(['pending']);
    for (const status of reachable) for (const each of next(status)) reachable.add(each);
    expect([...reachable].sort()).toEqual([...statuses].sort());
    for (const status of statuses) {
      const ahead = new Set([status]);
      for (const each of ahead) for (const further of next(each)) ahead.add(further);
      expect(END_STATUSES.some((end) => ahead.has(end))).toBe(true);
    }
  });

  test('can be cancelled until the pivot', () => {
    const cancellable = statuses.filter((status) => mayDo(kind, status, 'cancel'));
    const over: OperationStatus[] = ['compensating', 'needs_operator', pivot.status, ...END_STATUSES];
    expect(cancellable).toEqual(statuses.filter((status) => !over.includes(status)));
  });

  test('only goes forward after the pivot: it can end only in success, and nothing can be undone', () => {
    const ahead = new Set(next(pivot.status));
    for (const status of ahead) {
      // The leftovers of an undo wait for an operator in the same status as those of a removal; the pivot is recorded beside it.
      const onward =
        status === 'needs_operator' ? next(status).filter((to) => next(pivot.status).includes(to)) : next(status);
      for (const each of onward) ahead.add(each);
    }
    for (const status of ahead) expect([...CLEAN_STATUSES, 'compensating']).not.toContain(status);
    expect(SUCCESS_STATUSES.some((status) => status === pivot.status || ahead.has(status))).toBe(true);
  });

  test('has steps that need only earlier steps, and nothing to undo from the pivot on', () => {
    const steps = stepsOf(kind);
    steps.forEach((step, index) => {
      for (const need of stepRule(kind, step).needs) expect(steps.slice(0, index)).toContain(need);
    });
    expect(steps.at(-1)).toBe('finalize');
    for (const step of steps.slice(steps.indexOf(pivot.step))) expect(stepRule(kind, step).leavesNothing).toBe(true);
  });

  test('leads from states of a tenant to another one, or to none', () => {
    for (const state of [...from, ...(to ? [to] : []), ...(meanwhile ? [meanwhile] : [])])
      expect(TENANT_STATES).toContain(state);
    expect(from).not.toContain(to);
    expect(from).not.toContain(meanwhile);
  });

  test('gives a tenant back its state when it ends without success', () => {
    for (const state of from)
      for (const status of statuses.filter((each) => CLEAN_STATUSES.includes(each)))
        expect(tenantStateAfter(kind, status, { state: meanwhile ?? state, returnsTo: meanwhile ? state : null })).toBe(
          state,
        );
  });
});

test.each<[OperationKind, OperationStatus, StateBefore, TenantState]>([
  ['provision', 'provisioning', { state: 'provisioning', returnsTo: null }, 'provisioning'],
  ['provision', 'needs_operator', { state: 'provisioning', returnsTo: null }, 'provisioning'],
  ['provision', 'active', { state: 'provisioning', returnsTo: null }, 'active'],
  ['provision', 'failed', { state: 'provisioning', returnsTo: null }, 'gone'],
  ['suspend', 'running', { state: 'active', returnsTo: null }, 'active'],
  ['suspend', 'completed', { state: 'active', returnsTo: null }, 'suspended'],
  ['suspend', 'failed', { state: 'active', returnsTo: null }, 'active'],
  ['deprovision', 'grace', { state: 'leaving', returnsTo: 'suspended' }, 'leaving'],
  ['deprovision', 'cancelled', { state: 'leaving', returnsTo: 'suspended' }, 'suspended'],
  ['deprovision', 'completed', { state: 'leaving', returnsTo: 'suspended' }, 'gone'],
  ['reconcile', 'completed', { state: 'suspended', returnsTo: null }, 'suspended'],
  ['reconcile', 'failed', { state: 'suspended', returnsTo: null }, 'suspended'],
])('an operation of kind %s in the status %s, on a tenant that was %j, leaves it %s', (kind, status, before, after) => {
  expect(tenantStateAfter(kind, status, before)).toBe(after);
});

test('a suspension and a resumption are verified once everything is closed or open', () => {
  const parts = ['database', 'storage-and-compute', 'security', 'identity', 'integrations'];
  for (const kind of ['suspend', 'resume'] as const) expect(stepRule(kind, 'verify').needs).toEqual(parts);
});

test('every status belongs to a kind', () => {
  const used = OPERATION_KINDS.flatMap((kind) => Object.keys(rulesOf(kind).states));
  expect([...new Set(used)].sort()).toEqual([...STATUSES].sort());
});

test('only clean ends free the name; needs_operator is not an end', () => {
  expect([...CLEAN_STATUSES].sort()).toEqual(['cancelled', 'failed', 'rejected']);
  expect(hasEnded('needs_operator')).toBe(false);
});

test('each status of a provisioning allows exactly its verbs', () => {
  const statuses = Object.keys(rulesOf('provision').states) as OperationStatus[];
  expect(Object.fromEntries(statuses.map((status) => [status, verbsIn('provision', status)]))).toEqual({
    pending: ['cancel'],
    validating: ['cancel'],
    awaiting_approval: ['approve', 'reject', 'cancel'],
    provisioning: ['cancel'],
    on_hold: ['retry', 'amend', 'skip', 'compensate', 'cancel'],
    compensating: [],
    active: [],
    rejected: [],
    cancelled: [],
    failed: [],
    needs_operator: ['retry', 'accept'],
  });
});

test('each status of a suspension, a resumption, a reconciliation and the connection of a domain allows exactly its verbs', () => {
  for (const kind of ['suspend', 'resume', 'reconcile', 'connect-domain'] as const) {
    const statuses = Object.keys(rulesOf(kind).states) as OperationStatus[];
    expect(Object.fromEntries(statuses.map((status) => [status, verbsIn(kind, status)]))).toEqual({
      pending: ['cancel'],
      running: ['cancel'],
      on_hold: ['retry', 'compensate', 'cancel'],
      compensating: [],
      completed: [],
      cancelled: [],
      failed: [],
      needs_operator: ['retry', 'accept'],
    });
  }
});

test('each status of a removal allows exactly its verbs', () => {
  const statuses = Object.keys(rulesOf('deprovision').states) as OperationStatus[];
  expect(Object.fromEntries(statuses.map((status) => [status, verbsIn('deprovision', status)]))).toEqual({
    pending: ['cancel'],
    running: ['cancel'],
    grace: ['cancel'],
    on_hold: ['retry', 'compensate', 'cancel'],
    removing: [],
    compensating: [],
    completed: [],
    cancelled: [],
    failed: [],
    needs_operator: ['retry', 'accept'],
  });
});

type Moves = Partial<Record<OperationStatus, OperationStatus[]>>;

test.each<[OperationKind, Moves]>([
  [
    'provision',
    {
      validating: ['pending', 'on_hold'],
      awaiting_approval: ['validating'],
      provisioning: ['validating', 'awaiting_approval', 'on_hold'],
      on_hold: ['pending', 'validating', 'awaiting_approval', 'provisioning'],
      compensating: ['pending', 'validating', 'awaiting_approval', 'provisioning', 'on_hold', 'needs_operator'],
      active: ['provisioning'],
      rejected: ['compensating', 'needs_operator'],
      cancelled: ['compensating', 'needs_operator'],
      failed: ['compensating', 'needs_operator'],
      needs_operator: ['compensating'],
    },
  ],
  ...(['suspend', 'resume', 'reconcile', 'connect-domain'] as const).map((kind): [OperationKind, Moves] => [
    kind,
    {
      running: ['pending', 'on_hold'],
      on_hold: ['pending', 'running'],
      compensating: ['pending', 'running', 'on_hold', 'needs_operator'],
      completed: ['running'],
      cancelled: ['compensating', 'needs_operator'],
      failed: ['compensating', 'needs_operator'],
      needs_operator: ['compensating'],
    },
  ]),
  [
    'deprovision',
    {
      running: ['pending', 'on_hold'],
      grace: ['running'],
      on_hold: ['pending', 'running', 'grace'],
      removing: ['grace', 'needs_operator'],
      compensating: ['pending', 'running', 'grace', 'on_hold', 'needs_operator'],
      completed: ['removing', 'needs_operator'],
      cancelled: ['compensating', 'needs_operator'],
      failed: ['compensating', 'needs_operator'],
      needs_operator: ['removing', 'compensating'],
    },
  ],
])('an operation of kind %s comes to each status from exactly these', (kind, expected) => {
  const before = STATUSES.map((status) => [status, statusesBefore(kind, status)] as const);
  expect(Object.fromEntries(before.filter(([, from]) => from.length > 0))).toEqual(expected);
});

test('a tenant in each state can begin exactly these operations', () => {
  expect(Object.fromEntries(TENANT_STATES.map((state) => [state, changesFrom(state)]))).toEqual({
    provisioning: [],
    active: ['suspend', 'deprovision', 'configure-sso', 'connect-domain', 'reconcile'],
    suspended: ['resume', 'deprovision', 'reconcile'],
    leaving: [],
    gone: [],
  });
});

test('a kind allows nothing in a status that it does not have', () => {
  expect(verbsIn('suspend', 'awaiting_approval')).toEqual([]);
  expect(mayDo('suspend', 'awaiting_approval', 'approve')).toBe(false);
  expect(() => stepRule('suspend', 'validate')).toThrow('An operation of kind suspend has no step validate.');
});

test('statuses map to the seed’s three result statuses', () => {
  expect(Object.fromEntries(STATUSES.map((status) => [status, resultStatus(status)]))).toEqual({
    pending: 'pending',
    validating: 'pending',
    awaiting_approval: 'pending',
    provisioning: 'pending',
    running: 'pending',
    grace: 'pending',
    removing: 'pending',
    on_hold: 'pending',
    compensating: 'pending',
    needs_operator: 'pending',
    active: 'success',
    completed: 'success',
    rejected: 'failed',
    cancelled: 'failed',
    failed: 'failed',
  });
});
