import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { isCancellation, setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { StepReport } from '../activities/interface';
import {
  SEARCH_ATTRIBUTES,
  type AcceptedResolution,
  type ApprovalState,
  type Leftover,
  type OperationFailure,
  type Progress,
  type ProvisionTenantInput,
  type RecoverySettings,
} from '../contract/messages';
import type { OperationStatus } from '../contract/states';
import { MAKES_NOTHING, STEP_LABELS, STEP_NEEDS, STEPS, type Step, type StepState } from '../contract/steps';
import { markdownDetails } from './details';
import { describeFailure } from './failures';
import { Saga } from './saga';

const COMPENSATES: RecoverySettings = { onPermanentFailure: 'compensate', holdSeconds: 0, skippable: [] };

const STATUS = defineSearchAttributeKey(SEARCH_ATTRIBUTES.status, SearchAttributeType.KEYWORD);
const RUNNING = defineSearchAttributeKey(SEARCH_ATTRIBUTES.step, SearchAttributeType.KEYWORD_LIST);
const RESIDENCY = defineSearchAttributeKey(SEARCH_ATTRIBUTES.residency, SearchAttributeType.KEYWORD);
const REGION = defineSearchAttributeKey(SEARCH_ATTRIBUTES.region, SearchAttributeType.KEYWORD);

/** What a run knows of itself: the state behind its progress query, its details in the Web UI and its search attributes. */
export class Run {
  readonly saga = new Saga<Step>(STEP_NEEDS);
  readonly #states = new Map<Step, StepState>(STEPS.map((step) => [step, 'pending']));
  status: OperationStatus = 'pending';
  approval: ApprovalState = 'not_required';
  region: string | undefined;
  /** Whether the tenant gets a key of its own, which lies in the region. */
  ownKey = false;
  failure: OperationFailure | undefined;
  leftovers: Leftover[] = [];
  cancelRequested = false;
  /** What an operator has decided and the run is carrying out. */
  resolution: AcceptedResolution | undefined;
  /** The failed steps an operator is to decide about; empty with leftovers, undefined while there is nothing to decide. */
  undecided: Step[] | undefined;
  /** ISO 8601; while on hold. */
  holdUntil: string | undefined;
  /** Ids of the decisions that were carried out. */
  readonly carriedOut = new Set<string>();
  /** How many times the operators were told of this run. */
  notices = 0;
  /** From here on the run only goes forward. */
  pivoting = false;

  constructor(readonly input: ProvisionTenantInput) {
    this.region = input.resume?.region;
  }

  /** What becomes of a step that failed for good. */
  get recovery(): RecoverySettings {
    return this.input.recovery ?? COMPENSATES;
  }

  /** Whether an operator has left a step out. */
  hasSkipped(step: Step): boolean {
    return this.#states.get(step) === 'skipped';
  }

  /** Runs a step: its compensation is registered first – unless it only looks – then its work begins. The run's first failure is kept with the step it came from. */
  async step<T>(step: Step, work: () => Promise<T>): Promise<T> {
    if (!MAKES_NOTHING.includes(step)) this.saga.add(step);
    this.mark(step, 'running');
    try {
      const result = await work();
      this.mark(step, 'done');
      return result;
    } catch (error) {
      this.mark(step, 'failed');
      // A sibling that was merely cancelled is not why the run failed.
      if (!this.failure || (this.failure.type === 'Cancelled' && !isCancellation(error)))
        this.failure = describeFailure(error, step);
      throw error;
    }
  }

  /** Notes a step's state; the Web UI shows it with the next workflow task. */
  mark(step: Step, state: StepState): void {
    this.#states.set(step, state);
    this.show();
  }

  /** Notes how the undo of a step stands; one that never began stays pending. */
  markUndo(step: Step, state: 'compensating' | 'compensated'): void {
    if (!['pending', 'skipped'].includes(this.#states.get(step)!)) this.mark(step, state);
  }

  /** Moves the run to a status and upserts the search attributes: once an edge, not once a step. */
  enter(status: OperationStatus): void {
    this.status = status;
    this.show();
    this.indexSteps();
  }

  /** Makes status, region and the steps running now findable in Temporal's visibility. */
  indexSteps(): void {
    const running = STEPS.filter((step) => ['running', 'compensating'].includes(this.#states.get(step)!));
    upsertSearchAttributes([
      { key: STATUS, value: this.status },
      { key: RUNNING, value: running },
      ...(this.region === undefined ? [] : [{ key: REGION, value: this.region }]),
    ]);
  }

  /** Keeps the run findable by the residency its order has now: an operator may have amended it. */
  followResidency(residency: string | null | undefined): void {
    const indexed = workflowInfo().typedSearchAttributes.get(RESIDENCY) ?? null;
    if (residency !== undefined && residency !== indexed)
      upsertSearchAttributes([{ key: RESIDENCY, value: residency }]);
  }

  /** Refreshes what the Web UI shows of the run. */
  show(): void {
    setCurrentDetails(markdownDetails(this.progress()));
  }

  report(): StepReport[] {
    return STEPS.map((id) => ({ id, state: this.#states.get(id)! }));
  }

  progress(): Progress {
    const steps = this.report().map(({ id, state }) => ({ id, label: STEP_LABELS[id], state }));
    return {
      status: this.status,
      steps,
      approval: this.approval,
      completed: steps.filter(({ state }) => state === 'done').length,
      total: STEPS.length,
      leftovers: this.leftovers,
      ...(this.failure ? { failure: this.failure } : {}),
      ...(this.holdUntil === undefined ? {} : { holdUntil: this.holdUntil }),
    };
  }
}

/** Steps whose resources lie in a region are undone by that region's worker, the others by any. */
export function regionOf(run: Run, step: Step): string | undefined {
  const inRegion = step === 'database' || step === 'storage-and-compute' || step === 'security';
  return inRegion || (step === 'reserve' && run.ownKey) ? run.region : undefined;
}
