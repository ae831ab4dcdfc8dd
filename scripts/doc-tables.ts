import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AWS_CAPABILITIES } from '../activities/adapters/storage/aws/capabilities';
import { STORAGE_CAPABILITIES, type CapabilityState } from '../activities/adapters/storage/capabilities';
import { VERSITY_CAPABILITIES } from '../activities/adapters/storage/versity/capabilities';
import { ROLES } from '../api/roles';
import { describeVariables } from '../config/environment';
import { FAILURE_GUIDE, type Actor } from '../contract/failure-guide';
import { FAILURES, type FailureClass, type FailureType } from '../contract/failures';
import { STATE_TABLE, STATUSES } from '../contract/states';
import { STEP_LABELS, STEP_NEEDS, STEPS } from '../contract/steps';
import type { ApiKeyFigures } from '../test/bench/api-keys';
import type { Report } from '../test/load/report';
import { isolationTable } from './isolation-table';
import { mutationTable } from './mutation-table';
import { RELIABILITY_TABLES } from './reliability-tables';

const FAILURE_CLASSES: FailureClass[] = ['retryable', 'permanent', 'user-fault', 'unknown'];

/** Tables and sections of the documents that are made from the code, by the name in their markers. */
export const TABLES: Record<string, () => string> = {
  environment: () =>
    table(
      ['variable', 'what it is', 'read by', 'when not set'],
      describeVariables().map(({ name, what, readBy, requiredBy, standard }) => [
        code(name),
        what,
        readBy.join(', '),
        requiredBy.length > 0 ? mustBeSet(readBy, requiredBy) : standard === undefined ? '–' : code(standard),
      ]),
    ),
  mutation: () => table(...mutationTable()),
  roles: () =>
    table(
      ['role', 'may'],
      Object.entries(ROLES).map(([role, may]) => [code(role), may]),
    ),
  steps: () =>
    table(
      ['#', 'step', 'what it does', 'begins after'],
      STEPS.map((step, index) => [
        String(index + 1),
        code(step),
        STEP_LABELS[step],
        STEP_NEEDS[step].map(code).join(', ') || '–',
      ]),
    ),
  states: () =>
    table(
      ['status', 'may become', 'what may be asked', 'over'],
      STATUSES.map((status) => {
        const { to, verbs, end } = STATE_TABLE[status];
        return [code(status), to.map(code).join(', ') || '–', verbs.map(code).join(', ') || '–', end ? 'yes' : 'no'];
      }),
    ),
  ...Object.fromEntries(
    FAILURE_CLASSES.map((kind): [string, () => string] => [`failures-${kind}`, () => failureSections(kind)]),
  ),
  'storage-capabilities': () =>
    table(
      ['capability', 'Versity S3 Gateway', 'AWS S3'],
      STORAGE_CAPABILITIES.map((capability) => [
        code(capability),
        capabilityText(VERSITY_CAPABILITIES[capability]),
        capabilityText(AWS_CAPABILITIES[capability]),
      ]),
    ),
  'api-keys-latency': () => {
    const file = join(__dirname, '../docs/api-keys.json');
    return apiKeyTable(JSON.parse(readFileSync(file, 'utf8')) as ApiKeyFigures);
  },
  load: () => {
    const file = join(__dirname, '../docs/load.json');
    return loadTable(JSON.parse(readFileSync(file, 'utf8')) as Report);
  },
  'isolation-figures': () => table(...isolationTable()),
  ...Object.fromEntries(
    Object.entries(RELIABILITY_TABLES).map(([name, make]) => [name, (): string => table(...make())]),
  ),
};

const MARKED = /(<!-- generated: ([a-z-]+) -->\n)[\s\S]*?(<!-- end of generated -->)/g;

/** The document with every marked part as the code has it now. Throws when a marker names no table. */
export function withTables(document: string): string {
  return document.replace(MARKED, (_, begin: string, name: string, end: string) => {
    const make = TABLES[name];
    if (!make) throw new Error(`There is no table ${name}. There are ${Object.keys(TABLES).join(', ')}.`);
    const made = make();
    // A table's columns are as wide as the code says; the formatter would pad them.
    const asItIs = made.startsWith('|') ? '<!-- prettier-ignore -->\n' : '';
    return `${begin}\n${asItIs}${made}\n\n${end}`;
  });
}

