import { readFileSync } from 'node:fs';
import path from 'node:path';
import { VirtualClock } from './world/clock';
import type { Violation } from './violations/check';
import { MUTANTS, putBack } from './mutants/mutants';
import { planOf, type Plan, type PlannedEvent } from './plan/plan';
import { dice, drawn } from './plan/random';
import { shrink } from './violations/shrink';

describe('a plan', () => {
  it('is the same for the same seed, and differs for another', () => {
    expect(planOf(4711)).toEqual(planOf(4711));
    const plans = Array.from({ length: 50 }, (_, seed) => JSON.stringify({ ...planOf(seed), seed: 0 }));
    expect(new Set(plans).size).toBeGreaterThan(40);
  });

  it('varies between successive seeds: every plan size, and orders with and without an approval', () => {
    for (const first of [0, 98_000_000, 205_954_188]) {
      const plans = Array.from({ length: 500 }, (_, index) => planOf(first + index));
      for (const size of ['starter', 'professional', 'enterprise'])
        expect(plans.filter(({ plan }) => plan === size).length).toBeGreaterThan(60);
      expect(plans.filter(({ needsApproval }) => needsApproval).length).toBeGreaterThan(80);
      expect(plans.filter(({ holds }) => holds).length).toBeGreaterThan(60);
    }
  });

  it('has every kind of event within a few hundred seeds', () => {
    const events = Array.from({ length: 500 }, (_, seed) => planOf(seed).events).flat();
    expect(new Set(events.map(({ event }) => event))).toEqual(
      new Set(['away', 'mishap', 'refusal', 'statement', 'logins', 'clock', 'action']),
    );
  });
});

describe('a draw by name', () => {
  it('does not depend on earlier draws', () => {
    const alone = drawn(7, 'bucket.create 1');
    drawn(7, 'bucket.find 1');
    expect(drawn(7, 'bucket.create 1')).toBe(alone);
    expect(drawn(8, 'bucket.create 1')).not.toBe(alone);
  });
});

describe('the virtual clock', () => {
  it('jumps from timer to timer in order, and stands still while a result is outstanding', async () => {
    const clock = new VirtualClock();
    clock.reset(dice(1));
    const seen: string[] = [];
    const note = (what: string): void => void seen.push(`${what} at ${clock.now - clock.start}`);
    clock.after(3_600_000, () => note('hour'));
    clock.after(10, () => note('ten'));
    clock.after(5, () => {
      void clock
        .waitFor(new Promise((resolve) => setImmediate(() => setImmediate(resolve))))
        .then(() => note('arrival'));
    });
    await expect(clock.run(() => seen.length === 3)).resolves.toBe(true);
    expect(seen).toEqual(['arrival at 5', 'ten at 10', 'hour at 3600000']);
  });

  it('reports when no timer is left', async () => {
    const clock = new VirtualClock();
    clock.reset(dice(1));
    await expect(clock.run(() => false)).resolves.toBe(false);
  });

  it('ends a sleep on time, or with the reason of its abort', async () => {
    const clock = new VirtualClock();
    clock.reset(dice(1));
    const ended: unknown[] = [];
    const stop = new AbortController();
    void clock.sleep(100).then(() => ended.push(clock.now - clock.start));
    clock.sleep(5_000, stop.signal).catch((error: Error) => ended.push(error.name));
    clock.after(200, () => stop.abort());
    await clock.run(() => ended.length === 2);
    expect(ended).toEqual([100, 'AbortError']);
  });

  it('fires no timer of a dead process', async () => {
    const clock = new VirtualClock();
    clock.reset(dice(1));
    const fired: string[] = [];
    const owner = { dead: false };
    clock.owner.run(owner, () => clock.after(5, () => fired.push('its own')));
    clock.after(4, () => (owner.dead = true));
    clock.after(6, () => fired.push('another’s'));
    await clock.run(() => false);
    expect(fired).toEqual(['another’s']);
  });
});

describe('shrinking', () => {
  it('keeps exactly the events that a violation needs', async () => {
    const away = (at: number): PlannedEvent => ({ event: 'away', who: 'mail', at, seconds: 1, silent: false });
    const plan: Plan = { ...planOf(1), events: Array.from({ length: 12 }, (_, at) => away(at)) };
    const look = ({ events }: Plan): Promise<Violation[]> => {
      const has = (at: number): boolean => events.some((event) => event.event === 'away' && event.at === at);
      return Promise.resolve(has(3) && has(8) ? [{ id: 'I15', what: 'both' }] : []);
    };
    const { events } = await shrink(plan, await look(plan), look);
    expect(events).toEqual([away(3), away(8)]);
  });
});

describe('a mutant', () => {
  it.each(MUTANTS)('finds its texts in the product: $name', (mutant) => {
    const changed: string[] = [];
    putBack(mutant, (file, change) => {
      const source = readFileSync(path.join(__dirname, '../..', file), 'utf8');
      changed.push(change(source));
      expect(changed.at(-1)).not.toBe(source);
    });
    for (const [at, { instead }] of mutant.edits.entries()) expect(changed[at]).toContain(instead);
    expect(changed).toHaveLength(mutant.edits.length);
  });

  it('is refused where its text is missing or occurs twice', () => {
    const mutant = { name: 'x', edits: [{ file: 'x.ts', text: 'abc', instead: 'def' }] };
    for (const source of ['ab', 'abc abc'])
      expect(() => putBack(mutant, (_file, change) => void change(source))).toThrow('exactly once in x.ts');
  });
});
