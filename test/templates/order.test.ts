import fc from 'fast-check';
import { PLANS, type Json, type Plan } from '../../contract/orders/order';
import { approvalsNeeded, checkOrder } from '../../templates/check-order';
import { customizeTemplate, valueAt } from '../../templates/customize';
import { loadTemplates } from '../../templates/load';
import { serializeTemplate } from '../../templates/stored';
import { smallOrder } from '../contract/schemas/orders';
import { TEMPLATES } from './copy';

const templates = loadTemplates(TEMPLATES);

function orderFor(plan: Plan, customizations: Record<string, Json> = {}) {
  const order = smallOrder();
  return { ...order, subscription: { ...order.subscription, plan }, customizations };
}

test.each(PLANS)('an order for everything in the plan %s passes', (plan) => {
  const template = templates.get(plan);
  const order = orderFor(plan);
  order.subscription.features = template.configuration.features.map(({ key }) => key);
  order.configuration.integrations = template.configuration.integrations.map(({ name }) => name);
  expect(checkOrder(order, template)).toEqual([]);
});

test('features and integrations beyond the plan are named one by one', () => {
  const order = orderFor('starter');
  order.subscription.features = ['records', 'automation', 'legal-hold'];
  order.configuration.integrations = ['slack', 'splunk'];
  expect(checkOrder(order, templates.get('starter'))).toMatchObject([
    {
      pointer: '/subscription/features/1',
      type: 'FeatureNotInPlan',
      message: expect.stringMatching(/automation.*this one has records, users/),
    },
    { pointer: '/subscription/features/2', type: 'FeatureNotInPlan' },
    {
      pointer: '/configuration/integrations/1',
      type: 'IntegrationNotInPlan',
      message: expect.stringContaining('splunk'),
    },
  ]);
});

test('a template of another plan is refused', () => {
  expect(checkOrder(orderFor('starter'), templates.get('enterprise'))).toMatchObject([
    { pointer: '/subscription/plan', type: 'PlanNotFound' },
  ]);
});

test.each<[Record<string, Json>, string, string]>([
  [{ databaseConnectionLimit: 61 }, '/customizations/databaseConnectionLimit', 'CustomizationInvalid'],
  [{ databaseConnectionLimit: '20' }, '/customizations/databaseConnectionLimit', 'CustomizationInvalid'],
  [{ databaseConnectionLimit: 20.5 }, '/customizations/databaseConnectionLimit', 'CustomizationInvalid'],
  [{ databaseConnectionLimit: null }, '/customizations/databaseConnectionLimit', 'CustomizationInvalid'],
  [{ databaseConnectionLimit: { toString: 'x' } }, '/customizations/databaseConnectionLimit', 'CustomizationInvalid'],
  [{ computeCpuMillis: 260 }, '/customizations/computeCpuMillis', 'CustomizationInvalid'],
  [{ podSecurity: 'restricted' }, '/customizations/podSecurity', 'CustomizationNotAllowed'],
  [{ 'a/b': 1 }, '/customizations/a~1b', 'CustomizationNotAllowed'],
  [{ toString: 1 }, '/customizations/toString', 'CustomizationNotAllowed'],
  [{ constructor: 1 }, '/customizations/constructor', 'CustomizationNotAllowed'],
])('the customization %j is refused', (customizations, pointer, type) => {
  expect(checkOrder(orderFor('professional', customizations), templates.get('professional'))).toMatchObject([
    { pointer, type },
  ]);
});

