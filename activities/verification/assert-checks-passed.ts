import { transaction } from '../../registry/database';
import { recordEvidence } from '../../registry/evidence/evidence';
import { evaluate, evidenceOf, blocksActivation } from './baseline';
import type { Check } from '../../providers/port/check';
import type { VerifyActivity } from './check-catalogue';
import type { Dependencies } from '../dependencies';
import { failure } from '../../providers/port/failures';
import type { PlacedOperation } from '../operations/load-operation';
import type { Probes } from './probes';

/** One attempt of an activity of step 9. */
export interface Attempt {
  activity: VerifyActivity;
  operation: PlacedOperation;
  /** The region whose providers are checked, or `global`. */
  region: string;
  probes: Probes;
}

/**
 * Waits for all checks, records their answers and evaluates the baseline on them. Throws `VerificationFailed` with every reason that keeps
 * the tenant from becoming active; without such a reason, rethrows the first error of a check.
 */
export async function assertChecksPassed(
  dependencies: Pick<Dependencies, 'activity' | 'baseline' | 'pool'>,
  { activity, operation: { tenantId, operationId, template }, region, probes }: Attempt,
  asked: Promise<Check[]>[],
): Promise<void> {
  const { baseline, pool } = dependencies;
  const settled = await Promise.allSettled(asked);
  const reasons = (await probes.keep())
    .filter((check) => !check.passed && blocksActivation(baseline, template, check))
    .map(({ id, claim, answered }) => `${id} (${claim}; answered: ${answered})`);
  const unanswered = settled.find((result) => result.status === 'rejected');
  // The rules need every answer. While one is missing, only the checks that have failed can be reported.
  if (!unanswered) {
    const answers = settled.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    const results = evaluate(baseline, { template, activity, answers });
    const asker = { tenantId, operationId, askedBy: dependencies.activity(), region };
    const evidence = results.map((result) => evidenceOf(result, asker));
    await transaction(pool, (client) => recordEvidence(client, evidence));
    for (const { rule, broken } of results)
      if (rule.severity === 'fail' && broken.length > 0)
        reasons.push(`the rule ${rule.id} (${rule.title}; ${broken.join('; ')})`);
  }
  if (reasons.length > 0) throw failure('VerificationFailed', `Tenant ${tenantId} did not pass ${reasons.join('; ')}.`);
  if (unanswered) throw unanswered.reason;
}
