import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AWS_CAPABILITIES } from '../providers/storage/aws/capabilities';
import { STORAGE_CAPABILITIES, type CapabilityState } from '../contract/orders/storage-capabilities';
import { VERSITY_CAPABILITIES } from '../providers/storage/versity/capabilities';
import { ROLES } from '../api/access/roles';
import { describeVariables } from '../config/environment';
import { BILLING_PROBLEM_GUIDE } from '../contract/billing/problems';
import { EVENTS } from '../contract/events/events';
import type { EventField } from '../contract/events/fields';
import { FAILURE_GUIDE, type Actor } from '../contract/operations/failure-guide';
import { FAILURES, type FailureClass, type FailureType } from '../contract/operations/failures';
import { OPERATION_KINDS, rulesOf, stepRule, stepsOf, type OperationKind } from '../contract/operations/kinds';
import { hasEnded, STATUSES } from '../contract/operations/states';
import type { ApiKeyFigures } from '../test/bench/api-keys';
import type { Report } from '../test/load/report/report';
import { estimatesTable } from './estimates-table';
import { isolationTable } from './isolation-table';
import { licencesTable } from './licences-table';
import { alertsTable, metricsTable } from './metrics-tables';
import { equivalentTable, mutationTable, survivorsTable } from './mutation-table';
import { RELIABILITY_TABLES } from './reliability-tables';

const FAILURE_CLASSES: FailureClass[] = ['retryable', 'permanent', 'user-fault', 'unknown'];

/** Tables and sections of the documents that are generated from the code, by the name in their markers. */
export const TABLES: Record<string, () => string> = {
  environment: () =>
    table(
      ['variable', 'meaning', 'read by', 'default'],
      describeVariables().map(({ name, what, readBy, requiredBy, standard }) => [
        code(name),
        what,
        readBy.join(', '),
        requiredBy.length > 0 ? mustBeSet(readBy, requiredBy) : standard === undefined ? '–' : code(standard),
      ]),
    ),
  licences: () => table(...licencesTable()),
  'verify-export': () => `\`\`\`js\n${readFileSync(join(__dirname, '../tools/verify-export.mjs'), 'utf8')}\`\`\``,
  'metrics-registry': () => table(...metricsTable('registry')),
  'metrics-process': () => table(...metricsTable('process')),
  alerts: () => table(...alertsTable()),
  mutation: () => table(...mutationTable()),
  'mutation-survivors': () => table(...survivorsTable()),
  'mutation-equivalent': () => table(...equivalentTable()),
  roles: () =>
    table(
      ['role', 'permits'],
      Object.entries(ROLES).map(([role, may]) => [code(role), may]),
    ),
  ...Object.fromEntries(
    OPERATION_KINDS.flatMap((kind): [string, () => string][] => [
      [`steps-${kind}`, () => stepsTable(kind)],
      [`states-${kind}`, () => statesTable(kind)],
    ]),
  ),
  events: () =>
    table(
      ['type', 'what it says', 'data'],
      Object.entries(EVENTS).map(([type, { description, data }]) => [
        code(type),
        description,
        Object.entries<EventField>(data)
          .map(([name, field]) => fieldText(name, field))
          .join('; ') || '–',
      ]),
    ),
  'billing-problems': () =>
    table(
      ['problem', 'what was found', 'what to do'],
      Object.entries(BILLING_PROBLEM_GUIDE).map(([problem, { found, remedy }]) => [code(problem), found, remedy]),
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
    const file = join(__dirname, '../docs/figures/api-keys.json');
    return apiKeyTable(JSON.parse(readFileSync(file, 'utf8')) as ApiKeyFigures);
  },
  load: () => {
    const file = join(__dirname, '../docs/figures/load.json');
    return loadTable(JSON.parse(readFileSync(file, 'utf8')) as Report);
  },
  estimates: () => table(...estimatesTable()),
  'isolation-figures': () => table(...isolationTable()),
  ...Object.fromEntries(
    Object.entries(RELIABILITY_TABLES).map(([name, make]) => [name, (): string => table(...make())]),
  ),
};

const MARKED = /(<!-- generated: ([a-z-]+) -->\n)[\s\S]*?(<!-- end of generated -->)/g;

