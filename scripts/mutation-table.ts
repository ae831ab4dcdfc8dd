import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where `npm run test:mutation -- --record` keeps its figures. */
export const MUTATION_FILE = join(__dirname, '../docs/mutation.json');

/** What became of the mutants of a file. */
export interface FileScore {
  noticed: number;
  /** Without those that are equivalent. */
  counted: number;
  equivalent: number;
  date: string;
  commit: string;
}

/** The kept figures, a file a row. */
export function mutationTable(): [head: string[], rows: string[][]] {
  const kept = existsSync(MUTATION_FILE)
    ? (JSON.parse(readFileSync(MUTATION_FILE, 'utf8')) as Record<string, FileScore>)
    : {};
  return [
    ['file', 'noticed', 'of', 'per cent', 'equivalent', 'date', 'commit'],
    Object.entries(kept).map(([file, { noticed, counted, equivalent, date, commit }]) => [
      ...[`\`${file}\``, String(noticed), String(counted)],
      ...[((100 * noticed) / Math.max(counted, 1)).toFixed(1), String(equivalent), date, commit],
    ]),
  ];
}
