/** The workflow type that looks for what no run sees. */
export const SWEEP = 'sweep';

/** Id of a sweep's workflow that somebody asked for: one at a time. Those of the schedule have its id with the time behind it. */
export const SWEEP_WORKFLOW_ID = 'sweep';

/** Id of the Temporal Schedule that sweeps. */
export const SWEEP_SCHEDULE_ID = 'sweep';

/** Who asked for a sweep that nobody asked for. */
export const SCHEDULED = 'schedule';

/** Longest a sweep may take, in seconds; one that has not ended by then never will. */
export const SWEEP_SECONDS = 3600;

/** What the ledger calls the region of everything that belongs to none. */
export const GLOBAL_REGION = 'global';

/** Provider and kind of a finding that is a lost run. */
export const LOST_RUN = { provider: 'temporal', kind: 'run', region: GLOBAL_REGION } as const;

/**
 * Why something is a finding: `orphan` – ours by its marks, nobody's by the ledger; `unknown-tenant` – the registry has never heard of its
 * tenant; `lost-run` – an operation that has not ended, and no run that works on it.
 */
export const FINDING_REASONS = ['orphan', 'unknown-tenant', 'lost-run'] as const;

/** One of {@link FINDING_REASONS}. */
export type FindingReason = (typeof FINDING_REASONS)[number];

/** How a sweep stands; `refused`: it did not dare to begin, and nothing was touched. */
export const SWEEP_STATES = ['running', 'done', 'refused', 'failed'] as const;

/** One of {@link SWEEP_STATES}. */
export type SweepState = (typeof SWEEP_STATES)[number];

/** What is counted: findings met by reason, findings that were none any more, things removed, runs resumed, and what could not be done. */
export const SWEEP_COUNTS = [
  'orphans',
  'unknownTenants',
  'lostRuns',
  'released',
  'removed',
  'resumed',
  'problems',
] as const;

/** How many of each. */
export type SweepCounts = Record<(typeof SWEEP_COUNTS)[number], number>;

/** Input of {@link SWEEP}. */
export interface SweepInput {
  /** Made by who asks; the schedule leaves it to the workflow. */
  sweepId?: string;
  /** `token:<name>`, or {@link SCHEDULED}. */
  requestedBy: string;
  /** Finds and reports; quarantines, removes and resumes nothing. */
  dryRun: boolean;
  /** Tenants unknown to the registry whose things may be removed all the same, once their grace has passed. */
  tenants?: string[];
}

/** What a sweep goes by from its beginning to its end. */
export interface SweepPlan extends Required<SweepInput> {
  /** Every region there is. */
  regions: string[];
  /** Seconds a finding stays in quarantine before anything is done about it. */
  graceSeconds: number;
  /** Seconds without a sign of life after which an operation may have lost its run. */
  leaseSeconds: number;
}

/** A sweep id: `sw_` and the digits of a UUID. */
export function sweepIdOf(uuid: string): string {
  return `sw_${uuid.replaceAll('-', '')}`;
}
