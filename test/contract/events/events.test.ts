import { EVENTS } from '../../../contract/events/events';
import type { EventField } from '../../../contract/events/fields';
import { notCatalogued } from '../../helpers/events/events';

describe.each(Object.entries(EVENTS))('events of type %s', (type, { description, data }) => {
  test('are described in sentences', () => {
    expect(description).toMatch(/^[A-Z].*\.$/);
  });

  test('hold only ids, enumerations, numbers and times', () => {
    expect(type).toMatch(/^[a-z-]+\.[a-z-]+$/);
    for (const [name, field] of Object.entries<EventField>(data)) {
      expect(name).toMatch(/^[a-z][A-Za-z]*$/);
      expect(['id', 'one-of', 'number', 'flag', 'time']).toContain(field.holds);
      // A value of an enumeration that is a sentence would be text by another name.
      for (const value of field.holds === 'one-of' ? field.values : []) expect(value).toMatch(/^[A-Za-z_-]+$/);
    }
  });
});

test.each([
  ['an unknown type', { type: 'tenant.renamed', data: {} }],
  ['a field that the type does not have', { type: 'approval.expired', data: { comment: 'x' } }],
  ['a field too few', { type: 'billing.state', data: {} }],
  ['a value that is not in the enumeration', { type: 'billing.state', data: { state: 'paid' } }],
  ['a sentence', { type: 'backup.state', data: { backupId: 'the first one', state: 'good' } }],
  ['a mail address', { type: 'backup.state', data: { backupId: 'ada@example.com', state: 'good' } }],
  ['a time that is a text', { type: 'approval.asked', data: { deadline: 'tomorrow' } }],
  [
    'one value instead of a list',
    { type: 'resolution.taken', data: { resolutionId: 'r', verb: 'skip', steps: 'verify' } },
  ],
])('%s is not in the catalogue', (_, event) => {
  expect(notCatalogued(event)).toHaveLength(1);
});

test('an event with exactly the fields of its type is in the catalogue', () => {
  const data = { resolutionId: 'r-1', verb: 'skip', steps: ['verify', 'finalize'] };
  expect(notCatalogued({ type: 'resolution.taken', data })).toEqual([]);
  expect(notCatalogued({ type: 'approval.asked', data: { deadline: new Date().toISOString() } })).toEqual([]);
});
