import { API_KEY_PREFIX_LENGTH, newApiKey, storeApiKeys } from '../registry/api-keys';
import type { AuditEvent } from '../registry/audit';
import { announce, appendAuditOnce } from '../registry/audit-once';
import { maybeOne, transaction } from '../registry/database';
import { newTemporaryPassword, TEMPORARY_PASSWORD } from './adapters/keycloak/temporary-password';
import type { Dependencies } from './dependencies';
import { failure, toFailure } from './failures';
import { sendClaimLink } from './hand-over';
import type { Activities } from './interface';
import { loadOperation } from './operation';

/** New first credentials for an admin who lost them; whoever may have seen the old ones is out. */
export function createReissue(dependencies: Dependencies): Pick<Activities, 'reissueCredentials'> {
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

  /** With the entry that the old ones are void: from then on they are. */
  async function replaceApiKeys(wanted: { name: string; scopes: string[] }[], reissued: AuditEvent): Promise<void> {
    const { tenantId } = reissued;
    const secrets = effects.secrets(tenantId, registry.apiKeys.kind);
    const keys = wanted.map(({ name, scopes }) => ({ name, scopes, key: newApiKey() }));
    for (const { name, key } of keys) await secrets.store(name, key);
    await transaction(pool, async (client) => {
      await storeApiKeys(
        client,
        tenantId,
        keys.map((each) => ({ ...each, prefix: each.key.slice(0, API_KEY_PREFIX_LENGTH) })),
      );
      await appendAuditOnce(client, reissued);
    });
  }

  return {
    async reissueCredentials({ tenantId, requestedBy, reissueId }) {
      const row = await maybeOne<{ operation_id: string }>(
        pool,
        `select operation_id from operation where tenant_id = $1 and kind = 'provision' and status = 'active'`,
        [tenantId],
      );
      if (!row) throw failure('OperationNotFound', `Tenant ${tenantId} is not active.`);
      const { template } = await loadOperation(dependencies, row.operation_id);
      const { passwordLength, apiKeys } = template.configuration.security;
      const about = { tenantId, actor: requestedBy, detail: { reissueId } };
      await announce(pool, { ...about, action: 'credentials.reissue-begun' });
      await replacePassword(tenantId, passwordLength);
      await replaceApiKeys(apiKeys, { ...about, action: 'credentials.reissued' });
      // Last, when everything the link fetches is new.
      const operationId = row.operation_id;
      await sendClaimLink(dependencies, {
        ...{ tenantId, operationId, again: true },
        issuedFor: `${operationId}.${reissueId}`,
      });
    },
  };
}
