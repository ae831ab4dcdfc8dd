import type { DemoRow } from './run-demo';
import type { Answer } from './proof/question';

/** Describes every unexpected result in a sentence. Empty if the demonstration succeeded. */
export function unexpectedResults(rows: readonly DemoRow[], proof: readonly Answer[]): string[] {
  return [...rows.flatMap(checkRow), ...proof.filter(({ failed }) => failed !== 0).map(checkAnswer)];
}

function checkRow({ demo: { expected, needsApproval }, operation }: DemoRow): string[] {
  const { tenantName = operation.operationId, status, failure, approval } = operation;
  const actual = failure ? `${status} in step ${failure.step} (${failure.type}: ${failure.message})` : status;
  if (expected.status === 'active') {
    if (status !== 'active') return [`${tenantName} should be active, but is ${actual}.`];
    if (needsApproval && approval.state !== 'approved') return [`${tenantName} became active without its approval.`];
    return [];
  }
  const { step, types } = expected;
  if (status === 'failed' && failure?.step === step && types.some((type) => type === failure.type)) return [];
  return [`${tenantName} should have failed in step ${step} (${types.join(' or ')}), but is ${actual}.`];
}

function checkAnswer({ where, what, failed }: Answer): string {
  return typeof failed === 'number'
    ? `${where} still has ${failed} ${what} of a tenant that should be gone.`
    : `${where} could not be asked for ${what} of a tenant that should be gone: ${failed}`;
}
