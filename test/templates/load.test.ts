import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLANS, type Plan } from '../../contract/orders/order';
import { loadTemplates } from '../../templates/load';
import { parseTemplate, serializeTemplate, templateFingerprint } from '../../templates/stored';
import { TEMPLATES, withEdited } from './copy';

const templates = loadTemplates(TEMPLATES);

test.each(PLANS)('the template of the plan %s is valid', (plan) => {
  const template = templates.get(plan);
  expect(template).toMatchObject({ templateId: plan, subscriptionPlan: plan, version: '1.0.0' });
  expect(template.recovery.retry).toEqual({
    maximumAttempts: 3,
    initialIntervalSeconds: 1,
    backoffCoefficient: 2,
    maximumIntervalSeconds: 30,
    outageSeconds: 900,
  });
  const { allowedCustomizations, requiredApprovals } = template.customizations;
  expect(requiredApprovals.length).toBeGreaterThan(0);
  expect(allowedCustomizations.length).toBeGreaterThan(requiredApprovals.length);
});

test('each plan has its intended isolation and compute model', () => {
  expect(
    templates
      .list()
      .map(({ subscriptionPlan, resources: { database, compute } }) => [
        subscriptionPlan,
        database.isolation,
        compute.model,
      ]),
  ).toEqual([
    ['starter', 'pooled', 'pool'],
    ['professional', 'schema', 'pool'],
    ['enterprise', 'database', 'namespace'],
  ]);
});

test('a more expensive plan has every feature, module and integration of a cheaper one', () => {
  const offers = templates
    .list()
    .map(({ configuration }) => [
      ...configuration.features.map(({ key }) => key),
      ...configuration.modules,
      ...configuration.integrations.map(({ name }) => name),
    ]);
  for (const [index, offer] of offers.slice(1).entries()) expect(offer).toEqual(expect.arrayContaining(offers[index]!));
});

test('a loaded template cannot be modified', () => {
  expect(() => {
    templates.get('starter').resources.storage.quotaGb = 1;
  }).toThrow(TypeError);
});

test('a template stored with an operation reads back unchanged, whatever the order of its keys', () => {
  for (const template of templates.list()) {
    const reversed = Object.fromEntries(Object.entries(JSON.parse(serializeTemplate(template)) as object).reverse());
    const back = parseTemplate(reversed);
    expect(back).toEqual(template);
    expect(templateFingerprint(back)).toBe(templates.fingerprint(template.subscriptionPlan));
  }
});

test('two templates with the same version number differ in their fingerprint', () => {
  const before = templates.fingerprint('starter');
  const after = withEdited(
    'starter',
    (yaml) => yaml.replace('quotaGb: 5', 'quotaGb: 6'),
    (directory) => loadTemplates(directory).fingerprint('starter'),
  );
  expect(after).not.toBe(before);
});

test.each([null, [], 'x', {}, { templateId: 'starter' }])('%j is not a stored template', (value) => {
  expect(() => parseTemplate(value)).toThrow(/^at /);
});

