import type { Json } from '../contract/orders/order';
import { jsonPointer } from '../contract/schemas/values/json-pointer';
import type { ProvisioningTemplate } from './template';

/** A value in which two templates differ; undefined where one of them lacks it. */
export interface TemplateDifference {
  /** RFC 6901 pointer into both templates. */
  pointer: string;
  before: Json | undefined;
  after: Json | undefined;
}

/** Every value in which two templates differ, in the order of their fields. Lists are compared as a whole. */
export function differencesBetween(before: ProvisioningTemplate, after: ProvisioningTemplate): TemplateDifference[] {
  return compare([], before as unknown as Json, after as unknown as Json);
}

function compare(path: string[], before: Json | undefined, after: Json | undefined): TemplateDifference[] {
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => compare([...path, key], before[key], after[key]));
  }
  return isSame(before, after) ? [] : [{ pointer: jsonPointer(path), before, after }];
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Templates come from YAML and from the registry, which keeps the fields of objects in an order of its own. */
function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((entry, index) => isSame(entry, other[index]));
  if (isObject(one) && isObject(other)) return compare([], one, other).length === 0;
  return one === other;
}
