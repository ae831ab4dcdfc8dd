import type { Evidence } from '../../registry/evidence/evidence';
import { covers, type Baseline, type BaselineRule } from '../../templates/baseline';
import type { ProvisioningTemplate } from '../../templates/template';
import type { Check } from '../../providers/port/check';
import { checksOf, VERIFY_ACTIVITIES, type VerifyActivity } from './check-catalogue';

/** The result of a rule for one tenant. */
export interface RuleResult {
  rule: BaselineRule;
  /** What is wrong, in words; empty when the rule holds. */
  broken: string[];
  /** How many answers the result is based on. */
  answers: number;
}

/** A finished tenant's answers, to be evaluated by the rules. */
export interface Judged {
  template: ProvisioningTemplate;
  activity: VerifyActivity;
  /** All the answers that the activity received. */
  answers: readonly Check[];
}

/**
 * Evaluates the rules that concern the tenant on the answers of one activity of step 9. A check that should have been asked but was not
 * breaks its rules: an unanswered check counts as a failure.
 */
export function evaluate(baseline: Baseline, { template, activity, answers }: Judged): RuleResult[] {
  const expected = checksOf(template, activity);
  return baseline
    .filter((rule) => concerns(rule, template))
    .flatMap((rule): RuleResult[] => {
      const probes = expected.filter((check) => covers(rule.probe, check));
      if (probes.length === 0) return [];
      const found = answers.filter(({ id }) => covers(rule.probe, id));
      const missing = probes.filter((probe) => !found.some(({ id }) => covers(probe, id)));
      const broken = found.filter((check) => !holds(rule, check));
      return [
        {
          rule,
          broken: [
            ...broken.map(({ id, answered }) => `${id} answered: ${answered}`),
            ...missing.map((id) => `${id} was not asked`),
          ],
          answers: found.length,
        },
      ];
    });
}

/** Whether a failed check keeps the tenant from becoming active. One that no rule names does: only a rule can make it a warning. */
export function blocksActivation(baseline: Baseline, template: ProvisioningTemplate, check: Check): boolean {
  const rules = baseline.filter((rule) => concerns(rule, template) && covers(rule.probe, check.id));
  return rules.length === 0 || rules.some(({ severity }) => severity === 'fail');
}

/** Checks of step 9 that no rule names for tenants of this template. They must pass all the same; see {@link blocksActivation}. */
export function checksWithoutRule(baseline: Baseline, template: ProvisioningTemplate): string[] {
  const rules = baseline.filter((rule) => concerns(rule, template));
  const checks = VERIFY_ACTIVITIES.flatMap((activity) => checksOf(template, activity));
  return checks.filter((check) => !rules.some(({ probe }) => covers(probe, check)));
}

/** A result as evidence: the rule with its version, and what the result is based on. */
export function evidenceOf(
  { rule, broken, answers }: RuleResult,
  asker: Pick<Evidence, 'tenantId' | 'operationId' | 'askedBy' | 'region'>,
): Evidence {
  const outcome =
    broken.length === 0
      ? `holds, based on ${answers} ${answers === 1 ? 'answer' : 'answers'}`
      : `${rule.severity}: ${broken.join('; ')}`;
  return {
    ...asker,
    probe: 'baseline',
    check: `baseline.${rule.id}@${rule.version}`,
    claim: rule.title,
    passed: broken.length === 0,
    provider: 'baseline',
    answered: outcome,
    at: new Date(),
  };
}

function holds({ expectation }: BaselineRule, { passed, answered }: Check): boolean {
  return passed && (expectation === 'holds' || new RegExp(`^(?:${expectation.answers})$`, 's').test(answered));
}

function concerns({ appliesTo = {} }: BaselineRule, template: ProvisioningTemplate): boolean {
  const { plans, isolation } = appliesTo;
  return (
    (plans === undefined || plans.includes(template.subscriptionPlan)) &&
    (isolation === undefined || isolation.includes(template.resources.database.isolation))
  );
}
