/** The workflow type that looks for lost runs and orphaned resources. */
export const SWEEP = 'sweep';

/** Workflow id of a requested sweep; only one runs at a time. Runs of the schedule use its id followed by the time. */
export const SWEEP_WORKFLOW_ID = 'sweep';

/** Id of the Temporal Schedule that sweeps. */
export const SWEEP_SCHEDULE_ID = 'sweep';

/** Requester recorded for scheduled sweeps. */
export const SCHEDULED = 'schedule';

/** Time limit of a sweep, in seconds; one that has not ended by then never will. */
export const SWEEP_SECONDS = 3600;

/** The region that the ledger records for resources that belong to no region. */
export const GLOBAL_REGION = 'global';

/** Provider, kind and region recorded for a finding that is a lost run. */
export const LOST_RUN = { provider: 'temporal', kind: 'run', region: GLOBAL_REGION } as const;

/**
 * Reasons for a finding. `orphan`: the resource carries our marks, but the ledger has no row for it. `unknown-tenant`: the resource belongs
 * to a tenant that the registry does not know. `lost-run`: the operation has not ended, but no run works on it.
 */
export const FINDING_REASONS = ['orphan', 'unknown-tenant', 'lost-run'] as const;

/** One of {@link FINDING_REASONS}. */
export type FindingReason = (typeof FINDING_REASONS)[number];

/** States of a sweep. `refused`: it did not begin, because the ledger is empty and therefore not to be trusted. */
export const SWEEP_STATES = ['running', 'done', 'refused', 'failed'] as const;

/** One of {@link SWEEP_STATES}. */
export type SweepState = (typeof SWEEP_STATES)[number];

/** Counts of a sweep: findings by reason, findings that no longer applied, resources removed, runs resumed, and problems. */
export const SWEEP_COUNTS = [
  'orphans',
  'unknownTenants',
  'lostRuns',
  'released',
  'removed',
  'resumed',
  'problems',
] as const;

/** The value of each count. */
export type SweepCounts = Record<(typeof SWEEP_COUNTS)[number], number>;

/** Input of {@link SWEEP}. */
export interface SweepInput {
  /** Set by the caller; for scheduled sweeps the workflow makes it. */
  sweepId?: string;
  /** The id of the caller, or {@link SCHEDULED}. */
  requestedBy: string;
  /** Only find and report; quarantine, remove and resume nothing. */
  dryRun: boolean;
  /** Tenants unknown to the registry whose resources may be removed nevertheless, once their grace period has passed. */
  tenants?: string[];
}

/** Settings that a sweep keeps from beginning to end. */
export interface SweepPlan extends Required<SweepInput> {
  /** All regions. */
  regions: string[];
  /** Seconds for which a finding stays in quarantine before it is acted on. */
  graceSeconds: number;
  /** Seconds without activity after which an operation may have lost its run. */
  leaseSeconds: number;
}

/** A sweep id: `sw_` and the digits of a UUID. */
export function sweepIdOf(uuid: string): string {
  return `sw_${uuid.replaceAll('-', '')}`;
}
