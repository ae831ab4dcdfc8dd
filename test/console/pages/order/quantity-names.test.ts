import { allowedText, quantityLabel, quantityText, unitOf } from '../../../../console/pages/order/quantity-names';
import { PLANS } from '../../../../contract/orders/order';
import { loadTemplates } from '../../../../templates/load';

const templates = loadTemplates('templates');

/** Every customization of any plan whose value is a number. */
const NUMBERS = PLANS.flatMap((plan) => templates.get(plan).customizations.validationRules)
  .filter(({ schema }) => schema['type'] === 'integer')
  .map(({ customization }) => customization);

test('every number that an order may change has a unit, except for a count of what its name says', () => {
  expect([...new Set(NUMBERS.filter((name) => unitOf(name) === undefined))]).toEqual(['computePods']);
});

test.each([
  ['storageQuotaGb', 20, 'Storage quota', '20 GB'],
  ['computeMemoryMb', 512, 'Compute memory', '512 MB'],
  ['computeCpuMillis', 500, 'Compute CPU', '0.5 CPU'],
  ['statementTimeoutSeconds', 30, 'Statement timeout', '30 seconds'],
  ['databaseConnectionLimit', 10, 'Database connection limit', '10 connections'],
  ['initialPasswordLength', 24, 'Initial password length', '24 characters'],
  ['computePods', 4, 'Compute pods', '4'],
  ['storageAccessLogging', true, 'Storage access logging', 'yes'],
])('%s of %j reads “%s: %s”', (name, value, label, text) => {
  expect([quantityLabel(name), quantityText(name, value)]).toEqual([label, text]);
});

test.each([
  ['storageQuotaGb', { type: 'integer', minimum: 1, maximum: 50 }, '1 to 50 GB'],
  ['computeCpuMillis', { type: 'integer', minimum: 50, maximum: 250 }, '50 to 250 thousandths of a CPU'],
  ['storageAccessLogging', { type: 'boolean' }, 'yes or no'],
  ['podSecurity', { enum: ['baseline', 'restricted'] }, 'baseline, restricted'],
])('%s may be %j: “%s”', (name, schema, text) => {
  expect(allowedText(name, schema)).toBe(text);
});