/** A section a type: what a mail or an answer names leads to its heading. */
function failureSections(kind: FailureClass): string {
  return Object.entries(FAILURES)
    .filter(([, entry]) => entry.class === kind)
    .map(([type, { title }]) => {
      const { means, who, action } = FAILURE_GUIDE[type as FailureType];
      return [`### ${type}`, `_${title}._ ${means}`, `**${ACTS[who]}:** ${action}`].join('\n\n');
    })
    .join('\n\n');
}

const ACTS: Record<Actor, string> = {
  nobody: 'Nobody acts',
  orderer: 'Who ordered acts',
  approver: 'An approver acts',
  operator: 'An operator acts',
  developer: 'A developer acts',
};

function apiKeyTable({ command, date, commit, machine, keys, requests, verify, healthz }: ApiKeyFigures): string {
  const spread = ({ p50, p99 }: ApiKeyFigures['verify']): string => `p50 ${p50} ms, p99 ${p99} ms`;
  return table(
    ['figure', 'value'],
    [
      ['made with', code(command)],
      ['when, what, where', `${date}, ${commit}, ${machine.cores} cores (${machine.processor}), Node ${machine.node}`],
      ['how', `${requests} requests of each sort in turn on one connection, ${keys} keys in the registry, a warm API`],
      ['`POST /v1/api-keys:verify`', spread(verify)],
      ['`GET /healthz` in the same run', spread(healthz)],
      ['ratio', `p50 ${ratio(verify.p50, healthz.p50)}, p99 ${ratio(verify.p99, healthz.p99)}`],
    ],
  );
}

function ratio(one: number, other: number): string {
  return `${Math.round((one / other) * 10) / 10} ×`;
}

function loadTable(report: Report): string {
  const { machine, accepted, overSeconds, outcomes, active, reads, memoryMiB, providers, checks } = report;
  const failed = checks.filter(({ passed }) => !passed);
  const figures = [
    ['made with', code(report.command)],
    [
      'when, what, where',
      `${report.date}, ${report.commit}, ${machine.cores} cores (${machine.processor}), Node ${machine.node}`,
    ],
    ['accepted', `${accepted.orders} orders in ${accepted.seconds} s`],
    ['all over after', overSeconds === null ? '**not over, given up**' : `${overSeconds} s`],
    ...Object.entries(outcomes).map(([outcome, count]) => [outcome, String(count)]),
    ...Object.entries(active).map(([plan, { p50, p95 }]) => [`_${plan}_ active after`, `p50 ${p50} s, p95 ${p95} s`]),
    [
      'reads meanwhile',
      `p50 ${reads.loadP50Ms} ms, p99 ${reads.loadP99Ms} ms; p99 of the idle API ${reads.idleP99Ms} ms`,
    ],
    ...Object.entries(memoryMiB).map(([name, { peak }]) => [`memory of the ${name}`, `${peak} MiB at most`]),
    ...Object.entries(providers).map(([name, { made, failed, busiest }]) => [
      `calls to ${name}`,
      `${made}, of which ${failed} failed; at most ${busiest.aSecond} a second of one kind`,
    ]),
    ['what must hold', `${checks.length - failed.length} of ${checks.length} do`],
    ...failed.map(({ what, saw }) => ['**not so**', `${what}: ${saw}`]),
  ];
  return table(['figure', 'value'], figures);
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function capabilityText(state: CapabilityState): string {
  return state.state === 'done' ? 'done' : `**${state.state}**: ${state.reason}`;
}

/** Names who requires a variable where not everybody does who reads it. */
function mustBeSet(readBy: readonly string[], requiredBy: readonly string[]): string {
  return requiredBy.length === readBy.length ? '**must be set**' : `**must be set** for the ${requiredBy.join(', ')}`;
}
