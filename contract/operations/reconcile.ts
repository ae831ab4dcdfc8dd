import { CHANGE_STATES } from './access';
import type { KindRule } from './kind-rule';
import type { Step } from './steps';

/** The steps of a tenant's provisioning that have made something at a provider. */
export const COMPARED_STEPS = [
  'reserve',
  'database',
  'storage-and-compute',
  'security',
  'configuration',
  'identity',
  'integrations',
] as const satisfies readonly Step[];

/** Compares everything that a tenant has with the ledger, and restores what the ledger says. The tenant's state does not change. */
export const RECONCILE = {
  workflow: 'reconcileTenant',
  title: 'Reconcile',
  from: ['active', 'suspended'],
  pivot: { step: 'finalize', status: 'completed' },
  steps: {
    reserve: { label: 'Compare the tenant’s own key', needs: [] },
    database: { label: 'Compare the database share', needs: [] },
    'storage-and-compute': { label: 'Compare storage and compute', needs: [] },
    security: { label: 'Compare the database logins and the API keys', needs: [] },
    configuration: { label: 'Compare the configuration', needs: [] },
    identity: { label: 'Compare the organization', needs: [] },
    integrations: { label: 'Compare billing', needs: [] },
    finalize: { label: 'Conclude', needs: COMPARED_STEPS, leavesNothing: true },
  },
  states: CHANGE_STATES,
} as const satisfies KindRule;

/** What became of a difference. `found`: it was only listed, or is still to be mended. `left`: a person has to mend it. */
export const DRIFT_OUTCOMES = ['found', 'mended', 'left'] as const;

/** One of {@link DRIFT_OUTCOMES}. */
export type DriftOutcome = (typeof DRIFT_OUTCOMES)[number];

/** A difference between the ledger and a provider. */
export interface Difference {
  /** `existence`, `access`, or what the kind compares, such as `prices`. */
  what: string;
  /** As the ledger has it. */
  was: string;
  /** As the provider has it. */
  is: string;
}

/** What a person can do about a difference that could not be mended. */
export function remedyOf({ what, is }: Pick<Difference, 'what' | 'is'>): string {
  if (what !== 'existence') return 'Change it back at the provider, then reconcile the tenant again.';
  switch (is) {
    case 'scheduled':
      return 'Call its deletion off at the provider.';
    case 'foreign':
      return 'Something that is not ours has its name. Find out whose it is before anything is changed.';
    default:
      return 'It is not made again by itself: what it held would stay lost, or a decision be undone. Restore it at the provider or the tenant from a backup, or remove the tenant.';
  }
}
