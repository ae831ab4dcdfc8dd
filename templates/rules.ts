import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { pointerKeys } from '../contract/schemas/json-pointer';
import type { ValidationRule } from './template';

/** One thing a value breaks, and where inside it. */
export interface RuleViolation {
  path: string[];
  message: string;
}

const ajv = addFormats(new Ajv2020({ strict: true, allErrors: true }));
const compiled = new Map<string, ValidateFunction>();

/** What a value breaks of a rule's JSON Schema (2020-12); empty when nothing. Throws when the schema itself is broken. */
export function breaksRule(rule: ValidationRule, value: unknown): RuleViolation[] {
  const validate = compileRule(rule);
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => ({ path: pathOf(error), message: messageOf(error) }));
}

/** Compiled once a distinct schema, not once a template object: templates kept with operations are new objects each time. */
function compileRule({ schema }: ValidationRule): ValidateFunction {
  const key = JSON.stringify(schema);
  const known = compiled.get(key) ?? ajv.compile(schema);
  compiled.set(key, known);
  return known;
}

function pathOf({ instancePath, keyword, params }: ErrorObject): string[] {
  const path = pointerKeys(instancePath);
  const key: unknown = keyword === 'additionalProperties' ? params['additionalProperty'] : undefined;
  return typeof key === 'string' ? [...path, key] : path;
}

function messageOf({ keyword, params, message }: ErrorObject): string {
  if (keyword === 'enum')
    return `must be one of ${(params['allowedValues'] as unknown[]).map((each) => JSON.stringify(each)).join(', ')}`;
  if (keyword === 'additionalProperties') return 'is not a field here';
  return message ?? 'is not valid';
}