test('an invalid value deep inside a customization is reported with its pointer', () => {
  const template = structuredClone(templates.get('starter'));
  template.customizations.allowedCustomizations.push('branding');
  template.customizations.validationRules.push({
    customization: 'branding',
    target: '/configuration/branding',
    schema: {
      type: 'object',
      properties: { primaryColor: { type: 'string', enum: ['#000000', '#ffffff'] } },
      additionalProperties: false,
    },
  });
  expect(checkOrder(orderFor('starter', { branding: { primaryColor: '#123456', 'a/b': 1 } }), template)).toMatchObject([
    { pointer: '/customizations/branding/a~1b', message: 'The value is not a known field.' },
    { pointer: '/customizations/branding/primaryColor', message: 'The value must be one of "#000000", "#ffffff".' },
  ]);
  // The rule allows this value, but the result is no valid template.
  expect(checkOrder(orderFor('starter', { branding: {} }), template)).toMatchObject([
    {
      pointer: '/customizations',
      type: 'CustomizationInvalid',
      message: expect.stringContaining('/configuration/branding/primaryColor'),
    },
  ]);
});

test('only restricted customizations need approval', () => {
  const approvals = (customizations: Record<string, Json>): string[] =>
    approvalsNeeded(orderFor('starter', customizations), templates.get('starter'));
  expect(approvals({})).toEqual([]);
  expect(approvals({ statementTimeoutSeconds: 10 })).toEqual([]);
  expect(approvals({ statementTimeoutSeconds: 10, storageQuotaGb: 20, computeCpuMillis: 200 })).toEqual([
    'storageQuotaGb',
    'computeCpuMillis',
  ]);
  expect(approvalsNeeded(smallOrder(), templates.get('starter'))).toEqual([]);
});

test('a customized template differs only in the requested settings', () => {
  const template = templates.get('enterprise');
  const customized = customizeTemplate(template, { databaseConnectionLimit: 120, podSecurity: 'baseline' });
  const expected = structuredClone(template);
  expected.resources.database.connectionLimit = 120;
  if (expected.resources.compute.model === 'namespace') expected.resources.compute.podSecurity = 'baseline';
  expect(customized).toEqual(expected);
  expect(customizeTemplate(template)).toEqual(template);
});

test('a customization that is not allowed is never applied', () => {
  expect(() => customizeTemplate(templates.get('starter'), { databaseConnectionLimit: 1 })).toThrow(
    'The template starter does not allow the customization databaseConnectionLimit.',
  );
});

test('no customization changes the original template or a prototype', () => {
  const before = new Map(PLANS.map((plan) => [plan, serializeTemplate(templates.get(plan))]));
  const inherited = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));
  const keys = fc.constantFrom(
    'storageQuotaGb',
    'databaseConnectionLimit',
    'podSecurity',
    '__proto__',
    'constructor',
    'toString',
  );
  const customizations = fc
    .array(
      fc.tuple(
        keys,
        fc.oneof(fc.jsonValue(), fc.integer({ min: 1, max: 200 }), fc.constantFrom('baseline', 'restricted')),
      ),
      { maxLength: 3 },
    )
    .map(
      (entries) =>
        JSON.parse(`{${entries.map(([key, value]) => `"${key}":${JSON.stringify(value)}`).join()}}`) as Record<
          string,
          Json
        >,
    );
  let applied = 0;
  fc.assert(
    fc.property(fc.constantFrom(...PLANS), customizations, (plan, values) => {
      const template = templates.get(plan);
      const violations = checkOrder(orderFor(plan, values), template);
      if (violations.length > 0)
        expect(violations.every(({ pointer }) => pointer.startsWith('/customizations'))).toBe(true);
      else {
        customizeTemplate(template, values);
        applied += Object.keys(values).length;
      }
      try {
        customizeTemplate(template, values);
      } catch {
        // A refusal is fine here: the test is about side effects.
      }
      expect(serializeTemplate(template)).toBe(before.get(plan));
      expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype))).toBe(inherited);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
  expect(applied).toBeGreaterThan(5);
});

test('a pointer never leads out of the template', () => {
  for (const pointer of [
    '/__proto__',
    '/constructor/prototype',
    '/resources/toString',
    '/configuration/modules/length/x',
    '/nothing/at/all',
  ])
    expect(valueAt(templates.get('starter'), pointer)).toBeUndefined();
  expect(valueAt(templates.get('starter'), '/resources/storage/quotaGb')).toBe(5);
});
