/** Undoes one step; resolves when nothing of it is left. */
export type Undo<Step> = (step: Step) => Promise<void>;

/**
 * The compensations of a run, ordered by how its steps depend on each other. Add a step **before** it begins: then whatever may exist can
 * be undone, and undoing something that was never made is harmless.
 */
export class Saga<Step extends string> {
  readonly #added = new Set<Step>();

  /** @param needs the steps that must finish before a step. */
  constructor(private readonly needs: (step: Step) => readonly Step[]) {}

  add(step: Step): void {
    this.#added.add(step);
  }

  /**
   * Undoes every added step once, in reverse topological order, independent steps concurrently. A failing undo neither stops nor skips
   * another. Never rejects.
   */
  async compensate(undo: Undo<Step>): Promise<void> {
    const begun = new Map<Step, Promise<void>>();
    const undone = (step: Step): Promise<void> => {
      const running = begun.get(step) ?? this.#undoAfterDependents(step, undone, undo);
      begun.set(step, running);
      return running;
    };
    await Promise.all([...this.#added].map(undone));
  }

  async #undoAfterDependents(step: Step, undone: Undo<Step>, undo: Undo<Step>): Promise<void> {
    await Promise.all([...this.#added].filter((other) => this.#dependsOn(other, step)).map(undone));
    try {
      await undo(step);
    } catch {
      // The activity has recorded in the ledger what is left and why; the caller reads it there.
    }
  }

  /** Follows steps that were not added, too: two added steps may depend on each other only through them. */
  #dependsOn(step: Step, on: Step): boolean {
    return this.needs(step).some((need) => need === on || this.#dependsOn(need, on));
  }
}

/** Waits until all have settled, so that nothing is still being made when compensation begins, and then rethrows the first failure. */
export async function settleAll(steps: Promise<unknown>[]): Promise<void> {
  const settled = await Promise.allSettled(steps);
  const failure = settled.find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
}
