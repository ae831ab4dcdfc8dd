import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { PLANS } from '../contract/order';
import { slug } from '../contract/schemas/slug';

const pattern = z.string().refine(isPattern, 'must be a regular expression');

const rule = z.strictObject({
  id: slug,
  /** Raise it when the rule demands something else: it stands in the evidence. */
  version: z.int().positive(),
  title: z.string().min(1).max(200),
  rationale: z.string().min(1).max(1000),
  /** The checks it rests on: a check's id, or its beginning and a star. */
  probe: z.string().regex(/^[a-z]+\.[a-z0-9_.-]*\*?$/, 'must be the id of a check, or its beginning and *'),
  /** `fail`: the tenant does not become active. `warn`: it does, and the evidence says so. */
  severity: z.enum(['fail', 'warn']),
  /** `holds`: every check says so itself. `answers`: it does, and its answer matches as a whole. */
  expectation: z.union([z.literal('holds'), z.strictObject({ answers: pattern })]),
  /** Which tenants; what is left out is no condition. */
  appliesTo: z
    .strictObject({
      plans: z.array(z.enum(PLANS)).min(1).optional(),
      isolation: z
        .array(z.enum(['pooled', 'schema', 'database']))
        .min(1)
        .optional(),
    })
    .optional(),
});

const document = z.strictObject({ rules: z.array(rule).min(1) });

/** What has to hold of a finished tenant, and how much it weighs. */
export type BaselineRule = z.infer<typeof rule>;

/** Every rule there is. */
export type Baseline = readonly BaselineRule[];

/** The rules that come with this program. */
export const SHIPPED_BASELINE = join(__dirname, 'baseline');

/**
 * The rules of `<templates>/baseline/*.yaml`; of a folder of templates without one, those that come with this program. `known` are the ids of
 * the checks that there are, some ending in a star. Throws with the file and the reason: a rule that names no check would always pass.
 */
export function loadBaseline(templates: string, known: readonly string[]): Baseline {
  const own = join(templates, 'baseline');
  const folder = existsSync(own) ? own : SHIPPED_BASELINE;
  const files = readdirSync(folder).filter((file) => /\.ya?ml$/.test(file));
  const rules = files.sort().flatMap((file) => loadFile(join(folder, file)));
  if (rules.length === 0) throw new Error(`${folder} has no rules. Remove it to use those of this program.`);
  for (const { id, probe } of rules) {
    if (rules.filter((other) => other.id === id).length > 1)
      throw new Error(`${folder} has two rules with the id ${id}. Give one of them another.`);
    if (!known.some((check) => covers(probe, check)))
      throw new Error(
        `${folder}: the rule ${id} names ${probe}, and there is no such check. There are ${known.join(', ')}.`,
      );
  }
  return rules;
}

function loadFile(file: string): BaselineRule[] {
  const parsed = parseDocument(readFileSync(file, 'utf8'), { stringKeys: true });
  const [error] = [...parsed.errors, ...parsed.warnings];
  if (error) throw new Error(`${file} is not YAML that can be used:\n${error.message}`, { cause: error });
  const rules = document.safeParse(parsed.toJS());
  if (!rules.success) throw new Error(`${file} has rules that cannot be used:\n${z.prettifyError(rules.error)}`);
  return rules.data.rules;
}

/** Whether a rule's probe is, or begins, the id of a check. */
export function covers(probe: string, check: string): boolean {
  return probe.endsWith('*') ? check.startsWith(probe.slice(0, -1)) : check === probe;
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
