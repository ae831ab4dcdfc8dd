import { SSO_KIND } from '../../contract/identity/sso';
import { findSsoRequest, type SsoRequest } from '../../registry/identity/sso';
import { forgetUnusedConnections } from '../../registry/identity/sso-changes';
import { listStanding } from '../../registry/ledger/changes';
import { failure } from '../../providers/port/failures';
import type { Dependencies } from '../dependencies';
import { rememberingProbes } from '../verification/probes';
import { REPEAT_AFTER_MS } from '../verification/verify';
import type { SsoActivities } from './interface';

/** Single sign-on: the customer's own identity provider, made, connected, verified and disconnected. */
export function createConfigureSso({
  activity,
  effects,
  keycloak,
  kinds,
  pool,
  signal,
}: Pick<Dependencies, 'activity' | 'effects' | 'kinds' | 'pool' | 'signal'> & {
  keycloak: Pick<Dependencies['keycloak'], 'sso'>;
}): SsoActivities {
  return {
    async configureSso({ operationId, step }) {
      const { tenantId, connects } = await load(operationId);
      const sso = connects ? operationId : null;
      const [standing] = await findStanding(tenantId);
      // A tenant that never had single sign-on has nothing to end.
      if (!standing && sso === null) return;
      if (!standing)
        await effects.ensure(kinds.of(keycloak.sso), { operationId, tenantId, step, region: 'global' }, {});
      await effects.convergeStep({ operationId, tenantId, step, kind: SSO_KIND }, { sso });
    },

    async verifySso({ operationId }) {
      const { tenantId } = await load(operationId);
      const [row] = await findStanding(tenantId);
      if (!row) return;
      const doubt = {
        about: ({ passed }: { passed: boolean }) => !passed,
        pausesMs: REPEAT_AFTER_MS,
        signal: signal(),
      };
      const probes = await rememberingProbes(pool, { tenantId, operationId, askedBy: activity() }, doubt);
      const { sso } = row.settings;
      await probes.of(row.provider, row.region)('identity.sso', async () => {
        const { state } = await effects.lookUp(row, { sso: sso ?? undefined });
        const claim =
          typeof sso === 'string'
            ? 'the identity provider is linked to the organization and is as it was configured'
            : 'the identity provider is there and has no connection';
        return [{ id: 'identity.sso', claim, passed: state === 'present', answered: state }];
      });
      const wrong = (await probes.keep()).filter(({ passed }) => !passed);
      if (wrong.length > 0)
        throw failure(
          'VerificationFailed',
          `The identity provider of tenant ${tenantId} is not as it was configured: Keycloak answered ${wrong[0]!.answered}. Look for changes made by hand, then retry.`,
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

  async function findStanding(tenantId: string) {
    return (await listStanding(pool, tenantId)).filter(({ kind }) => kind === SSO_KIND);
  }
}
