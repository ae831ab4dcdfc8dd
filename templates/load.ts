import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseDocument } from 'yaml';
import { PLANS, type Plan } from '../contract/order';
import { valueAt } from './customize';
import { breaksRule } from './rules';
import { parseTemplate, templateFingerprint } from './stored';
import type { ProvisioningTemplate } from './template';

/** The templates of all plans, as they were when the process started. They are frozen: customizing makes copies. */
export interface Templates {
  get(plan: Plan): ProvisioningTemplate;
  /** In the order of the plans. */
  list(): ProvisioningTemplate[];
  /** SHA-256 of the plan's template, hexadecimal. */
  fingerprint(plan: Plan): string;
}

/** Parts of a template a customization may change; above all not the rules for customizations themselves. */
const CUSTOMIZABLE = /^\/(?:resources|configuration)\//;

/**
 * Reads `<plan>.yaml` for every plan and checks all of it; nothing is read again later. Throws with the file, the path inside it and the
 * reason of the first broken one.
 */
export function loadTemplates(directory: string): Templates {
  const stray = readdirSync(directory).find(
    (file) => /\.ya?ml$/.test(file) && !PLANS.some((plan) => file === `${plan}.yaml`),
  );
  if (stray)
    throw new Error(
      `${join(directory, stray)} is no plan's template. There are ${PLANS.join(', ')}: rename or remove it.`,
    );
  const templates = new Map(PLANS.map((plan) => [plan, deepFreeze(loadTemplate(join(directory, `${plan}.yaml`)))]));
  const fingerprints = new Map(PLANS.map((plan) => [plan, templateFingerprint(templates.get(plan)!)]));
  return {
    get: (plan) => templates.get(plan)!,
    list: () => [...templates.values()],
    fingerprint: (plan) => fingerprints.get(plan)!,
  };
}

function loadTemplate(file: string): ProvisioningTemplate {
  try {
    const document = parseDocument(readFileSync(file, 'utf8'), { stringKeys: true });
    const [error] = [...document.errors, ...document.warnings];
    if (error) throw error;
    const template = parseTemplate(document.toJS());
    checkTemplate(template, basename(file, '.yaml'));
    return template;
  } catch (error) {
    throw new Error(`${file} is not a template that can be used:\n${(error as Error).message}`, { cause: error });
  }
}

function checkTemplate(template: ProvisioningTemplate, plan: string): void {
  const { customizations, configuration } = template;
  if (template.subscriptionPlan !== plan)
    throw new Error(`at /subscriptionPlan: is ${template.subscriptionPlan}, but the file is called ${plan}.yaml`);
  const { isolation, schemaVersion } = template.resources.database;
  const sql = join('sql', isolation === 'pooled' ? 'pool' : 'tenant', `${schemaVersion}.sql`);
  if (!existsSync(join(__dirname, sql)))
    throw new Error(`at /resources/database/schemaVersion: there is no templates/${sql}`);
  if (isolation === 'pooled' && template.resources.database.auditTrail)
    throw new Error('at /resources/database/auditTrail: pooled tenants have no schema of their own to keep it in');
  const groups = configuration.security.groups.map(({ name }) => name);
  configuration.security.adminGroups.forEach((group, index) => {
    if (!groups.includes(group))
      throw new Error(`at /configuration/security/adminGroups/${index}: there is no group ${group}`);
  });
  customizations.requiredApprovals.forEach((name, index) => {
    if (!customizations.allowedCustomizations.includes(name))
      throw new Error(`at /customizations/requiredApprovals/${index}: ${name} is not in allowedCustomizations`);
  });
  customizations.allowedCustomizations.forEach((name, index) => {
    if (!customizations.validationRules.some((rule) => rule.customization === name))
      throw new Error(`at /customizations/allowedCustomizations/${index}: ${name} has no entry in validationRules`);
  });
  customizations.validationRules.forEach((rule, index) =>
    checkRule(template, rule, `/customizations/validationRules/${index}`),
  );
}

function checkRule(
  template: ProvisioningTemplate,
  rule: ProvisioningTemplate['customizations']['validationRules'][number],
  at: string,
): void {
  if (!template.customizations.allowedCustomizations.includes(rule.customization))
    throw new Error(`at ${at}/customization: ${rule.customization} is not in allowedCustomizations`);
  if (!CUSTOMIZABLE.test(rule.target))
    throw new Error(`at ${at}/target: only what is below /resources and /configuration can be customized`);
  const standard = valueAt(template, rule.target);
  if (standard === undefined) throw new Error(`at ${at}/target: the template has nothing at ${rule.target}`);
  const broken = explain(() => breaksRule(rule, standard), `${at}/schema`);
  if (broken.length > 0)
    throw new Error(`at ${at}/schema: the plan's own value at ${rule.target} breaks it: ${broken[0]!.message}`);
}

function explain<T>(compile: () => T, at: string): T {
  try {
    return compile();
  } catch (error) {
    throw new Error(`at ${at}: is not a JSON Schema that can be used: ${(error as Error).message}`, { cause: error });
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
