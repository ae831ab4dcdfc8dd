import { RecentEvents } from '../../../api/events/recent';
import type { EventView } from '../../../registry/views/events';

const view = (sequence: number): EventView => ({
  event: {
    ...{ sequence, at: new Date(0), type: 'approval.expired', tenantId: null, operationId: null, data: {} },
  },
  operationCaller: null,
  tenantCaller: null,
  plan: null,
});
const views = (from: number, to: number): EventView[] =>
  Array.from({ length: to - from + 1 }, (_, index) => view(from + index));
const numbers = (recent: RecentEvents, position: number, limit: number): number[] | undefined =>
  recent.after(position, limit)?.views.map(({ event }) => event.sequence);

test('a reader gets the events after its position, a portion at a time, and learns when that is all', () => {
  const recent = new RecentEvents(10);
  recent.add({ views: views(11, 15), position: 15, isComplete: true });
  expect(recent.after(10, 3)).toMatchObject({ position: 13, isComplete: false });
  expect(numbers(recent, 10, 3)).toEqual([11, 12, 13]);
  expect(numbers(recent, 13, 3)).toEqual([14, 15]);
  expect(recent.after(13, 3)).toMatchObject({ position: 15, isComplete: true });
  expect(recent.after(15, 3)).toEqual({ views: [], position: 15, isComplete: true });
});

test('a reader that is behind what is kept has to read from the registry', () => {
  const recent = new RecentEvents(0);
  for (let from = 1; from <= 5_000; from += 500)
    recent.add({ views: views(from, from + 499), position: from + 499, isComplete: true });
  expect(recent.after(2_999, 10)).toBeUndefined();
  expect(numbers(recent, 3_000, 2)).toEqual([3_001, 3_002]);
});

test('a reader that is ahead, because another process was faster, keeps its position', () => {
  const recent = new RecentEvents(10);
  expect(recent.after(12, 10)).toEqual({ views: [], position: 12, isComplete: true });
  recent.add({ views: views(11, 13), position: 13, isComplete: true });
  expect(numbers(recent, 12, 10)).toEqual([13]);
});

test('more is to come if the follower itself has not read everything', () => {
  const recent = new RecentEvents(0);
  recent.add({ views: views(1, 3), position: 3, isComplete: false });
  expect(recent.after(0, 10)).toMatchObject({ position: 3, isComplete: false });
});
