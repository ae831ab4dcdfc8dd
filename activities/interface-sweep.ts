import type { SweepCounts, SweepInput, SweepPlan } from '../contract/sweeps';

/** What becomes of a sweep that is to begin. */
export type SweepBeginning = { plan: SweepPlan } | { refused: string };

/** A part of a sweep that never answered. */
export interface UnansweredPart {
  sweepId: string;
  part: string;
  problem: string;
}

/** The activities of the workflow `sweep`. Those that look or act note what they have to say as a part of the sweep, so they return nothing. */
export interface SweepActivities {
  /** Opens the sweep; refuses it where there is nothing to compare the providers with. Rejects when the registry does not answer. */
  beginSweep(input: SweepInput & { sweepId: string }): Promise<SweepBeginning>;
  /** Operations that need a run and have none go to quarantine. */
  findLostRuns(plan: SweepPlan): Promise<void>;
  /** What lies in the region – `global`: in none – and is nobody's goes to quarantine. A kind that cannot be listed keeps no other from it. */
  sweepRegion(input: { plan: SweepPlan; region: string }): Promise<void>;
  /** Lost runs that are due are resumed. */
  resumeLostRuns(plan: SweepPlan): Promise<void>;
  /** What is due in the region, or in none, is removed. */
  removeStrays(input: { plan: SweepPlan; region: string }): Promise<void>;
  /** Notes that a part of the sweep has not answered, and why. */
  recordUnanswered(input: UnansweredPart): Promise<void>;
  /** Ends the sweep with its counts. */
  concludeSweep(input: { sweepId: string }): Promise<SweepCounts>;
}
