import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MUTATION_FILE, mutationFigures, type FileScore } from '../../scripts/mutation-table';
import { MODULES } from './modules';

const ROOT = path.resolve(__dirname, '../..');

export type Score = Pick<FileScore, 'noticed' | 'counted' | 'equivalent'>;

export function percent({ noticed, counted }: Score): string {
  return `${((100 * noticed) / Math.max(counted, 1)).toFixed(1)} %`;
}

export function sum(scores: Score[]): Score {
  const of = (key: keyof Score): number => scores.reduce((total, each) => total + each[key], 0);
  return { noticed: of('noticed'), counted: of('counted'), equivalent: of('equivalent') };
}

/** Updates the figures of these files and keeps those of the others. */
export function record(scores: Record<string, Score>): void {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const date = new Date().toISOString().slice(0, 10);
  const now = Object.entries(scores).map(([file, one]): [string, FileScore] => [
    file,
    { ...one, date, commit, source: hashOf(file) },
  ]);
  const all = Object.entries({ ...mutationFigures(), ...Object.fromEntries(now) }).sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  writeFileSync(MUTATION_FILE, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
}

/** Files that have no figures, or have changed since these were recorded: their survivors may not be listed yet. */
export function outdatedFiles(): string[] {
  const figures = mutationFigures();
  return MODULES.flatMap(({ files }) => files).filter((file) => figures[file]?.source !== hashOf(file));
}

function hashOf(file: string): string {
  return createHash('sha256')
    .update(readFileSync(path.join(ROOT, file)))
    .digest('hex')
    .slice(0, 16);
}
