import {
  changesBetween,
  compareTemplates,
  placeText,
  ruleText,
  valueText,
} from '../../../../console/pages/templates/compare';
import { bytesText, countText, percentText } from '../../../../console/parts/quantities';
import { loadTemplates } from '../../../../templates/load';

const templates = loadTemplates('templates');
const [starter, professional] = [templates.get('starter'), templates.get('professional')] as never[];

test('two plans are compared value by value, and a list is one value', () => {
  const rows = compareTemplates([starter!, professional!]);
  const row = (pointer: string) => rows.find((each) => each.pointer === pointer);
  expect(row('/resources/database/isolation')).toEqual({
    pointer: '/resources/database/isolation',
    values: ['pooled', 'schema'],
    differs: true,
  });
  expect(row('/configuration/modules')).toMatchObject({ differs: true });
  expect(row('/billing/currency')).toMatchObject({ differs: false });
  expect(rows.every(({ values }) => values.length === 2)).toBe(true);
});

test('a value that one plan lacks differs', () => {
  const { backup: _, ...without } = templates.get('starter');
  const rows = compareTemplates([starter!, without]);
  expect(rows.filter(({ differs }) => differs).map(({ pointer }) => pointer)).toEqual([
    '/backup/schedule',
    '/backup/keep',
  ]);
});

test('what changed between two versions is said with both values, in full where their names are the same', () => {
  const now = templates.get('professional');
  const notifications = now.configuration.notifications.map((each, index) =>
    index === 0 ? { ...each, subject: 'Another subject' } : each,
  );
  const before = {
    ...now,
    resources: { ...now.resources, storage: { ...now.resources.storage, quotaGb: 7 } },
    configuration: { ...now.configuration, notifications },
  };
  const changes = changesBetween(before, now);
  expect(changes.map(({ pointer }) => pointer)).toEqual(['/resources/storage/quotaGb', '/configuration/notifications']);
  expect(changes[0]).toMatchObject({ before: '7', after: String(now.resources.storage.quotaGb) });
  expect(changes[1]!.before).toContain('Another subject');
  expect(changes[1]!.after).not.toContain('Another subject');
});

test.each([
  [undefined, '–'],
  [true, 'yes'],
  [[], 'none'],
  [[{ key: 'users', limit: 10 }, { name: 'slack' }], 'users (10), slack'],
  ['text', 'text'],
  [5, '5'],
])('the value %j reads %s', (value, text) => {
  expect(valueText(value)).toBe(text);
});

test.each([
  [{ type: 'integer', minimum: 5, maximum: 60 }, 'whole number from 5 to 60'],
  [{ type: 'integer', minimum: 50, multipleOf: 50 }, 'whole number from 50, in steps of 50'],
  [{ type: 'boolean' }, 'yes or no'],
  [{ enum: ['baseline', 'restricted'] }, 'one of baseline, restricted'],
])('the rule %j reads %s', (schema, text) => {
  expect(ruleText(schema)).toBe(text);
});

test('a place in a template is said in words', () => {
  expect(placeText('/resources/storage/quotaGb')).toBe('resources › storage › quota');
});

test('quantities have few digits and their unit', () => {
  expect([0, 999, 5_300_000, 123_456_789_012].map(bytesText)).toEqual(['0 B', '999 B', '5.3 MB', '123 GB']);
  expect([0, 0.125, 0.9996, 1].map(percentText)).toEqual(['0 %', '12.5 %', '100 %', '100 %']);
  expect([countText(1, 'row'), countText(2, 'row')]).toEqual(['1 row', '2 rows']);
});
