import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IsolationReport } from '../test/bench/isolation-figures';

/** Where the figures of the last run are kept. */
const ISOLATION_FILE = join(__dirname, '../docs/isolation.json');

/** The table of docs/isolation.md, from the kept figures. Without any it says so. */
export function isolationTable(): [head: string[], rows: string[][]] {
  if (!existsSync(ISOLATION_FILE)) return [['figure', 'value'], [['date', 'no run has been kept yet']]];
  const { date, commit, machine, command, concurrency, models } = JSON.parse(
    readFileSync(ISOLATION_FILE, 'utf8'),
  ) as IsolationReport;
  return [
    ['figure', 'value'],
    [
      ['made with', `\`${command}\`, ${concurrency} tenants at the same time`],
      ['when, what, where', `${date}, ${commit}, ${machine.cores} cores (${machine.processor}), Node ${machine.node}`],
      ...models.flatMap(({ isolation, points, slowdown, verificationSlowdown, limit, bytesATenant }) => [
        ...points.map(({ existing, millisecondsATenant, millisecondsAVerification }) => [
          `\`${isolation}\`, ${existing.toLocaleString('en')} tenants there`,
          `${millisecondsATenant} ms a tenant, ${millisecondsAVerification} ms to verify it`,
        ]),
        [
          `\`${isolation}\`, slower by`,
          `${judged(slowdown, limit)}, to verify ${judged(verificationSlowdown, limit)} (may be ${limit})`,
        ],
        [`\`${isolation}\`, an empty tenant`, bytesOf(bytesATenant)],
      ]),
    ],
  ];
}

function judged(slowdown: number, limit: number): string {
  return slowdown > limit ? `**${slowdown}**` : `${slowdown}`;
}

function bytesOf(bytes: number): string {
  return bytes < 10_000 ? `${bytes} bytes` : `${Math.round(bytes / 1_000).toLocaleString('en')} kB`;
}