/** The document with every marked part regenerated from the code. Throws if a marker names no table. */
export function withTables(document: string): string {
  return document.replace(MARKED, (_, begin: string, name: string, end: string) => {
    const make = TABLES[name];
    if (!make) throw new Error(`There is no table ${name}. There are ${Object.keys(TABLES).join(', ')}.`);
    const generated = make();
    // Tables are compared with the generator's output, so prettier must not pad their columns.
    const unformatted = generated.startsWith('|') ? '<!-- prettier-ignore -->\n' : '';
    return `${begin}\n${unformatted}${generated}\n\n${end}`;
  });
}

/** One section per failure type. Mails and answers link to its heading. */
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
  nobody: 'No one needs to act',
  orderer: 'The caller who ordered acts',
  approver: 'An approver acts',
  operator: 'An operator acts',
  developer: 'A developer acts',
};

function apiKeyTable({ command, date, commit, machine, keys, requests, verify, healthz }: ApiKeyFigures): string {
  const spread = ({ p50, p99 }: ApiKeyFigures['verify']): string => `p50 ${p50} ms, p99 ${p99} ms`;
  return table(
    ['figure', 'value'],
    [
      ['command', code(command)],
      ['measured on', `${date}, ${commit}, ${machine.cores} cores (${machine.processor}), Node ${machine.node}`],
      ['method', `${requests} requests of each kind in turn, one connection, ${keys} keys in the registry, warm API`],
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
    ['command', code(report.command)],
    [
      'measured on',
      `${report.date}, ${report.commit}, ${machine.cores} cores (${machine.processor}), Node ${machine.node}`,
    ],
    ['accepted', `${accepted.orders} orders in ${accepted.seconds} s`],
    ['all ended after', overSeconds === null ? '**not ended, given up**' : `${overSeconds} s`],
    ...Object.entries(outcomes).map(([outcome, count]) => [outcome, String(count)]),
    ...Object.entries(active).map(([plan, { p50, p95 }]) => [`_${plan}_ active after`, `p50 ${p50} s, p95 ${p95} s`]),
    [
      'reads during the load',
      `p50 ${reads.loadP50Ms} ms, p99 ${reads.loadP99Ms} ms; p99 of the idle API ${reads.idleP99Ms} ms`,
    ],
    ...Object.entries(memoryMiB).map(([name, { peak }]) => [`memory of the ${name}`, `${peak} MiB at most`]),
    ...Object.entries(providers).map(([name, { made, failed, busiest }]) => [
      `calls to ${name}`,
      `${made}, of which ${failed} failed; at most ${busiest.aSecond} per second of one kind`,
    ]),
    ['requirements met', `${checks.length - failed.length} of ${checks.length}`],
    ...failed.map(({ what, saw }) => ['**not met**', `${what}: ${saw}`]),
  ];
  return table(['figure', 'value'], figures);
}

/** Longer enumerations stand in documents of their own. */
const MOST_VALUES = 8;

function fieldText(name: string, field: EventField): string {
  const values = field.holds === 'one-of' && field.values.length <= MOST_VALUES ? field.values : [];
  const holds = values.length > 0 ? `: ${values.join(' \u00b7 ')}` : field.holds === 'time' ? ': a time' : '';
  return `${code(name)}${field.optional ? ' (may be absent)' : ''}${field.list ? ', a list' : ''}${holds}`;
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

/** Names the processes that require a variable, if others also read it without requiring it. */
function mustBeSet(readBy: readonly string[], requiredBy: readonly string[]): string {
  return requiredBy.length === readBy.length ? '**must be set**' : `**must be set** for the ${requiredBy.join(', ')}`;
}

function stepsTable(kind: OperationKind): string {
  return table(
    ['#', 'step', 'what it does', 'begins after'],
    stepsOf(kind).map((step, index) => {
      const { label, needs } = stepRule(kind, step);
      return [String(index + 1), code(step), label, needs.map(code).join(', ') || '–'];
    }),
  );
}

function statesTable(kind: OperationKind): string {
  const { states } = rulesOf(kind);
  return table(
    ['status', 'can become', 'possible actions', 'has ended'],
    STATUSES.flatMap((status) => {
      const rule = states[status];
      if (!rule) return [];
      const { to, verbs } = rule;
      const ended = hasEnded(status) ? 'yes' : 'no';
      return [[code(status), to.map(code).join(', ') || '–', verbs.map(code).join(', ') || '–', ended]];
    }),
  );
}
