import { adviceOn } from '../../../../console/pages/operations/decide/advice';
import type { Operation } from '../../../../clients/typescript/src/types';
import { verbsIn } from '../../../../contract/operations/kinds';
import { STATUSES } from '../../../../contract/operations/states';
import { stepsOf } from '../../../../contract/operations/kinds';

/** An operation as far as advice looks at it. */
function operation(changes: Partial<Operation>): Operation {
  const { kind = 'provision', status = 'provisioning' } = changes;
  return {
    operationId: 'op_a2b3c4d5e6f7g2h3i4j5',
    requestedBy: 'token:signup',
    approval: { state: 'not_required' },
    steps: stepsOf(kind).map((id) => ({ id, label: id, state: 'pending', attempts: 0 })),
    verbs: verbsIn(kind, status),
    leftovers: [],
    ...changes,
    kind,
    status,
  } as unknown as Operation;
}
const labels = (one: Operation, me?: string): (string | undefined)[] | undefined =>
  adviceOn(one, me)?.choices.map(([label]) => label);

const WAITING = ['awaiting_approval', 'on_hold', 'needs_operator'] as const;

test.each(WAITING)(
  'an operation that is %s has a choice for each verb that is possible, except for a cancel',
  (status) => {
    const one = operation({ status });
    expect(labels(one)).toHaveLength(one.verbs.filter((verb) => verb !== 'cancel').length);
  },
);

test('a choice that is not possible now is not offered', () => {
  expect(labels(operation({ status: 'on_hold', verbs: ['retry', 'compensate'] }))).toEqual(['Retry', 'Undo now']);
});

test('a hold names the failed step and the blamed field of the order', () => {
  const failure = { type: 'PaymentMethodDeclined', step: 'integrations', message: '', pointer: '/paymentMethod' };
  const steps = [{ id: 'integrations', label: 'Set up billing', state: 'failed', attempts: 1 }];
  const advice = adviceOn(operation({ status: 'on_hold', failure, steps } as Partial<Operation>), undefined)!;
  expect(advice.situation).toMatch(/^“Set up billing” failed/);
  expect(Object.fromEntries(advice.choices)['Amend and retry']).toContain('“Payment method”');
});

test('the person who has placed the order is told that another one has to decide', () => {
  const one = operation({ status: 'awaiting_approval' });
  expect(adviceOn(one, 'token:signup')!.situation).toContain('You placed the order');
  expect(adviceOn(one, 'token:approver')!.situation).not.toContain('You placed the order');
});

test('a step without a worker names the queue and the setting; one that is repeated points to the failed attempts', () => {
  const stuck = (reason: string) =>
    adviceOn(
      operation({
        steps: [
          { id: 'database', label: 'Database', state: 'running', attempts: 1, progress: { pace: 'stuck', reason } },
        ],
      } as unknown as Partial<Operation>),
      undefined,
    )!.situation;
  expect(stuck('No worker on `region.eu-central`.')).toMatch(/`region\.eu-central`.*`WORKER_REGIONS`/);
  expect(stuck('Due since 2026-01-01 12:00:01 UTC, and no worker on `provisioning` has begun it.')).toMatch(
    /Start a process `worker`\. .*`not ready yet`/,
  );
  expect(stuck('Retry 2 of 3 in 20 s; the last attempt failed: refused.')).toContain('“What failed, and why”');
});

test('an undo that does not get on says so, and one that makes progress says that there is nothing to do', () => {
  const reason =
    'No answer since 2026-01-01 12:00:01 UTC. Storage bucket of tenant k (AWS in eu-central): no answer in time. Attempt 9 begins in 12 s.';
  const steps = [{ id: 'storage', label: 'Storage', state: 'compensating', progress: { pace: 'stuck', reason } }];
  const stuck = { status: 'compensating', steps } as unknown as Partial<Operation>;
  expect(adviceOn(operation(stuck), undefined)?.situation).toContain(reason);
  expect(adviceOn(operation(stuck), undefined)?.situation).toContain('the operation waits here for an operator');
  expect(adviceOn(operation({ status: 'compensating' }), undefined)?.situation).toContain('There is nothing to do');
  const failedOnce = [{ id: 'storage', label: 'Storage', state: 'compensating', nextTry: '2026-01-01T12:00:01Z' }];
  const repeated = { status: 'compensating', steps: failedOnce } as unknown as Partial<Operation>;
  expect(adviceOn(operation(repeated), undefined)?.situation).toContain('An attempt to undo “Storage” failed');
});

test('an operation that gets on, or has succeeded, needs no advice', () => {
  for (const status of ['provisioning', 'active', 'completed', 'removing'] as const)
    expect(adviceOn(operation({ status }), undefined)).toBeUndefined();
});

test('everything that waits for a person or has failed has advice, for every kind of operation', () => {
  const silent = STATUSES.filter(
    (status) => adviceOn(operation({ status, kind: 'deprovision' }), undefined) === undefined,
  );
  expect(silent).toEqual(['pending', 'validating', 'provisioning', 'running', 'removing', 'active', 'completed']);
});
