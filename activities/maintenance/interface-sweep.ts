import type { SweepCounts, SweepInput, SweepPlan } from '../../contract/maintenance/sweeps';

/** The plan of a sweep that begins, or the reason why it was refused. */
export type SweepBeginning = { plan: SweepPlan } | { refused: string };

/** A part of a sweep that gave no answer. */
export interface UnansweredPart {
  sweepId: string;
  part: string;
  problem: string;
}

/** The activities of the workflow `sweep`. Those that look or act return nothing: they record their results as a part of the sweep. */
export interface SweepActivities {
  /** Opens the sweep, or refuses it if there is nothing to compare the providers with. Rejects when the registry does not answer. */
  beginSweep(input: SweepInput & { sweepId: string }): Promise<SweepBeginning>;
  /** Quarantines operations that need a run and have none. */
  findLostRuns(plan: SweepPlan): Promise<void>;
  /** Quarantines ownerless resources of the region (`global`: of none). A kind that cannot be listed does not hold up the others. */
  sweepRegion(input: { plan: SweepPlan; region: string }): Promise<void>;
  /** Resumes the lost runs that are due. */
  resumeLostRuns(plan: SweepPlan): Promise<void>;
  /** Removes the orphans that are due in the region, or in none. */
  removeOrphans(input: { plan: SweepPlan; region: string }): Promise<void>;
  /** Records that a part of the sweep gave no answer, and why. */
  recordUnanswered(input: UnansweredPart): Promise<void>;
  /** Ends the sweep and returns its counts. */
  concludeSweep(input: { sweepId: string }): Promise<SweepCounts>;
}
