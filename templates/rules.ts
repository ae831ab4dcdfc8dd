import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { pointerKeys } from '../contract/schemas/values/json-pointer';
import type { ValidationRule } from './template';

/** A violation of a rule by a value, with the path inside the value. */
export interface RuleViolation {
  path: string[];
  message: string;
}

const ajv = addFormats(new Ajv2020({ strict: true, allErrors: true }));
const compiled = new Map<string, ValidateFunction>();

/** Violations of a rule's JSON Schema (2020-12) by a value; empty when the value is valid. Throws when the schema itself is invalid. */
export function breaksRule(rule: ValidationRule, value: unknown): RuleViolation[] {
  const validate = compileRule(rule);
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => ({ path: pathOf(error), message: messageOf(error) }));
}

/** Cached by the schema's text, because templates stored with operations are new objects each time. */
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
  if (keyword === 'additionalProperties') return 'is not a known field';
  return message ?? 'is not valid';
}
