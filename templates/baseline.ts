import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { PLANS } from '../contract/orders/order';
import { slug } from '../contract/schemas/values/slug';

const pattern = z.string().refine(isPattern, 'must be a regular expression');

const rule = z.strictObject({
  id: slug,
  /** Recorded in the evidence; increase it whenever the rule's requirement changes. */
  version: z.int().positive(),
  title: z.string().min(1).max(200),
  rationale: z.string().min(1).max(1000),
  /** The checks on which the rule depends: the id of a check, or a prefix of ids followed by a star. */
  probe: z.string().regex(/^[a-z]+\.[a-z0-9_.-]*\*?$/, 'must be the id of a check, or a prefix of ids followed by *'),
  /** `fail`: a tenant that breaks the rule does not become active. `warn`: it does, and the evidence records the breach. */
  severity: z.enum(['fail', 'warn']),
  /** `holds`: every check has passed. `answers`: in addition, the complete answer of every check matches the pattern. */
  expectation: z.union([z.literal('holds'), z.strictObject({ answers: pattern })]),
  /** Tenants to which the rule applies; an absent field is no restriction. */
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

/** A requirement for a finished tenant, with its severity. */
export type BaselineRule = z.infer<typeof rule>;

/** The complete set of rules. */
export type Baseline = readonly BaselineRule[];

/** Folder with the rules shipped with this program. */
export const SHIPPED_BASELINE = join(__dirname, 'baseline');

/**
 * The rules in `<templates>/baseline/*.yaml`, or the shipped ones if the templates folder has no such folder. `known` has the ids of all
 * checks, some of them ending in a star. A rule must name a known check, because otherwise it would always pass. Errors name the file and
 * the reason.
 */
export function loadBaseline(templates: string, known: readonly string[]): Baseline {
  const own = join(templates, 'baseline');
  const folder = existsSync(own) ? own : SHIPPED_BASELINE;
  const files = readdirSync(folder).filter((file) => /\.ya?ml$/.test(file));
  const rules = files.sort().flatMap((file) => loadFile(join(folder, file)));
  if (rules.length === 0) throw new Error(`${folder} has no rules. Remove the folder to use the shipped rules.`);
  for (const { id, probe } of rules) {
    if (rules.filter((other) => other.id === id).length > 1)
      throw new Error(`${folder} has two rules with the id ${id}. Give one of them another id.`);
    if (!known.some((check) => covers(probe, check)))
      throw new Error(
        `${folder}: the rule ${id} names the check ${probe}, which does not exist. The checks are ${known.join(', ')}.`,
      );
  }
  return rules;
}

function loadFile(file: string): BaselineRule[] {
  const parsed = parseDocument(readFileSync(file, 'utf8'), { stringKeys: true });
  const [error] = [...parsed.errors, ...parsed.warnings];
  if (error) throw new Error(`${file} is not valid YAML:\n${error.message}`, { cause: error });
  const rules = document.safeParse(parsed.toJS());
  if (!rules.success) throw new Error(`${file} has invalid rules:\n${z.prettifyError(rules.error)}`);
  return rules.data.rules;
}

/** Whether a rule's probe equals the id of a check or is a prefix of it. */
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
