import { newApiKey, storeApiKeys } from '../../registry/credentials/api-keys';
import type { AuditEvent } from '../../registry/audit/trail';
import { announce, appendAuditOnce } from '../../registry/audit/append-once';
import { transaction } from '../../registry/database';
import { findStanding } from '../../registry/tenants/tenants';
import { newTemporaryPassword, TEMPORARY_PASSWORD } from '../../providers/keycloak/passwords/temporary-password';
import type { Dependencies, KindName, MailDependencies } from '../dependencies';
import { failure, toFailure } from '../../providers/port/failures';
import { sendClaimLink } from './hand-over';
import type { Activities } from '../operations/interface';
import { loadOperation } from '../operations/load-operation';

interface ReissueDependencies extends MailDependencies {
  effects: Pick<Dependencies['effects'], 'secrets'>;
  keycloak: MailDependencies['keycloak'] &
    Pick<Dependencies['keycloak'], 'classify' | 'replacePassword'> & { adminUser: KindName };
  registry: { apiKeys: KindName };
}

/** Issues new first credentials for an admin who has lost them, and locks out anyone who may have seen the old ones. */
export function createReissue(dependencies: ReissueDependencies): Pick<Activities, 'reissueCredentials'> {
  const { effects, keycloak, pool, registry, signal } = dependencies;

  async function replacePassword(tenantId: string, length: number): Promise<void> {
    const password = newTemporaryPassword(length);
    await effects.secrets(tenantId, keycloak.adminUser.kind).store(TEMPORARY_PASSWORD, password);
    try {
      await keycloak.replacePassword(tenantId, password, signal());
    } catch (error) {
      throw toFailure(error, `password of tenant ${tenantId}`, keycloak.classify);
    }
  }

  /** Replaces the API keys, in one transaction with the audit entry that the old ones are void. */
  async function replaceApiKeys(wanted: { name: string; scopes: string[] }[], reissued: AuditEvent): Promise<void> {
    const { tenantId } = reissued;
    const secrets = effects.secrets(tenantId, registry.apiKeys.kind);
    const keys = wanted.map(({ name, scopes }) => ({ name, scopes, key: newApiKey() }));
    for (const { name, key } of keys) await secrets.store(name, key);
    await transaction(pool, async (client) => {
      await storeApiKeys(client, tenantId, keys);
      await appendAuditOnce(client, reissued);
    });
  }

  return {
    async reissueCredentials({ tenantId, requestedBy, reissueId }) {
      const tenant = await findStanding(pool, tenantId);
      if (tenant?.state !== 'active') throw failure('OperationNotFound', `Tenant ${tenantId} is not active.`);
      const { operationId } = tenant;
      const { template } = await loadOperation(dependencies, operationId);
      const { passwordLength, apiKeys } = template.configuration.security;
      const about = { tenantId, actor: requestedBy, detail: { reissueId } };
      await announce(pool, { ...about, action: 'credentials.reissue-begun' });
      await replacePassword(tenantId, passwordLength);
      await replaceApiKeys(apiKeys, { ...about, action: 'credentials.reissued' });
      // The link goes out last, when all the credentials behind it are new.
      await sendClaimLink(dependencies, {
        tenantId,
        operationId,
        again: true,
        issuedFor: `${operationId}.${reissueId}`,
      });
    },
  };
}
