import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { OperationParameters } from '../../../contract/operations/inputs';
import { rulesOf, type OperationKind } from '../../../contract/operations/kinds';
import { acceptChange, type ChangeOutcome, type ChangeRequest } from '../../../registry/operations/change-acceptance';
import { recoveryOf } from '../../../templates/recovery';
import type { Principal } from '../../access/auth';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem } from '../../http/problems';
import type { RouteAnswer } from '../../http/route';
import { noTenant } from '../tenants/tenants';
import { acceptedSchema } from '../../../contract/schemas/operation-schema';
import { ACCEPTED_HEADERS, acceptedAnswer, startAccepted } from './accepted';

/** The answer to a request for a change, for the OpenAPI document. */
export const CHANGE_ANSWERS = {
  202: {
    description: 'The change is accepted; follow its operation.',
    schema: acceptedSchema,
    headers: ACCEPTED_HEADERS,
  },
};

/** A change of a tenant that a caller asks for. */
export interface Asked {
  kind: OperationKind;
  tenantId: string;
  parameters: OperationParameters;
  message?: string | undefined;
  principal: Principal;
  idempotencyKey: string | undefined;
  /** What else makes this request another one than the last with the same idempotency key. Holds no secret. */
  more?: object | undefined;
  alongside?: NonNullable<ChangeRequest['alongside']>;
}

/** Accepts a change of a tenant and starts its run, or throws why that is not possible now. */
export async function change(
  dependencies: ApiDependencies,
  { principal, more, ...asked }: Asked,
): Promise<RouteAnswer> {
  const { pool, keys } = dependencies;
  const { kind, tenantId, parameters, message } = asked;
  const requestHash = createHash('sha256')
    .update(canonicalize({ kind, tenantId, parameters, ...(message === undefined ? {} : { message }), ...more })!)
    .digest();
  const done = await acceptChange(pool, keys, { ...asked, caller: principal.id, requestHash });
  if (done.outcome === 'repeated') return acceptedAnswer(done, true);
  if (done.outcome !== 'accepted') throw refusal(kind, done);
  const { template, ...run } = done.run;
  await startAccepted(dependencies, { ...run, retry: template.recovery.retry, recovery: recoveryOf(template) });
  return acceptedAnswer({ operationId: run.operationId, tenantId, status: 'pending' }, false);
}

function refusal(kind: OperationKind, done: Exclude<ChangeOutcome, { outcome: 'accepted' | 'repeated' }>): ApiProblem {
  switch (done.outcome) {
    case 'no-tenant':
      return noTenant();
    case 'key-reused':
      return new ApiProblem('idempotency-key-reused');
    case 'busy':
      return new ApiProblem('state-conflict', {
        detail: `The operation ${done.operationId} (${done.kind}) of this tenant is ${done.status}. Wait for its end, or cancel it.`,
      });
    case 'not-now':
      return new ApiProblem('state-conflict', {
        detail: `The tenant is ${done.state}. ${rulesOf(kind).title} is possible only while it is ${rulesOf(kind).from.join(' or ')}.`,
      });
  }
}
