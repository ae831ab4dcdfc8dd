import { Link } from 'wouter';
import type { components } from '../../../clients/typescript/generated/api';
import { StateBadge } from '../../parts/state-badge';
import { countText } from '../../parts/quantities';

/** A search for lost runs and orphaned resources. */
export type Sweep = components['schemas']['Sweep'];

/** The state of a sweep. One that has ended with problems is not simply done: it says how many, and leads to them. */
export function SweepState({ sweep: { sweepId, state, problems } }: { sweep: Omit<Sweep, 'findings'> }) {
  if (state !== 'done' || problems.length === 0)
    return <StateBadge state={state} tone={state === 'refused' ? 'warning' : undefined} />;
  return (
    <Link href={`/sweeps/${sweepId}#problems`}>
      <StateBadge state={state} tone="warning" label={`done, but ${countText(problems.length, 'problem')}`} />
    </Link>
  );
}
