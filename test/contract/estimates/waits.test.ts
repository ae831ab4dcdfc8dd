import { waitOf, type WaitFacts } from '../../../contract/estimates/waits';

const at = (hour: number): Date => new Date(Date.UTC(2026, 0, 1, hour));

function wait(changes: Partial<WaitFacts>) {
  return waitOf({
    status: 'grace',
    updatedAt: at(1),
    approvalDeadline: null,
    holdUntil: null,
    removalAt: at(9),
    graceDays: 30,
    asksForHolds: false,
    ...changes,
  });
}

test('a removal in its grace period says when that ends', () => {
  expect(wait({})).toEqual({
    for: 'grace-period',
    pace: 'normal',
    reason: 'The grace period ends at 2026-01-01 09:00:00 UTC.',
  });
});

test('a removal without days of grace waits for no grace period, but for a legal hold', () => {
  expect(wait({ graceDays: 0 })).toBeUndefined();
  expect(wait({ graceDays: 0, asksForHolds: true })).toMatchObject({ for: 'legal-hold' });
});

test('a removal of an earlier release, of which the days are not known, is said to be in its grace period', () => {
  expect(wait({ graceDays: null })).toMatchObject({ for: 'grace-period' });
});
