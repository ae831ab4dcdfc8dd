import { appendFileSync, readFileSync } from 'node:fs';
import type { Circus } from '@jest/types';
import NodeEnvironment from 'jest-environment-node';

/** The mutants to try with a test file; see {@link MutationEnvironment}. */
export interface TrialPlan {
  /** Mutants in order; `none` is the unchanged code. */
  ids: string[];
  /** Names of the tests that run each mutant's code; missing: all tests. */
  tests: Record<string, string[]>;
}

/** A line in the file of results. */
export type TrialResult =
  | { begin: string }
  | { end: string; noticedBy: string | null }
  | { coverage: Record<string, string[]>; whenLoaded: string[]; slowestMs: number };

/** Selects the active mutant and records which mutants were run. This process has one switch, and each workflow sandbox another. */
interface Switch {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  mutantCoverage?: { static: Record<string, number>; perTest: Record<string, Record<string, number>> };
}

/**
 * Runs the tests of a file once for each mutant, in one process: the file registers its tests in a block `mutant <id>` per mutant, and the
 * mutant is active while its block runs. Tests that do not run the mutant's code are skipped, and so are the remaining ones after a
 * failure.
 */
export default class MutationEnvironment extends NodeEnvironment {
  readonly #plan = JSON.parse(readFileSync(process.env.MUTATION_PLAN!, 'utf8')) as TrialPlan;
  readonly #switches: Switch[] = [{ activeMutant: process.env.__STRYKER_ACTIVE_MUTANT__ }];
  #noticedBy: string | undefined;
  #whenLoaded: string[] = [];
  #slowestMs = 0;

  /** The unchanged code alone has the time of the trial, not that of the test file: it may have to bundle the workflows on a busy machine. */
  get #isUnchanged(): boolean {
    return this.#plan.ids.every((id) => id === 'none');
  }

  constructor(...args: ConstructorParameters<typeof NodeEnvironment>) {
    super(...args);
    Object.assign(this.global, {
      __stryker__: this.#switches[0],
      mutantIds: this.#plan.ids,
      addMutantSwitch: (added: Switch) => {
        const { activeMutant, currentTestId } = this.#switches[0]!;
        this.#switches.push(Object.assign(added, { activeMutant, currentTestId }));
      },
    });
  }

  handleTestEvent(event: Circus.Event): void {
    switch (event.name) {
      case 'run_start':
        this.#whenLoaded = this.#coverage((covered) => covered?.static);
        break;
      case 'run_describe_start': {
        const id = mutantOf(event.describeBlock);
        if (id !== undefined) this.#begin(id, event.describeBlock);
        break;
      }
      case 'hook_start':
        if (this.#isUnchanged) event.hook.timeout = undefined;
        break;
      case 'test_start':
        if (this.#isUnchanged) delete event.test.timeout;
        this.#set({ currentTestId: nameOf(event.test) });
        if (this.#noticedBy !== undefined) event.test.mode = 'skip';
        break;
      case 'test_done':
        this.#set({ currentTestId: undefined });
        this.#slowestMs = Math.max(this.#slowestMs, event.test.duration ?? 0);
        if (event.test.errors.length > 0) this.#noticed(event.test);
        break;
      case 'run_describe_finish': {
        const id = mutantOf(event.describeBlock);
        if (id !== undefined) this.#end(id);
        break;
      }
      default:
    }
  }

  #begin(id: string, block: Circus.DescribeBlock): void {
    write({ begin: id });
    this.#noticedBy = undefined;
    this.#set({ activeMutant: id });
    const wanted = this.#plan.tests[id];
    if (wanted) for (const test of testsOf(block)) if (!wanted.includes(nameOf(test))) test.mode = 'skip';
  }

  #noticed(test: Circus.TestEntry): void {
    this.#noticedBy ??= nameOf(test);
    // Work left running by a timed-out test would disturb the next mutant.
    if (!JSON.stringify(test.errors.map(String)).includes('Exceeded timeout')) return;
    const id = this.#switches[0]!.activeMutant!;
    write({ end: id, noticedBy: this.#noticedBy });
    process.exit(3);
  }

  #end(id: string): void {
    if (id === 'none' && this.#plan.ids.length === 1) this.#writeCoverage();
    this.#set({ activeMutant: undefined });
    write({ end: id, noticedBy: this.#noticedBy ?? null });
  }

  #writeCoverage(): void {
    const coverage: Record<string, string[]> = {};
    for (const { mutantCoverage } of this.#switches)
      for (const [test, ids] of Object.entries(mutantCoverage?.perTest ?? {}))
        for (const id of Object.keys(ids)) (coverage[id] ??= []).push(test);
    // Code that a hook has run concerns all tests.
    for (const id of this.#coverage((covered) => covered?.static))
      if (!this.#whenLoaded.includes(id)) coverage[id] = [];
    write({ coverage, whenLoaded: this.#whenLoaded, slowestMs: this.#slowestMs });
  }

  #coverage(of: (covered: Switch['mutantCoverage']) => Record<string, number> | undefined): string[] {
    return this.#switches.flatMap(({ mutantCoverage }) => Object.keys(of(mutantCoverage) ?? {}));
  }

  #set(values: Partial<Switch>): void {
    for (const each of this.#switches) Object.assign(each, values);
  }
}

function write(result: TrialResult): void {
  appendFileSync(process.env.MUTATION_RESULTS!, `${JSON.stringify(result)}\n`);
}

function mutantOf({ name, parent }: Circus.DescribeBlock): string | undefined {
  return parent?.parent === undefined && name.startsWith('mutant ') ? name.slice('mutant '.length) : undefined;
}

function* testsOf(block: Circus.DescribeBlock): Iterable<Circus.TestEntry> {
  for (const child of block.children)
    if (child.type === 'test') yield child;
    else yield* testsOf(child);
}

/** Name of a test without the block of its mutant. */
function nameOf(test: Circus.TestEntry): string {
  const names: string[] = [];
  for (let block: Circus.DescribeBlock | undefined = test.parent; block?.parent; block = block.parent)
    if (mutantOf(block) === undefined) names.unshift(block.name);
  return [...names, test.name].join(' › ');
}
