import type { Fault, FaultProxy } from '../../helpers/providers/fault-proxy';
import { seededRandom } from '../../helpers/seeded-random';

/** Share of the calls that each mishap meets: a slow answer now and then, and rarely an error, after which the step is retried. */
const MISHAPS: readonly { share: number; does: Fault['does'] }[] = [
  { share: 0.04, does: { of: 'answer', ms: 150 } },
  { share: 0.012, does: { of: 'answer', ms: 600 } },
  { share: 0.004, does: { of: 'answer', ms: 2_000 } },
  { share: 0.001, does: { of: 'answer', ms: 5_000 } },
  { share: 0.001, does: 503 },
];

/** Slows the calls on all lines at random. */
export function slowAtRandom(lines: Record<string, FaultProxy>, seed: number): void {
  Object.values(lines).forEach((line, index) => {
    const random = seededRandom(seed + index);
    for (const { share, does } of MISHAPS) line.add({ path: /./, does, when: () => random() < share });
  });
}
