import type { Fault, FaultProxy } from '../../helpers/providers/fault-proxy';
import { seededRandom } from '../../helpers/seeded-random';

/** Faults of a failing call, all equally likely. A throttled caller is asked to wait for a second. */
const MISHAPS: Pick<Fault, 'does'>[] = [
  { does: 500 },
  { does: 503 },
  { does: { status: 429, headers: { 'retry-after': '1' } } },
  { does: 'reset' },
  { does: 'lose' },
];

/** Statistics of one provider's calls. */
export interface Calls {
  made: number;
  failed: number;
  /** The highest number of calls with the same method and path (ids left out) within one second of the clock. */
  busiest: { call: string; aSecond: number };
}

/** Faults that occur at random until `end` is called. */
export interface RandomFaults {
  /** By provider. */
  calls(): Record<string, Calls>;
  end(): void;
}

/** Makes this share of the calls on each line fail; which ones depends on the seed and the order of the calls. */
export function failAtRandom(
  lines: Record<string, FaultProxy>,
  { seed, share }: { seed: number; share: number },
): RandomFaults {
  const watched = Object.entries(lines).map(([name, line], index) => {
    const random = seededRandom(seed + index);
    const counts = countCalls(line);
    const rules = MISHAPS.map((mishap, position) =>
      // The rules are consulted in order, and each sees only the calls that the earlier ones let pass.
      line.add({ ...mishap, path: /./, when: () => random() < share / (MISHAPS.length - position * share) }),
    );
    const calls = (): Calls => ({ ...counts(), failed: rules.reduce((sum, { met }) => sum + met, 0) });
    return [name, calls] as const;
  });
  return {
    calls: () => Object.fromEntries(watched.map(([name, calls]) => [name, calls()])),
    end: () => Object.values(lines).forEach((line) => line.clear()),
  };
}

function countCalls(line: FaultProxy): () => Omit<Calls, 'failed'> {
  let made = 0;
  let busiest = { call: '', aSecond: 0 };
  let second = 0;
  const now = new Map<string, number>();
  line.add({
    path: /./,
    does: 'hold',
    when: ({ method, path }) => {
      made += 1;
      const current = Math.floor(Date.now() / 1000);
      if (current !== second) now.clear();
      second = current;
      const call = `${method} ${path.replace(/\?.*/, '').replace(/[^/]*[0-9-][^/]*/g, (part) => (/^v\d$/.test(part) ? part : '…'))}`;
      const aSecond = (now.get(call) ?? 0) + 1;
      now.set(call, aSecond);
      if (aSecond > busiest.aSecond) busiest = { call, aSecond };
      return false;
    },
  });
  return () => ({ made, busiest });
}
