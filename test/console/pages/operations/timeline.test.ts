import type { Event } from '../../../../clients/typescript/src/types';
import { scaleOf, timelineOf } from '../../../../console/pages/operations/timeline';

const T0 = Date.parse('2026-01-31T12:00:00.000Z');

/** An event `second` seconds after the operation was accepted. */
function event(second: number, type: Event['type'], data: Event['data']): Event {
  return { sequence: second * 10 + 1, at: new Date(T0 + second * 1000).toISOString(), type, data };
}

const s = (second: number): number => T0 + second * 1000;

describe('the timeline of an operation', () => {
  test('a step that ran and was undone has a span for each', () => {
    const { steps } = timelineOf([
      event(1, 'step.state', { step: 'database', state: 'running' }),
      event(3, 'step.state', { step: 'database', state: 'done' }),
      event(8, 'step.state', { step: 'database', state: 'compensating' }),
      event(9, 'step.state', { step: 'database', state: 'compensated' }),
    ]);
    expect(steps.get('database')).toEqual({
      spans: [
        { from: s(1), to: s(3), what: 'running' },
        { from: s(8), to: s(9), what: 'undoing' },
      ],
      retries: [],
    });
  });

  test('a step in progress has a span without an end', () => {
    const { steps } = timelineOf([event(1, 'step.state', { step: 'verify', state: 'running' })]);
    expect(steps.get('verify')!.spans).toEqual([{ from: s(1), what: 'running' }]);
  });

  test('a failed attempt lasts until the next one begins', () => {
    const { steps } = timelineOf([
      event(1, 'step.state', { step: 'identity', state: 'running' }),
      event(2, 'step.attempt', { step: 'identity', attempt: 1, state: 'failed', failure: 'ProviderUnavailable' }),
      event(4, 'step.attempt', { step: 'identity', attempt: 2, state: 'begun' }),
      event(5, 'step.attempt', { step: 'identity', attempt: 2, state: 'failed' }),
    ]);
    expect(steps.get('identity')!.retries).toEqual([
      { at: s(2), attempt: 1, failure: 'ProviderUnavailable', until: s(4) },
      { at: s(5), attempt: 2 },
    ]);
  });

  test('a step that failed and was retried after a hold has both spans, and the hold is a wait', () => {
    const { steps, waits } = timelineOf([
      event(1, 'step.state', { step: 'integrations', state: 'running' }),
      event(2, 'step.attempt', { step: 'integrations', attempt: 1, state: 'failed' }),
      event(3, 'operation.status', { from: 'provisioning', status: 'on_hold' }),
      event(3, 'step.state', { step: 'integrations', state: 'failed' }),
      event(60, 'operation.status', { from: 'on_hold', status: 'provisioning' }),
      event(61, 'step.state', { step: 'integrations', state: 'running' }),
    ]);
    expect(steps.get('integrations')).toEqual({
      spans: [
        { from: s(1), to: s(3), what: 'failed' },
        { from: s(61), what: 'running' },
      ],
      retries: [{ at: s(2), attempt: 1, until: s(3) }],
    });
    expect(waits).toEqual([{ from: s(3), to: s(60), status: 'on_hold' }]);
  });
});

describe('the scale of a timeline', () => {
  const operation = { createdAt: new Date(T0).toISOString(), steps: [] };

  test('places work in proportion', () => {
    const scale = scaleOf({ ...operation, completedAt: new Date(s(10)).toISOString() }, [], s(99));
    expect([0, 2.5, 10, 20].map((second) => scale(s(second)))).toEqual([0, 0.25, 1, 1]);
  });

  test('gives three days of waiting so little width that ten seconds of work stay visible', () => {
    const days = 3 * 86_400;
    const waits = [{ from: s(4), to: s(4 + days), status: 'awaiting_approval' as const }];
    const scale = scaleOf({ ...operation, completedAt: new Date(s(10 + days)).toISOString() }, waits, s(days * 2));
    expect(scale(s(4))).toBeCloseTo(4 / 11.5);
    expect(scale(s(4 + days))).toBeCloseTo(5.5 / 11.5);
    expect(scale(s(4 + days / 2))).toBeCloseTo(4.75 / 11.5);
    expect(scale(s(10 + days))).toBe(1);
  });

  test('ends at the present while the operation runs, and with its last step where that ends after it', () => {
    expect(scaleOf(operation, [], s(40))(s(20))).toBeCloseTo(0.5);
    const last = { endedAt: new Date(s(20)).toISOString() } as never;
    const ended = { ...operation, completedAt: new Date(s(10)).toISOString(), steps: [last] };
    expect(scaleOf(ended, [], s(99))(s(10))).toBeCloseTo(0.5);
  });
});
