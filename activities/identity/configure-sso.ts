import { SSO_KIND } from '../../contract/identity/sso';
import { findSsoRequest, type SsoRequest } from '../../registry/identity/sso';
import { forgetUnusedConnections } from '../../registry/identity/sso-changes';
import { failure } from '../../providers/port/failures';
import type { Dependencies } from '../dependencies';
import { configureResource, verifyConfigured, type ConfigureDependencies } from '../operations/configure-resource';
import type { SsoActivities } from './interface';

/** Single sign-on: the customer's own identity provider, made, connected, verified and disconnected. */
export function createConfigureSso(
  dependencies: ConfigureDependencies & { keycloak: Pick<Dependencies['keycloak'], 'sso'> },
): SsoActivities {
  const { effects, keycloak, pool } = dependencies;
  return {
    async configureSso({ operationId, step }) {
      const { tenantId, connects } = await load(operationId);
      const sso = connects ? operationId : null;
      const wanted = { kind: keycloak.sso, spec: {}, settings: { sso }, ends: !connects };
      await configureResource(dependencies, { operationId, tenantId, step }, wanted);
    },

    async verifySso({ operationId }) {
      const { tenantId } = await load(operationId);
      await verifyConfigured(
        dependencies,
        { operationId, tenantId, kind: SSO_KIND, probe: 'identity.sso' },
        async (row) => {
          const { sso } = row.settings;
          const { state } = await effects.lookUp(row, { sso: sso ?? undefined });
          const claim =
            typeof sso === 'string'
              ? 'the identity provider is linked to the organization and is as it was configured'
              : 'the identity provider exists but is not connected';
          return { id: 'identity.sso', claim, passed: state === 'present', answered: state };
        },
        (answered) =>
          `The identity provider of tenant ${tenantId} is not as it was configured: Keycloak answered ${answered}. Look for changes made by hand, then retry.`,
      );
    },

    async forgetUnusedSso({ operationId }) {
      const { tenantId } = await load(operationId);
      await forgetUnusedConnections(pool, tenantId);
    },
  };

  async function load(operationId: string): Promise<SsoRequest> {
    const request = await findSsoRequest(pool, operationId);
    if (!request) throw failure('OperationNotFound', `There is no operation ${operationId} in the registry.`);
    return request;
  }
}
