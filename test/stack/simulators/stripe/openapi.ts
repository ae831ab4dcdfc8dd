import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';

/** A node of the published description; OpenAPI 3.0 differs from JSON Schema in some keywords. */
export interface SpecNode {
  [key: string]: unknown;
  $ref?: string;
  properties?: Record<string, SpecNode>;
  anyOf?: SpecNode[];
  items?: SpecNode;
  additionalProperties?: SpecNode | boolean;
}

/** Stripe's OpenAPI description. */
export interface Spec {
  paths: Record<
    string,
    Record<
      string,
      {
        parameters?: { name: string; in: string; schema: SpecNode }[];
        requestBody?: { content: Record<string, { schema: SpecNode }> };
      }
    >
  >;
  components: { schemas: Record<string, SpecNode> };
}

const MODULE = 'github.com/stripe/stripe-mock@v0.203.0';

/** The description in stripe-mock, downloaded as a Go module; or the reason why it is not available. */
export function loadSpec(): Spec | string {
  const go = spawnSync('go', ['mod', 'download', '-json', MODULE], {
    encoding: 'utf8',
    cwd: __dirname,
    env: { ...process.env, GO111MODULE: 'on', GOFLAGS: '-mod=mod' },
  });
  if (go.error !== undefined) return 'there is no Go on PATH (https://go.dev/dl)';
  if (go.status !== 0) return `go mod download ${MODULE} failed: ${go.stdout}${go.stderr}`.trim();
  const { Dir } = JSON.parse(go.stdout) as { Dir: string };
  return JSON.parse(readFileSync(join(Dir, 'embedded', 'openapi', 'spec3.json'), 'utf8')) as Spec;
}

/** Validators of whole objects, by the name in their `object` member. A property that Stripe does not describe is an error. */
export class Validators {
  readonly #ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, inlineRefs: false });
  readonly #byType = new Map<string, string>();
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(readonly spec: Spec) {
    const schemas: Record<string, SpecNode> = {};
    for (const [name, schema] of Object.entries(spec.components.schemas)) schemas[name] = strict(schema) as SpecNode;
    for (const [name, schema] of Object.entries(spec.components.schemas)) {
      const type = (schema.properties?.['object']?.['enum'] as string[] | undefined)?.[0];
      const deleted = name.startsWith('deleted_') ? 'deleted ' : '';
      if (type !== undefined && !this.#byType.has(deleted + type)) this.#byType.set(deleted + type, name);
    }
    this.#ajv.addSchema({ $id: 'stripe', components: { schemas } });
  }

  /** Violations in an answer, one line each: `customer/metadata must be object`. */
  complaints(answer: unknown): string[] {
    const object = answer as { object?: string; deleted?: boolean; data?: unknown[] };
    if (object.object === 'list') return object.data!.flatMap((each) => this.complaints(each));
    const name = this.#byType.get((object.deleted ? 'deleted ' : '') + String(object.object));
    if (name === undefined) return [`Stripe has no object ${String(object.object)}`];
    return this.check(name, answer);
  }

  /** The same for a schema given by its name. */
  check(name: string, answer: unknown): string[] {
    const validate = this.#compiled.get(name) ?? this.#ajv.compile({ $ref: `stripe#/components/schemas/${name}` });
    this.#compiled.set(name, validate);
    if (validate(answer)) return [];
    return validate.errors!.map(
      (error) => `${name}${error.instancePath} ${error.message ?? ''} ${JSON.stringify(error.params)}`,
    );
  }
}

/** Converts OpenAPI 3.0 to JSON Schema: `nullable`, references, and no undescribed properties. */
function strict(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(strict);
  if (typeof node !== 'object' || node === null) return node;
  const { nullable, $ref, description, format, ...rest } = node as SpecNode;
  void [description, format];
  const schema: SpecNode = {};
  for (const [key, value] of Object.entries(rest)) {
    schema[key] =
      key === 'properties'
        ? Object.fromEntries(Object.entries(value as object).map(([name, each]) => [name, strict(each)]))
        : strict(value);
  }
  if ($ref !== undefined) schema.$ref = $ref.replace('#/', 'stripe#/');
  if (schema.properties !== undefined && schema.additionalProperties === undefined) schema.additionalProperties = false;
  // An object whose members depend on the payment method is described as an empty one, which cannot be checked.
  if (schema['x-stripeBypassValidation'] !== undefined) delete schema.additionalProperties;
  return nullable === true ? { anyOf: [schema, { type: 'null' }] } : schema;
}
