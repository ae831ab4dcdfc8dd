import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type { DirectoryCall } from '../../port/directory';
import { toFailure } from '../../port/failures';
import { classifyKeycloak } from '../classify';
import type { Session } from '../session';

/** Runs a call of a tenant's directory. Throws failures of the catalogue. */
export type Run = <T>(call: DirectoryCall, work: (client: KeycloakAdminClient) => Promise<T>) => Promise<T>;

/** Creates the {@link Run} of a session. */
export function createRun(session: Session): Run {
  return async ({ tenantId, signal }, work) => {
    try {
      return await session.run(signal, work);
    } catch (error) {
      throw toFailure(error, `Keycloak, directory of tenant ${tenantId}`, classifyKeycloak);
    }
  };
}
