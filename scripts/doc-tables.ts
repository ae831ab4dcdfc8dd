import { AWS_CAPABILITIES } from '../activities/adapters/storage/aws/capabilities';
import { STORAGE_CAPABILITIES, type CapabilityState } from '../activities/adapters/storage/capabilities';
import { VERSITY_CAPABILITIES } from '../activities/adapters/storage/versity/capabilities';
import { ROLES } from '../api/roles';
import { describeVariables } from '../config/environment';
import { FAILURES } from '../contract/failures';
import { STATE_TABLE, STATUSES } from '../contract/states';
import { STEP_LABELS, STEP_NEEDS, STEPS } from '../contract/steps';
import { RELIABILITY_TABLES } from './reliability-tables';

/** Tables of the documents that are made from the code, by the name in their markers. */
export const TABLES: Record<string, () => string> = {
  environment: () =>
    table(
      ['variable', 'what it is', 'read by', 'when not set'],
      describeVariables().map(({ name, what, readBy, required, standard }) => [
        code(name),
        what,
        readBy.join(', '),
        required ? '**must be set**' : standard === undefined ? '–' : code(standard),
      ]),
    ),
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
  failures: () =>
    table(
      ['type', 'class', 'meaning'],
      Object.entries(FAILURES).map(([type, { class: kind, title }]) => [code(type), kind, title]),
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
  ...Object.fromEntries(
    Object.entries(RELIABILITY_TABLES).map(([name, make]) => [name, (): string => table(...make())]),
  ),
};

const MARKED = /(<!-- generated: ([a-z-]+) -->\n)[\s\S]*?(<!-- end of generated -->)/g;

/** The document with every marked table as the code has it now. Throws when a marker names no table. */
export function withTables(document: string): string {
  return document.replace(MARKED, (_, begin: string, name: string, end: string) => {
    const make = TABLES[name];
    if (!make) throw new Error(`There is no table ${name}. There are ${Object.keys(TABLES).join(', ')}.`);
    // Its columns are as wide as the code says; the formatter would pad them.
    return `${begin}\n<!-- prettier-ignore -->\n${make()}\n\n${end}`;
  });
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
