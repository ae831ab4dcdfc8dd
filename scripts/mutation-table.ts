import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Figures recorded by `npm run test:mutation -- --record`. */
export const MUTATION_FILE = join(__dirname, '../docs/figures/mutation.json');

/** Results of mutating one file. */
export interface FileScore {
  noticed: number;
  /** All mutants except equivalent ones. */
  counted: number;
  equivalent: number;
  date: string;
  commit: string;
}

/** The recorded figures, one row per file. */
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
