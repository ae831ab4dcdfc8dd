import type { DemoRow } from './run-demo';
import type { Answer } from './proof/question';

/** What was not as expected, a sentence each; empty when the demonstration has shown what it should. */
export function surprises(rows: readonly DemoRow[], proof: readonly Answer[]): string[] {
  return [...rows.flatMap(surpriseOf), ...proof.filter(({ failed }) => failed !== 0).map(leftover)];
}

function surpriseOf({ demo: { expected, needsApproval }, operation }: DemoRow): string[] {
  const { tenantName = operation.operationId, status, failure, approval } = operation;
  const said = failure ? `${status} in step ${failure.step} (${failure.type}: ${failure.message})` : status;
  if (expected.status === 'active') {
    if (status !== 'active') return [`${tenantName} should be active and is ${said}.`];
    if (needsApproval && approval.state !== 'approved') return [`${tenantName} became active without its approval.`];
    return [];
  }
  const { step, types } = expected;
  if (status === 'failed' && failure?.step === step && types.some((type) => type === failure.type)) return [];
  return [`${tenantName} should have failed in step ${step} (${types.join(' or ')}) and is ${said}.`];
}

function leftover({ where, what, failed }: Answer): string {
  return typeof failed === 'number'
    ? `${where} still has ${failed} ${what} of a tenant that failed.`
    : `${where} did not say how many ${what} of a tenant that failed it has: ${failed}`;
}
