import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IsolationReport } from '../test/bench/isolation-figures';

/** Figures of the last recorded run. */
const ISOLATION_FILE = join(__dirname, '../docs/figures/isolation.json');

/** The table of docs/isolation.md, from the recorded figures; a note if none have been recorded. */
export function isolationTable(): [head: string[], rows: string[][]] {
  if (!existsSync(ISOLATION_FILE)) return [['figure', 'value'], [['date', 'no run has been recorded yet']]];
  const { date, commit, machine, command, concurrency, models } = JSON.parse(
    readFileSync(ISOLATION_FILE, 'utf8'),
  ) as IsolationReport;
  return [
    ['figure', 'value'],
    [
      ['command', `\`${command}\`, ${concurrency} tenants at the same time`],
      ['measured on', `${date}, ${commit}, ${machine.cores} cores (${machine.processor}), Node ${machine.node}`],
      ...models.flatMap(({ isolation, points, slowdown, verificationSlowdown, limit, bytesATenant }) => [
        ...points.map(({ existing, millisecondsATenant, millisecondsAVerification }) => [
          `\`${isolation}\`, ${existing.toLocaleString('en')} existing tenants`,
          `${millisecondsATenant} ms per tenant, ${millisecondsAVerification} ms to verify it`,
        ]),
        [
          `\`${isolation}\`, slowdown`,
          `${markIfOver(slowdown, limit)}, verification ${markIfOver(verificationSlowdown, limit)} (limit ${limit})`,
        ],
        [`\`${isolation}\`, an empty tenant`, bytesOf(bytesATenant)],
      ]),
    ],
  ];
}

function markIfOver(slowdown: number, limit: number): string {
  return slowdown > limit ? `**${slowdown}**` : `${slowdown}`;
}

function bytesOf(bytes: number): string {
  return bytes < 10_000 ? `${bytes} bytes` : `${Math.round(bytes / 1_000).toLocaleString('en')} kB`;
}
