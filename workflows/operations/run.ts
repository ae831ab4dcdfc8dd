import {
  ContinueAsNew,
  isCancellation,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { StepReport } from '../../activities/operations/interface';
import {
  type AcceptedResolution,
  type ApprovalState,
  type Leftover,
  type OperationFailure,
  type Progress,
  type OperationInput,
} from '../../contract/operations/messages';
import { SEARCH_ATTRIBUTES } from '../../contract/temporal/search-attributes';
import type { OperationStatus } from '../../contract/operations/states';
import { rulesOf, stepRule, stepsOf, type OperationKind } from '../../contract/operations/kinds';
import type { Step, StepState } from '../../contract/operations/steps';
import { webUiDetails } from './web-ui-details';
import { describeFailure } from './failures';
import { Saga } from './saga';

/** The state of an operation's run, from which its progress query, its details in the Temporal Web UI and its search attributes are derived. */
export class Run<Input extends OperationInput = OperationInput> {
  readonly saga: Saga<Step>;
  readonly #states: Map<Step, StepState>;
  status: OperationStatus = 'pending';
  approval: ApprovalState = 'not_required';
  region: string | undefined;
  /** Whether the tenant gets a key of its own, which is kept in its region. */
  ownKey = false;
  failure: OperationFailure | undefined;
  leftovers: Leftover[] = [];
  cancelRequested = false;
  /** The operator's decision that the run is carrying out. */
  resolution: AcceptedResolution | undefined;
  /** The failed steps that await an operator's decision; empty for leftovers, undefined while there is nothing to decide. */
  undecided: Step[] | undefined;
  /** What the run waits for by itself, for people; undefined while it waits for nothing. */
  waitsFor: string | undefined;
  /** When the hold expires, in ISO 8601; set only while on hold. */
  holdUntil: string | undefined;
  /** Ids of the decisions already carried out. */
  readonly carriedOut = new Set<string>();
  /** How many times the operators were notified about this run. */
  notices = 0;
  /** Set when the pivot begins: from then on the run only goes forward. */
  pivoting = false;

  constructor(
    readonly kind: OperationKind,
    readonly input: Input,
  ) {
    const { steps } = rulesOf(kind);
    this.saga = new Saga<Step>((step) => steps[step]?.needs ?? []);
    this.#states = new Map(stepsOf(kind).map((step) => [step, 'pending']));
    this.region = input.resume?.region;
  }

  /** Whether an operator has skipped the step. */
  hasSkipped(step: Step): boolean {
    return this.#states.get(step) === 'skipped';
  }

  /**
   * Runs a step. Its compensation is registered before its work begins, unless the step makes nothing. The run keeps its first failure,
   * together with the step it came from.
   */
  async step<T>(step: Step, work: () => Promise<T>): Promise<T> {
    if (!stepRule(this.kind, step).leavesNothing) this.saga.add(step);
    this.mark(step, 'running');
    try {
      const result = await work();
      this.mark(step, 'done');
      return result;
    } catch (error) {
      // Its successor goes on with the step.
      if (error instanceof ContinueAsNew) throw error;
      this.mark(step, 'failed');
      // A step that was merely cancelled is not why the run failed, so a sibling's real failure replaces it.
      if (!this.failure || (this.failure.type === 'Cancelled' && !isCancellation(error)))
        this.failure = describeFailure(error, step);
      throw error;
    }
  }

  /** Sets a step's state; the Web UI shows it with the next workflow task. */
  mark(step: Step, state: StepState): void {
    this.#states.set(step, state);
    this.show();
  }

  /** Sets the state of a step's undo; a step that never began or was skipped keeps its own state. */
  markUndo(step: Step, state: 'compensating' | 'compensated'): void {
    if (!['pending', 'skipped'].includes(this.#states.get(step)!)) this.mark(step, state);
  }

  /** Moves the run to a status and upserts the search attributes: once per change of status, not once per step. */
  enter(status: OperationStatus): void {
    this.status = status;
    this.show();
    this.indexSteps();
  }

  /** Makes the run searchable in Temporal by status, region and the steps that are running. */
  indexSteps(): void {
    const running = [...this.#states].flatMap(([step, state]) =>
      state === 'running' || state === 'compensating' ? [step] : [],
    );
    upsertSearchAttributes([
      { key: SEARCH_ATTRIBUTES.status, value: this.status },
      { key: SEARCH_ATTRIBUTES.step, value: running },
      ...(this.region === undefined ? [] : [{ key: SEARCH_ATTRIBUTES.region, value: this.region }]),
    ]);
  }

  /** Keeps the residency search attribute in step with the order, which an operator may have amended. */
  followResidency(residency: string | null | undefined): void {
    const indexed = workflowInfo().typedSearchAttributes.get(SEARCH_ATTRIBUTES.residency) ?? null;
    if (residency !== undefined && residency !== indexed)
      upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.residency, value: residency }]);
  }

  /** Refreshes the run's details in the Temporal Web UI. */
  show(): void {
    setCurrentDetails(webUiDetails(this.kind, this.progress()));
  }

  report(): StepReport[] {
    return [...this.#states].map(([id, state]) => ({ id, state }));
  }

  progress(): Progress {
    const steps = this.report().map(({ id, state }) => ({ id, label: stepRule(this.kind, id).label, state }));
    return {
      status: this.status,
      steps,
      approval: this.approval,
      completed: steps.filter(({ state }) => state === 'done').length,
      total: steps.length,
      leftovers: this.leftovers,
      failure: this.failure,
      holdUntil: this.holdUntil,
      waitsFor: this.waitsFor,
    };
  }
}

/** The region whose worker undoes the step; undefined for steps that any worker can undo. */
export function regionOf(run: Run, step: Step): string | undefined {
  const inRegion = step === 'database' || step === 'storage-and-compute' || step === 'security';
  return inRegion || (step === 'reserve' && run.ownKey) ? run.region : undefined;
}
