import type { OperationInput } from '../../contract/operations/messages';
import { configure } from '../operations/configure';

/** Serves a tenant's custom domain at the edge, or ends that: at the end it is as the operation was asked, or as it was before. */
export function connectDomain(input: OperationInput): Promise<{ tenantId: string }> {
  const { operationId } = input;
  return configure(input, {
    kind: 'connect-domain',
    step: 'integrations',
    apply: (activities) => activities.connectDomain({ operationId, step: 'integrations' }),
    verify: (activities) => activities.verifyDomain({ operationId, step: 'verify' }),
  });
}
