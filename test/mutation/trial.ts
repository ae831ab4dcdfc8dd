import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrialPlan, TrialResult } from './environment';

const JEST = path.resolve(__dirname, '../../node_modules/jest/bin/jest.js');
/** A mutant that runs longer than this is taken to loop forever. */
const STALLED_MS = 45_000;
/** The least time a test may take with a mutant. */
const TEST_MS = 10_000;
/** How many times the duration of the slowest test of the unchanged code a test may take, so that a busy machine is not taken for a failure. */
const TIMES_SLOWEST = 5;
/** The unchanged code may take longer: its first run bundles the workflows, and the machine may be busy. */
const PATIENT_MS = 600_000;
/** Number of mutants after which the unchanged code is tried again, because a mutant may leave something behind that fails every test. */
const CHUNK = 20;

/** Mutants that a test file runs. */
export interface Coverage {
  /** Tests that run each mutant; an empty list stands for all tests. */
  tests: Record<string, string[]>;
  /** Mutants that run when a module is loaded: they must be active before. */
  whenLoaded: string[];
}

/** Runs a test file of a mutated copy, with and without mutants. */
export class Trial {
  #testMs = TEST_MS;

  constructor(
    readonly directory: string,
    readonly test: string,
  ) {}

  /** The mutants that the unchanged code runs. Throws when a test fails. */
  async coverage(): Promise<Coverage> {
    const results = await this.#run({ ids: ['none'], tests: {} }, undefined, PATIENT_MS);
    const failed = results.find((result) => 'end' in result && result.noticedBy !== null);
    if (failed) throw new Error(`${this.test} fails on the unchanged code: ${JSON.stringify(failed)}`);
    const found = results.find((result) => 'coverage' in result);
    if (!found || !('coverage' in found)) throw new Error(`${this.test} did not run to its end.`);
    this.#testMs = Math.max(TEST_MS, TIMES_SLOWEST * found.slowestMs);
    return { tests: found.coverage, whenLoaded: found.whenLoaded };
  }

  /** Tries the mutants and reports, as soon as each result is known, whether the tests notice it. */
  async noticed(
    ids: readonly string[],
    coverage: Coverage,
    tell: (id: string, by: string | null) => void,
  ): Promise<void> {
    const fromStart = ids.filter((id) => coverage.whenLoaded.includes(id));
    for (const id of fromStart) tell(id, await this.#alone(id));
    const others = ids.filter((id) => !coverage.whenLoaded.includes(id) && coverage.tests[id]);
    for (let begin = 0; begin < others.length; begin += CHUNK)
      await this.#chunk(others.slice(begin, begin + CHUNK), coverage, tell);
  }

  async #chunk(
    ids: readonly string[],
    { tests }: Coverage,
    tell: (id: string, by: string | null) => void,
  ): Promise<void> {
    const wanted = Object.fromEntries(ids.filter((id) => tests[id]!.length > 0).map((id) => [id, tests[id]!]));
    let left = [...ids];
    let noticed: [id: string, by: string][] = [];
    while (left.length > 0) {
      const results = await this.#run({ ids: [...left, 'none'], tests: wanted });
      let clean = false;
      for (const result of results) {
        if (!('end' in result)) continue;
        if (result.end === 'none') clean = result.noticedBy === null;
        else if (result.noticedBy === null) tell(result.end, null);
        else noticed.push([result.end, result.noticedBy]);
        left = left.filter((id) => id !== result.end);
      }
      const begun = results.findLast((result) => 'begin' in result);
      const dead = begun && 'begin' in begun && left.includes(begun.begin) ? begun.begin : undefined;
      if (dead !== undefined) {
        tell(dead, 'never ends, or ends the process');
        left = left.filter((id) => id !== dead);
      } else if (results.length === 0) throw new Error(`${this.test} cannot be run with mutants.`);
      // Unless the unchanged code passes afterwards, an earlier mutant may have caused the failures.
      const complete = results.some((result) => 'end' in result && result.end === 'none');
      if (complete && !clean) for (const [id] of noticed) tell(id, await this.#alone(id));
      else for (const [id, by] of noticed) tell(id, by);
      noticed = [];
    }
  }

  /** In a separate process, in which the mutant is active from the start. */
  async #alone(id: string): Promise<string | null> {
    const results = await this.#run({ ids: [id], tests: {} }, id);
    const end = results.find((result) => 'end' in result);
    return end && 'end' in end ? end.noticedBy : 'cannot be loaded';
  }

  async #run(plan: TrialPlan, active?: string, testMs = this.#testMs): Promise<TrialResult[]> {
    const planFile = path.join(this.directory, 'mutation-plan.json');
    const results = path.join(this.directory, 'mutation-results.jsonl');
    writeFileSync(planFile, JSON.stringify(plan));
    rmSync(results, { force: true });
    const options = ['-i', '--forceExit', '--silent', '--reporters', './test/mutation/silent.cjs'];
    const environment = ['--testEnvironment', './test/mutation/environment.ts', '--testTimeout', String(testMs)];
    const child = spawn(process.execPath, [JEST, ...options, ...environment, '--runTestsByPath', this.test], {
      cwd: this.directory,
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      env: {
        ...process.env,
        // The files of the jest process that this command may itself be tested by.
        TEST_FILES: undefined,
        MUTATION_PLAN: planFile,
        MUTATION_RESULTS: results,
        ...(active === undefined ? {} : { __STRYKER_ACTIVE_MUTANT__: active }),
      },
    });
    const kill = (): boolean => process.kill(-child.pid!, 'SIGKILL');
    // Before the removal of the copy, in which the process still writes.
    process.prependOnceListener('exit', kill);
    let words = '';
    child.stderr.on('data', (data: Buffer) => (words = (words + data.toString()).slice(-4_000)));
    let over = false;
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve(void (over = true))));
    const began = Date.now();
    while (!over) {
      await Promise.race([ended, sleep(500)]);
      const longest = existsSync(results) ? STALLED_MS + testMs : PATIENT_MS;
      const lastSign = existsSync(results) ? statSync(results).mtimeMs : began;
      if (!over && Date.now() - lastSign > longest) {
        kill();
        await ended;
      }
    }
    process.removeListener('exit', kill);
    const read = existsSync(results) ? readFileSync(results, 'utf8').split('\n').filter(Boolean) : [];
    if (read.length === 0 && active === undefined) throw new Error(`${this.test} could not be run:\n${words}`);
    return read.map((line) => JSON.parse(line) as TrialResult);
  }
}
