import {
  CLEAN_STATUSES,
  END_STATUSES,
  mayDo,
  resultStatus,
  STATE_TABLE,
  STATUSES,
  statusesBefore,
} from '../../contract/states';

test('every move leads to a status of the table, and none out of an end', () => {
  for (const status of STATUSES) {
    for (const next of STATE_TABLE[status].to) expect(STATUSES).toContain(next);
    if (STATE_TABLE[status].end) expect(STATE_TABLE[status]).toMatchObject({ to: [], verbs: [] });
  }
});

test('every status can be reached from pending and leads to an end', () => {
  const reachable = new Set<string>(['pending']);
  for (const status of reachable) for (const next of STATE_TABLE[status as 'pending'].to) reachable.add(next);
  expect([...reachable].sort()).toEqual([...STATUSES].sort());
  for (const status of STATUSES) {
    const ahead = new Set([status]);
    for (const each of ahead) for (const next of STATE_TABLE[each].to) ahead.add(next);
    expect(END_STATUSES.some((end) => ahead.has(end))).toBe(true);
  }
});

test('a name is freed by the clean ends only; needs_operator is not an end', () => {
  expect([...CLEAN_STATUSES].sort()).toEqual(['cancelled', 'failed', 'rejected']);
  expect(STATE_TABLE.needs_operator.end).toBe(false);
});

test('cancel is legal before the pivot and nowhere after it', () => {
  const cancellable = STATUSES.filter((status) => mayDo(status, 'cancel'));
  expect(cancellable).toEqual(['pending', 'validating', 'awaiting_approval', 'provisioning', 'on_hold']);
});

test('each status allows its verbs and no other', () => {
  expect(Object.fromEntries(STATUSES.map((status) => [status, STATE_TABLE[status].verbs]))).toEqual({
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

test('active is reached from provisioning alone', () => {
  expect(statusesBefore('active')).toEqual(['provisioning']);
});

test('the seed’s three result statuses', () => {
  expect(Object.fromEntries(STATUSES.map((status) => [status, resultStatus(status)]))).toEqual({
    pending: 'pending',
    validating: 'pending',
    awaiting_approval: 'pending',
    provisioning: 'pending',
    on_hold: 'pending',
    compensating: 'pending',
    needs_operator: 'pending',
    active: 'success',
    rejected: 'failed',
    cancelled: 'failed',
    failed: 'failed',
  });
});
