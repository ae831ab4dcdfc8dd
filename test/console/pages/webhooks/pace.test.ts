import { createPace } from '../../../../console/pages/webhooks/pace';

const NOW = Date.parse('2026-01-31T12:00:00Z');
const message = (state: 'waiting' | 'trying' | 'delivered' | 'failed', nextAttemptAt?: string) => ({
  deliveryId: 'msg_1',
  state,
  attempts: 0,
  ...(nextAttemptAt !== undefined && { nextAttemptAt }),
});

describe('messages of a webhook are read again', () => {
  test('not at all once each has ended', () => {
    expect(createPace().after([message('delivered'), message('failed')], NOW)).toBe(false);
    expect(createPace().after([], NOW)).toBe(false);
  });

  test('soon while one is being sent, and more rarely while nothing changes, up to a minute', () => {
    const pace = createPace();
    const waits = [0, 50, 5 * 60, 3_600].map((seconds) => pace.after([message('trying')], NOW + seconds * 1_000));
    expect(waits).toEqual([2_000, 5_000, 30_000, 60_000]);
    expect(pace.after([{ ...message('trying'), attempts: 1 }], NOW + 3_600_000)).toBe(2_000);
  });

  test('after the next attempt, where its time is known', () => {
    expect(createPace().after([message('trying', '2026-01-31T12:00:20Z')], NOW)).toBe(22_000);
    expect(createPace().after([message('trying', '2026-01-31T13:00:00Z')], NOW)).toBe(60_000);
    expect(createPace().after([message('trying', '2026-01-31T11:59:59Z')], NOW)).toBe(2_000);
  });

  test('for a while after an event, of which a message may be made', () => {
    const pace = createPace();
    pace.expect(NOW);
    expect(pace.after([], NOW + 14_000)).toBe(2_000);
    expect(pace.after([], NOW + 16_000)).toBe(false);
  });
});
