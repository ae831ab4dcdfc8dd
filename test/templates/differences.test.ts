import { differencesBetween } from '../../templates/differences';
import { loadTemplates } from '../../templates/load';

const templates = loadTemplates('templates');
const starter = templates.get('starter');

test('a template does not differ from itself, in whatever order its fields are', () => {
  const turned = Object.fromEntries(Object.entries(structuredClone(starter)).reverse()) as unknown as typeof starter;
  expect(differencesBetween(starter, turned)).toEqual([]);
});

test('a changed value, one that was added and one that was left out are told by their pointers', () => {
  const changed = structuredClone(starter);
  changed.resources.storage.quotaGb += 1;
  changed.recovery.holdForHours = 7;
  delete changed.backup;
  const before = { quotaGb: starter.resources.storage.quotaGb, hours: starter.recovery.holdForHours };
  expect(differencesBetween(starter, changed)).toEqual([
    { pointer: '/resources/storage/quotaGb', before: before.quotaGb, after: before.quotaGb + 1 },
    { pointer: '/backup', before: starter.backup, after: undefined },
    { pointer: '/recovery/holdForHours', before: before.hours, after: 7 },
  ]);
});

test('a list is one value', () => {
  const changed = structuredClone(starter);
  changed.configuration.modules = [...starter.configuration.modules, 'extra'];
  expect(differencesBetween(starter, changed).map(({ pointer }) => pointer)).toEqual(['/configuration/modules']);
});
