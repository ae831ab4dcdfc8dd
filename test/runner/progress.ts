import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pc from 'picocolors';

/** A test file that has ended, as the jest reporter tells it. */
export interface FileResult {
  path: string;
  passed: number;
  failed: number;
  skipped: number;
  seconds: number;
  /** What jest says of its failed tests. */
  failure?: string;
}

/** Files that run several at a time. */
export interface Lane {
  files: readonly string[];
  workers: number;
}

export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/** How long each file took last time on this machine. */
const DURATIONS = path.resolve('.local/test-seconds.json');
/** Of a file that has never run here. */
const UNKNOWN_SECONDS = 5;
const SLOWEST = 10;

/** What a run of tests shows: a live line on a terminal, failures at once, and totals at the end. */
export class Progress {
  readonly #began = performance.now();
  readonly #results = new Map<string, FileResult>();
  readonly #running = new Map<string, number>();
  readonly #durations = readDurations();
  readonly #stages: readonly (readonly Lane[])[];
  readonly #files: number;
  readonly #timer: NodeJS.Timeout | undefined;

  /** The lanes of a stage run side by side, the stages one after another. */
  constructor(...stages: readonly (readonly Lane[])[]) {
    this.#stages = stages;
    this.#files = stages.flat().reduce((sum, { files }) => sum + files.length, 0);
    if (process.stderr.isTTY) this.#timer = setInterval(() => this.#drawLine(), 500);
  }

  begin(file: string): void {
    this.#running.set(file, performance.now());
  }

  end(result: FileResult): void {
    const { path: file, failed, failure, seconds } = result;
    this.#running.delete(file);
    this.#results.set(file, result);
    this.#durations[nameOf(file)] = Math.round(seconds * 10) / 10;
    const verdict = failed > 0 ? pc.red('FAIL') : pc.green('PASS');
    if (failed > 0 || !process.stderr.isTTY)
      this.say(
        `${verdict} ${nameOf(file)} (${seconds.toFixed(1)} s)  ${this.#results.size} of ${this.#files}${this.#left()}`,
      );
    if (failure) this.say(failure.trimEnd());
  }

  /** A line above the live one. */
  say(text: string): void {
    process.stderr.write(`${this.#timer ? '\r\x1b[2K' : ''}${text}\n`);
  }

  /** Ends the live line, remembers the durations, and prints the slowest files. Returns the totals. */
  finish(): Totals {
    clearInterval(this.#timer);
    if (this.#timer) process.stderr.write('\r\x1b[2K');
    const results = [...this.#results.values()];
    mkdirSync(path.dirname(DURATIONS), { recursive: true });
    writeFileSync(DURATIONS, `${JSON.stringify(this.#durations, undefined, 2)}\n`);
    const slowest = [...results].sort((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
    if (results.length > 1) {
      process.stderr.write(`\nslowest of ${results.length} files, ${Math.round(this.#elapsed())} s in all\n`);
      for (const { path: file, seconds } of slowest)
        process.stderr.write(`${seconds.toFixed(1).padStart(7)} s  ${nameOf(file)}\n`);
    }
    const sum = (key: keyof Totals): number => results.reduce((total, result) => total + result[key], 0);
    return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
  }

  #drawLine(): void {
    const failed = [...this.#results.values()].filter((result) => result.failed > 0).length;
    const now = [...this.#running.keys()].map(nameOf).at(-1) ?? '';
    const line = `${this.#results.size} of ${this.#files} files${failed > 0 ? pc.red(`, ${failed} failed`) : ''}${this.#left()}  ${now}`;
    process.stderr.write(`\r\x1b[2K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  }

  #elapsed(): number {
    return (performance.now() - this.#began) / 1000;
  }

  /** The time left, once something has been measured here before. */
  #left(): string {
    const seconds = this.#stages.reduce(
      (sum, lanes) => sum + Math.max(...lanes.map((lane) => this.#laneSeconds(lane))),
      0,
    );
    if (seconds === 0) return '';
    return seconds < 90 ? `, about ${Math.round(seconds)} s left` : `, about ${Math.round(seconds / 60)} min left`;
  }

  #laneSeconds({ files, workers }: Lane): number {
    let sum = 0;
    for (const file of files) {
      if (this.#results.has(file)) continue;
      const expected = this.#durations[nameOf(file)] ?? UNKNOWN_SECONDS;
      const begun = this.#running.get(file);
      sum += begun === undefined ? expected : Math.max(0, expected - (performance.now() - begun) / 1000);
    }
    return sum / workers;
  }
}

/** How long each of these files took last time on this machine; undefined for one that has never run here. */
export function recordedSeconds(): (file: string) => number | undefined {
  const durations = readDurations();
  return (file) => durations[nameOf(file)];
}

function nameOf(file: string): string {
  return path.relative(process.cwd(), file);
}

function readDurations(): Record<string, number> {
  try {
    return JSON.parse(readFileSync(DURATIONS, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}
