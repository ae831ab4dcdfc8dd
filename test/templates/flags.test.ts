import { orderedFlags, withSetting } from '../../contract/flags/flags';
import { flagDefinitions } from '../../contract/schemas/flags/definition-schema';
import type { Json } from '../../contract/orders/order';
import { checkOrder } from '../../templates/check-order';
import { flagErrors } from '../../templates/flags';
import { loadTemplates } from '../../templates/load';
import { fullOrder } from '../contract/schemas/orders';

const flag = { variants: { on: true, off: false } as Record<string, Json>, defaultVariant: 'off' };

test.each<[string, object, string | undefined]>([
  ['a flag that is as flagd wants it', {}, undefined],
  ['a rule that answers with a variant', { targeting: { if: [{ '==': [{ var: 'tier' }, 'gold'] }, 'on'] } }, undefined],
  [
    'a share of the users',
    {
      targeting: {
        fractional: [
          ['on', 20],
          ['off', 80],
        ],
      },
    },
    undefined,
  ],
  ['no variants', { variants: {} }, '/variants'],
  ['variants of two types', { variants: { on: true, off: 'no' } }, '/variants'],
  ['lists as variants', { variants: { on: [1], off: [] } }, '/variants'],
  ['null as a variant', { variants: { on: null, off: null } }, '/variants'],
  ['a default that is no variant', { defaultVariant: 'maybe' }, '/defaultVariant'],
  ['a default that only every object has', { defaultVariant: 'constructor' }, '/defaultVariant'],
  ['an operator that flagd does not have', { targeting: { launch: [1] } }, '/targeting'],
  ['an inherited name as operator', { targeting: { constructor: ['on'] } }, '/targeting'],
  ['a nested operator that flagd does not have', { targeting: { if: [{ launch: [1] }, 'on'] } }, '/targeting'],
])('%s: the error, if any, has its place', (_, change, pointer) => {
  expect(flagErrors('new-editor', { ...flag, ...change }).map((error) => error.pointer)).toEqual(
    pointer === undefined ? [] : [pointer],
  );
});

test('a rule that is too long or too deep is refused before it is evaluated', () => {
  const deep = (levels: number): object => (levels === 0 ? { var: 'x' } : { '!': [deep(levels - 1)] });
  const parse = (targeting: object) => flagDefinitions.safeParse({ a: { ...flag, targeting } }).success;
  expect(parse(deep(8))).toBe(true);
  expect(parse(deep(12))).toBe(false);
  expect(parse({ '==': [{ var: 'x' }, 'y'.repeat(16 * 1024)] })).toBe(false);
});

test('an order’s choice replaces the plan’s variant and its rule, and leaves other flags as they are', () => {
  const targeting = {
    fractional: [
      ['on', 20],
      ['off', 80],
    ],
  };
  const plan = { a: { ...flag, targeting }, b: { ...flag, targeting } };
  expect(orderedFlags(plan, { a: 'on' })).toEqual({ a: { ...flag, defaultVariant: 'on' }, b: plan.b });
});

test('a setting whose variant the plan no longer has leaves the flag as ordered', () => {
  expect(withSetting(flag, { variant: 'purple' })).toBe(flag);
  expect(withSetting(flag, { variant: 'toString' })).toBe(flag);
});

test('an order may choose variants of its plan’s flags, and nothing else', () => {
  const template = loadTemplates('templates').get('professional');
  const pointers = (featureFlags: Record<string, string>) =>
    checkOrder({ ...fullOrder(), featureFlags }, template).map(({ pointer }) => pointer);
  expect(pointers({ 'new-editor': 'on', 'import-batch-size': 'large' })).toEqual([]);
  expect(pointers({ 'new-editor': 'purple' })).toEqual(['/featureFlags/new-editor']);
  expect(pointers({ 'new-engine': 'on', constructor: 'on' })).toEqual([
    '/featureFlags/new-engine',
    '/featureFlags/constructor',
  ]);
});
