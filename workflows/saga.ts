/** Undoes one step; resolves when nothing of it is left. */
export type Undo<Step> = (step: Step) => Promise<void>;

/**
 * The compensations of a run, in the order its steps depend on each other. A step is added **before** it begins: what may exist can then
 * always be undone, and undoing what never came to be is harmless.
 */
export class Saga<Step extends string> {
  readonly #added: Step[] = [];

  /** @param needs what each step needs to have finished before it. */
  constructor(private readonly needs: Record<Step, readonly Step[]>) {}

  add(step: Step): void {
    if (!this.#added.includes(step)) this.#added.push(step);
  }

  get added(): readonly Step[] {
    return this.#added;
  }

  /**
   * Undoes every added step once, in reverse topological order, independent ones together. One that fails neither stops nor skips another.
   * Never rejects; returns the steps whose undo failed.
   */
  async compensate(undo: Undo<Step>): Promise<Step[]> {
    const failed: Step[] = [];
    const begun = new Map<Step, Promise<void>>();
    const undone = (step: Step): Promise<void> => {
      const running = begun.get(step) ?? this.#undoAfterDependents(step, undone, undo, failed);
      begun.set(step, running);
      return running;
    };
    await Promise.all(this.#added.map(undone));
    return failed;
  }

  async #undoAfterDependents(
    step: Step,
    undone: (step: Step) => Promise<void>,
    undo: Undo<Step>,
    failed: Step[],
  ): Promise<void> {
    await Promise.all(this.#added.filter((other) => this.#restsOn(other, step)).map(undone));
    try {
      await undo(step);
    } catch {
      // The activity has recorded what is left and why; the caller asks the ledger.
      failed.push(step);
    }
  }

  /** Through steps that were not added as well: compensation must respect an order that only they connect. */
  #restsOn(step: Step, on: Step): boolean {
    return this.needs[step].some((need) => need === on || this.#restsOn(need, on));
  }
}

/** Waits until all have settled, so that nothing is still being made when compensation begins; then rethrows the first failure. */
export async function settleAll(steps: Promise<unknown>[]): Promise<void> {
  const settled = await Promise.allSettled(steps);
  const failure = settled.find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
}
