import type { Json } from '../contract/orders/order';
import { pointerKeys } from '../contract/schemas/values/json-pointer';
import { parseTemplate } from './stored';
import type { ProvisioningTemplate, ValidationRule } from './template';

/** The rule of a customization, or undefined if the template does not allow it. */
export function ruleOf(template: ProvisioningTemplate, customization: string): ValidationRule | undefined {
  if (!template.customizations.allowedCustomizations.includes(customization)) return undefined;
  return template.customizations.validationRules.find((rule) => rule.customization === customization);
}

/**
 * A deep copy of the template with an order's customizations applied. Values are only written to the targets of the template's own rules.
 * Throws when a customization is not allowed or the result is not a valid template; `checkOrder` reports both to the caller beforehand.
 */
export function customizeTemplate(
  template: ProvisioningTemplate,
  customizations: Record<string, Json> = {},
): ProvisioningTemplate {
  const copy = structuredClone(template);
  for (const [customization, value] of Object.entries(customizations)) {
    const rule = ruleOf(template, customization);
    if (!rule)
      throw new Error(`The template ${template.templateId} does not allow the customization ${customization}.`);
    replaceAt(copy, rule.target, structuredClone(value));
  }
  return parseTemplate(copy);
}

/** The value at a pointer, or undefined. Only own properties count, so `__proto__` and `constructor` lead nowhere. */
export function valueAt(root: unknown, pointer: string): unknown {
  return pointerKeys(pointer).reduce<unknown>((value, key) => (hasKey(value, key) ? value[key] : undefined), root);
}

function replaceAt(root: unknown, pointer: string, value: Json): void {
  const keys = pointerKeys(pointer);
  const last = keys.pop()!;
  const parent = keys.reduce<unknown>((at, key) => (hasKey(at, key) ? at[key] : undefined), root);
  if (!hasKey(parent, last)) throw new Error(`The template has nothing at ${pointer}.`);
  parent[last] = value;
}

function hasKey(value: unknown, key: string): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}