test.each<[string, Plan, (yaml: string) => string, RegExp]>([
  [
    'a spelling mistake',
    'starter',
    (yaml) => yaml.replace('quotaGb: 5', 'quotaGB: 5'),
    /at \/resources\/storage: Unrecognized key: "quotaGB"/,
  ],
  [
    'an unknown isolation',
    'starter',
    (yaml) => yaml.replace('isolation: pooled', 'isolation: shared'),
    /at \/resources\/database\/isolation: /,
  ],
  [
    'a value of the wrong type',
    'enterprise',
    (yaml) => yaml.replace('pods: 20', 'pods: many'),
    /at \/resources\/compute\/pods: /,
  ],
  ['no version', 'professional', (yaml) => yaml.replace('version: 1.0.0', ''), /at \/version: /],
  [
    'an invalid version',
    'professional',
    (yaml) => yaml.replace('version: 1.0.0', 'version: latest'),
    /at \/version: must be a semantic version/,
  ],
  [
    'another plan',
    'starter',
    (yaml) => yaml.replace('subscriptionPlan: starter', 'subscriptionPlan: enterprise'),
    /at \/subscriptionPlan: is enterprise, but the file is called starter\.yaml/,
  ],
  [
    'a missing SQL version',
    'starter',
    (yaml) => yaml.replace("schemaVersion: '0001'", "schemaVersion: '9999'"),
    /at \/resources\/database\/schemaVersion: there is no templates\/sql\/pool\/9999\.sql/,
  ],
  [
    'an audit trail without a schema',
    'starter',
    (yaml) => yaml.replace('statementTimeoutSeconds: 15', 'statementTimeoutSeconds: 15\n    auditTrail: true'),
    /at \/resources\/database\/auditTrail: pooled tenants have no schema/,
  ],
  [
    'an unknown admin group',
    'starter',
    (yaml) => yaml.replace('adminGroups: [admins]', 'adminGroups: [owners]'),
    /at \/configuration\/security\/adminGroups\/0: there is no group owners/,
  ],
  [
    'a reminder before the trial begins',
    'starter',
    (yaml) => `${yaml}\ntrial: { days: 14, then: suspend, remindDays: [7, 14] }\n`,
    /at \/trial\/remindDays\/1: a trial of 14 days has not begun 14 days before its end/,
  ],
  [
    'a meter with the limit of an unknown feature',
    'starter',
    (yaml) => yaml.replace('feature: api-access', 'feature: api-acces'),
    /at \/billing\/meters\/0\/feature: there is no feature api-acces/,
  ],
  [
    'a meter with the limit of a feature that has none',
    'starter',
    (yaml) => yaml.replace('feature: api-access', 'feature: basic-reports'),
    /at \/billing\/meters\/0\/feature: the feature basic-reports has no limit/,
  ],
  [
    'a price that is charged no times',
    'starter',
    (yaml) => yaml.replace('  currency: eur', '  currency: eur\n  quantity: 0'),
    /at \/billing\/quantity/,
  ],
  [
    'a coupon that is no id',
    'starter',
    (yaml) => yaml.replace('  currency: eur', '  currency: eur\n  coupon: half price'),
    /at \/billing\/coupon: must be the id of a coupon at Stripe/,
  ],
  [
    'a tax rate twice',
    'starter',
    (yaml) => yaml.replace('  currency: eur', '  currency: eur\n  taxRates: [txr_1, txr_1]'),
    /at \/billing\/taxRates\/1: txr_1 occurs twice/,
  ],
  [
    'a duplicate feature',
    'starter',
    (yaml) => yaml.replace('key: users', 'key: records'),
    /at \/configuration\/features\/1\/key: records occurs twice/,
  ],
  [
    'an approval of an unknown customization',
    'starter',
    (yaml) => yaml.replace('requiredApprovals: [storageQuotaGb', 'requiredApprovals: [storageGb'),
    /at \/customizations\/requiredApprovals\/0: storageGb is not in allowedCustomizations/,
  ],
  [
    'a customization without a rule',
    'starter',
    (yaml) => yaml.replace('allowedCustomizations: [', 'allowedCustomizations: [podCount, '),
    /at \/customizations\/allowedCustomizations\/0: podCount has no entry/,
  ],
  [
    'a rule for a customization that is not allowed',
    'starter',
    (yaml) =>
      yaml
        .replace('allowedCustomizations: [storageQuotaGb, ', 'allowedCustomizations: [')
        .replace('requiredApprovals: [storageQuotaGb, ', 'requiredApprovals: ['),
    /at \/customizations\/validationRules\/0\/customization: storageQuotaGb is not in/,
  ],
  [
    'a missing target',
    'starter',
    (yaml) => yaml.replace('target: /resources/storage/quotaGb', 'target: /resources/storage/quota'),
    /at \/customizations\/validationRules\/0\/target: the template has nothing at/,
  ],
  [
    'a target on a prototype',
    'starter',
    (yaml) => yaml.replace('target: /resources/storage/quotaGb', 'target: /resources/constructor/name'),
    /at \/customizations\/validationRules\/0\/target: the template has nothing at/,
  ],
  [
    'a target among the rules themselves',
    'starter',
    (yaml) => yaml.replace('target: /resources/storage/quotaGb', 'target: /customizations/requiredApprovals'),
    /at \/customizations\/validationRules\/0\/target: only fields below/,
  ],
  [
    'a rule that is not a JSON Schema',
    'starter',
    (yaml) => yaml.replace('{ type: integer, minimum: 1, maximum: 50 }', '{ type: whole }'),
    /at \/customizations\/validationRules\/0\/schema: is not a valid JSON Schema/,
  ],
  [
    'a rule with an unknown keyword',
    'starter',
    (yaml) => yaml.replace('{ type: integer, minimum: 1, maximum: 50 }', '{ type: integer, least: 1 }'),
    /validationRules\/0\/schema: is not a valid JSON Schema: strict mode: unknown keyword: "least"/,
  ],
  [
    "a rule the plan's own value breaks",
    'starter',
    (yaml) => yaml.replace('minimum: 1, maximum: 50', 'minimum: 10, maximum: 50'),
    /validationRules\/0\/schema: the plan's own value at \/resources\/storage\/quotaGb breaks it: must be >= 10/,
  ],
  ['broken YAML', 'starter', (yaml) => `${yaml}\n  - {`, /at line \d+, column \d+/],
  ['a duplicate key', 'starter', (yaml) => `${yaml}\nversion: 2.0.0\n`, /Map keys must be unique at line/],
  [
    '__proto__',
    'starter',
    (yaml) => `${yaml}\n__proto__: { polluted: true }\n`,
    /at the top: Unrecognized key: "__proto__"/,
  ],
  ['nothing', 'starter', () => '', /at the top: /],
])('a template with %s is refused with file, path and reason', (_, plan, edit, reason) => {
  withEdited(plan, edit, (directory) => {
    expect(() => loadTemplates(directory)).toThrow(join(directory, `${plan}.yaml`));
    expect(() => loadTemplates(directory)).toThrow(reason);
  });
});

test('a plan without a file, and a file without a plan, are named', () => {
  const unchanged = (yaml: string): string => `${yaml}\n`;
  withEdited('starter', unchanged, (directory) => {
    writeFileSync(join(directory, 'platinum.yaml'), '');
    expect(() => loadTemplates(directory)).toThrow(/platinum\.yaml does not belong to a plan/);
  });
  withEdited('starter', unchanged, (directory) => {
    rmSync(join(directory, 'enterprise.yaml'));
    expect(() => loadTemplates(directory)).toThrow(/enterprise\.yaml is not a valid template[^]*ENOENT/);
  });
});
