import type { OperationInput } from '../../contract/operations/messages';
import { configure } from '../operations/configure';
import { certainActivities } from '../operations/proxies';

/** Gives a tenant the single sign-on that the operation was asked for: at the end it has that, or what it had before. */
export function configureSso(input: OperationInput): Promise<{ tenantId: string }> {
  const { operationId } = input;
  return configure(input, {
    kind: 'configure-sso',
    step: 'identity',
    apply: (activities) => activities.configureSso({ operationId, step: 'identity' }),
    verify: (activities) => activities.verifySso({ operationId, step: 'verify' }),
    tidy: () => certainActivities('Forget connections that are not used').forgetUnusedSso({ operationId }),
  });
}
