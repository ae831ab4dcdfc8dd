import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseDocument } from 'yaml';
import { knownTimeZone, MAIL_LANGUAGES, mailLanguage } from '../contract/maintenance/customer-mail';
import { PLANS, type Plan } from '../contract/orders/order';
import { jsonPointer } from '../contract/schemas/values/json-pointer';
import { valueAt } from './customize';
import { flagErrors } from './flags';
import { breaksRule } from './rules';
import { parseTemplate, templateFingerprint } from './stored';
import type { ProvisioningTemplate } from './template';

/** The templates of all plans as they were when the process started. They are frozen; customizing makes copies. */
export interface Templates {
  get(plan: Plan): ProvisioningTemplate;
  /** All templates, in the order of `PLANS`. */
  list(): ProvisioningTemplate[];
  /** SHA-256 of the plan's template, hexadecimal. */
  fingerprint(plan: Plan): string;
}

/** Parts of a template that a customization may change. Above all, it must not change the rules for customizations. */
const CUSTOMIZABLE = /^\/(?:resources|configuration)\//;

/**
 * Reads and checks `<plan>.yaml` for every plan, once. The error names the first invalid file, the path inside it and the reason.
 */
export function loadTemplates(directory: string): Templates {
  const stray = readdirSync(directory).find(
    (file) => /\.ya?ml$/.test(file) && !PLANS.some((plan) => file === `${plan}.yaml`),
  );
  if (stray)
    throw new Error(
      `${join(directory, stray)} does not belong to a plan. The plans are ${PLANS.join(', ')}: rename or remove the file.`,
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
    throw new Error(`${file} is not a valid template:\n${(error as Error).message}`, { cause: error });
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
    throw new Error('at /resources/database/auditTrail: pooled tenants have no schema of their own to hold the trail');
  const { days = 0, remindDays = [] } = template.trial ?? {};
  remindDays.forEach((day, index) => {
    if (day >= days)
      throw new Error(
        `at /trial/remindDays/${index}: a trial of ${days} days has not begun ${day} days before its end`,
      );
  });
  const { remindDays: reminders = [], suspendAfterDays = Infinity } = template.billing.dunning ?? {};
  reminders.forEach((day, index) => {
    if (day >= suspendAfterDays)
      throw new Error(
        `at /billing/dunning/remindDays/${index}: a tenant that is suspended after ${suspendAfterDays} days is not reminded after ${day} days`,
      );
  });
  checkCustomerMail(template);
  checkMeters(template);
  checkFlags(template);
  const groups = configuration.security.groups.map(({ name }) => name);
  configuration.security.adminGroups.forEach((group, index) => {
    if (!groups.includes(group))
      throw new Error(`at /configuration/security/adminGroups/${index}: there is no group ${group}`);
  });
  template.identity?.directory?.groups.forEach((group, index) => {
    if (!groups.includes(group)) throw new Error(`at /identity/directory/groups/${index}: there is no group ${group}`);
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

/** Names are checked here and not in the schema, which also reads stored templates: a language may be withdrawn later. */
function checkCustomerMail({ customerMail }: ProvisioningTemplate): void {
  const { locale, timeZone } = customerMail ?? {};
  if (locale !== undefined && mailLanguage(locale) === undefined)
    throw new Error(
      `at /customerMail/locale: ${locale} is no tag of a language that mails are written in: ${MAIL_LANGUAGES.join(', ')}`,
    );
  if (timeZone !== undefined && knownTimeZone(timeZone) === undefined)
    throw new Error(`at /customerMail/timeZone: ${timeZone} is not a time zone such as Europe/Berlin`);
}

/** A meter without the limit that it refers to would never come near it, and no one would notice. */
function checkMeters({ billing, configuration }: ProvisioningTemplate): void {
  billing.meters.forEach(({ feature }, index) => {
    if (feature === undefined) return;
    const found = configuration.features.find(({ key }) => key === feature);
    if (!found) throw new Error(`at /billing/meters/${index}/feature: there is no feature ${feature}`);
    if (found.limit === undefined)
      throw new Error(`at /billing/meters/${index}/feature: the feature ${feature} has no limit`);
  });
}

function checkFlags({ flags = {} }: ProvisioningTemplate): void {
  for (const [key, flag] of Object.entries(flags)) {
    const [error] = flagErrors(key, flag);
    if (error) throw new Error(`at ${jsonPointer(['flags', key])}${error.pointer}: ${error.message}`);
  }
}

function checkRule(
  template: ProvisioningTemplate,
  rule: ProvisioningTemplate['customizations']['validationRules'][number],
  at: string,
): void {
  if (!template.customizations.allowedCustomizations.includes(rule.customization))
    throw new Error(`at ${at}/customization: ${rule.customization} is not in allowedCustomizations`);
  if (!CUSTOMIZABLE.test(rule.target))
    throw new Error(`at ${at}/target: only fields below /resources and /configuration can be customized`);
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
    throw new Error(`at ${at}: is not a valid JSON Schema: ${(error as Error).message}`, { cause: error });
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
