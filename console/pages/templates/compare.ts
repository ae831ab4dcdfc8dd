import type { components } from '../../../clients/typescript/generated/api';
import { jsonPointer } from '../../api/pointer';
import { nameAt, quantityLabel, quantityText, unitOf } from '../order/quantity-names';

type Template = components['schemas']['ProvisioningTemplate'];

/** A value of a template; undefined where the template lacks it. */
export type Value = unknown;

/** A place in the templates and the value that each has there. */
export interface Row {
  pointer: string;
  values: Value[];
  /** Whether the templates differ here. */
  differs: boolean;
}

/** Every value of these templates side by side, in the order of their fields. Lists are one value. */
export function compareTemplates(templates: readonly Template[]): Row[] {
  return rowsOf([], templates);
}

function rowsOf(path: string[], values: readonly Value[]): Row[] {
  const objects = values.map((value) => (isObject(value) ? value : undefined));
  if (objects.some((object) => object !== undefined)) {
    const keys = [...new Set(objects.flatMap((object) => Object.keys(object ?? {})))];
    return keys.flatMap((key) =>
      rowsOf(
        [...path, key],
        objects.map((object) => object?.[key]),
      ),
    );
  }
  const [first] = values;
  return [{ pointer: jsonPointer(path), values: [...values], differs: values.some((value) => !isSame(value, first)) }];
}

function isObject(value: Value): value is Record<string, Value> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The API writes the fields of objects in one order. */
function isSame(one: Value, other: Value): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A value that differs between two templates, in words that differ, too. */
export interface TextChange {
  pointer: string;
  before: string;
  after: string;
}

/** What changed from one template to another, in the order of their fields. */
export function changesBetween(before: Template, after: Template): TextChange[] {
  return compareTemplates([before, after])
    .filter(({ differs }) => differs)
    .map(({ pointer, values: [old, now] }) => {
      const [oldText, nowText] = [valueText(old), valueText(now)];
      // Lists are named by their entries; where only something within an entry has changed, both are shown in full.
      return oldText === nowText
        ? { pointer, before: JSON.stringify(old), after: JSON.stringify(now) }
        : { pointer, before: oldText, after: nowText };
    });
}

/** A value in words. */
export function valueText(value: Value): string {
  if (value === undefined) return '–';
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(entryText).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The value at a pointer with its unit, in words. */
export function valueAtText(pointer: string, value: Value): string {
  const name = nameAt(pointer);
  return typeof value === 'number' && unitOf(name) !== undefined ? quantityText(name, value) : valueText(value);
}

/** An entry of a list: its name, if it has one. */
function entryText(entry: Value): string {
  if (!isObject(entry)) return String(entry);
  const name = entry['key'] ?? entry['name'] ?? entry['event'] ?? entry['customization'] ?? entry['eventName'];
  const limit = entry['limit'];
  if (typeof name !== 'string') return JSON.stringify(entry);
  return typeof limit === 'number' ? `${name} (${limit})` : name;
}

const TYPES: Record<string, string> = {
  integer: 'whole number',
  number: 'number',
  boolean: 'yes or no',
  string: 'text',
};

/** A rule for a customization, a JSON Schema, in words: "whole number from 5 to 60". */
export function ruleText(schema: Record<string, Value>): string {
  const { type, minimum, maximum, multipleOf, enum: values } = schema;
  if (Array.isArray(values)) return `one of ${values.map(String).join(', ')}`;
  const what = TYPES[typeof type === 'string' ? type : ''] ?? 'value';
  const from = typeof minimum === 'number' ? ` from ${minimum}` : '';
  const to = typeof maximum === 'number' ? ` to ${maximum}` : '';
  const step = typeof multipleOf === 'number' ? `, in steps of ${multipleOf}` : '';
  return `${what}${from}${to}${step}`;
}

/** The value at a pointer. */
export function valueAt(template: Template, pointer: string): Value {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  return keys.reduce<Value>((value, key) => (isObject(value) ? value[key] : undefined), template);
}

/** A pointer in words, without the unit: `/resources/storage/quotaGb` → "resources › storage › quota". */
export function placeText(pointer: string): string {
  const words = (key: string): string =>
    quantityLabel(key).replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
  return pointer.split('/').slice(1).map(words).join(' › ');
}
