import { recordEvidence } from '../registry/evidence';
import { evaluate, evidenceOf, weighs } from './baseline';
import type { Check } from './check';
import type { VerifyActivity } from './check-catalogue';
import type { Dependencies } from './dependencies';
import { failure } from './failures';
import type { PlacedOperation } from './operation';
import type { Probes } from './probes';

/** One attempt of an activity of step 9. */
export interface Attempt {
  activity: VerifyActivity;
  operation: PlacedOperation;
  /** Whose providers are asked: a region, or `global`. */
  region: string;
  probes: Probes;
}

/**
 * Waits for all, keeps what they answered, and holds it against the baseline. Throws `VerificationFailed` with everything that keeps the
 * tenant from becoming active, else what one of them threw.
 */
export async function requireAll(
  dependencies: Pick<Dependencies, 'pool' | 'baseline' | 'activity'>,
  { activity, operation: { tenantId, operationId, template }, region, probes }: Attempt,
  asked: Promise<Check[]>[],
): Promise<void> {
  const { baseline, pool } = dependencies;
  const settled = await Promise.allSettled(asked);
  const reasons = (await probes.keep())
    .filter((check) => !check.passed && weighs(baseline, template, check))
    .map(({ id, claim, answered }) => `${id} (${claim}; answered: ${answered})`);
  const unanswered = settled.find((result) => result.status === 'rejected');
  // Rules rest on all answers; as long as one is missing, only what is wrong already can be said.
  if (!unanswered) {
    const answers = settled.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    const results = evaluate(baseline, { template, activity, answers });
    const asker = { tenantId, operationId, askedBy: dependencies.activity(), region };
    await recordEvidence(
      pool,
      results.map((result) => evidenceOf(result, asker)),
    );
    for (const { rule, broken } of results)
      if (rule.severity === 'fail' && broken.length > 0)
        reasons.push(`the rule ${rule.id} (${rule.title}; ${broken.join('; ')})`);
  }
  if (reasons.length > 0) throw failure('VerificationFailed', `Tenant ${tenantId} did not pass ${reasons.join('; ')}.`);
  if (unanswered) throw unanswered.reason;
}
