import pc from 'picocolors';
import { createOutput } from '../../../../clients/typescript/cli/output/output';
import { operationView } from '../../../../clients/typescript/cli/output/operation-view';
import { printableJson } from '../../../../clients/typescript/cli/output/printable';
import type { Operation } from '../../../../clients/typescript/src/index';
import { operation } from '../fake-api';

const HOSTILE = 'acme\u001b[2J\u009b31m\u202Eevil';
const out = createOutput({ utc: true }, { NO_COLOR: '1' });
const at = (second: number): string => new Date(Date.UTC(2026, 0, 31, 12, 0, second)).toISOString();

const running: Operation = operation('provisioning', {
  tenantName: HOSTILE,
  region: 'eu-central',
  completed: 1,
  total: 2,
  steps: [
    { id: 'validate', label: 'Validate the order', state: 'done', attempts: 1, startedAt: at(0), endedAt: at(2) },
    {
      id: 'database',
      label: 'Provision the database share',
      state: 'running',
      attempts: 3,
      startedAt: at(2),
      error: { type: 'ProviderUnavailable', message: 'no \u001b]0;answer' },
    },
  ],
});

test('a running operation shows its steps, attempts, the next try and the last error, without control characters', () => {
  const view = operationView(running, out, { retries: new Map([['database', at(18)]]), now: Date.parse(at(10)) });
  expect(view.split('\n')).toEqual([
    'acme\ufffd[2J\ufffd31m\ufffdevil  provision · starter · eu-central',
    'op_1  tenant tenant1  ordered 2026-01-31 12:00:00Z',
    '██████████░░░░░░░░░░ 1/2  provisioning',
    `  ✔ ${'Validate the order'.padEnd(44)}    2.0 s`,
    `  ● ${'Provision the database share'.padEnd(44)}    8.0 s  attempt 3  next attempt in 8 s  ProviderUnavailable: no \ufffd]0;answer`,
  ]);
});

test('a slow step says why, and the operation how long it still takes', () => {
  const [step] = running.steps;
  const slow = { ...step!, state: 'running', progress: { pace: 'slow', reason: 'Longer than 95 %.' } } as const;
  const estimate: Operation['estimate'] = { samples: 30, regions: 'own', criticalPath: [], summary: 'About 6 s.' };
  const view = operationView({ ...running, steps: [slow], estimate }, out);
  expect(view).toContain('slow: Longer than 95 %.\nAbout 6 s.');
});

test('an operation that waits for a person says for whom, until when and what is possible', () => {
  const approval: Operation['approval'] = { state: 'waiting', required: ['storageQuotaGb'], deadline: at(59) };
  const view = operationView(operation('awaiting_approval', { approval, verbs: ['approve', 'reject'] }), out);
  expect(view).toContain('waits for an approver until 2026-01-31 12:00:59Z\npossible now: approve, reject');
});

test('columns of a table line up, and a cell cannot break its row', () => {
  expect(
    out.table({
      header: ['name', 'n'],
      rows: [
        ['a\nb', 1],
        [undefined, 22],
      ],
    }),
  ).toBe('name  n\na\ufffdb   1\n      22');
});

test('JSON is escaped where a terminal could take it for a command', () => {
  const text = printableJson({ name: `${HOSTILE}\u2028` });
  expect(text).not.toMatch(/\p{C}/u);
  expect(JSON.parse(text)).toEqual({ name: `${HOSTILE}\u2028` });
});

test('NO_COLOR and output that is no terminal are without colours', () => {
  expect(out.paint.red('x')).toBe('x');
  expect(pc.createColors(true).red('x')).not.toBe('x');
});
