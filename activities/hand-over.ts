import type { TenantProvisioningRequest } from '../contract/order';
import { claimToken, issueClaim } from '../registry/claim-tokens';
import { loadTenantKey } from '../registry/tenant-keys';
import { adminUsername } from './adapters/keycloak/admin-user';
import { mailId } from './adapters/mail/mailer';
import { welcomeMail } from './adapters/mail/welcome-mail';
import type { Dependencies } from './dependencies';
import { failure, toFailure } from './failures';

/** Who gets a link, and for what it is issued: the same purpose gives the same token at every attempt. */
export interface HandOver {
  tenantId: string;
  order: TenantProvisioningRequest;
  issuedFor: string;
}

/**
 * Mails the tenant's first admin the link that fetches the first credentials, once. An earlier link for another purpose is void from
 * now on; a retry repeats the same link, so a mail that left before a crash stays good.
 */
export async function sendClaimLink(
  dependencies: Dependencies,
  { tenantId, order, issuedFor }: HandOver,
): Promise<void> {
  const { keycloak, mailer, pool, keys, settings, signal } = dependencies;
  const key = await loadTenantKey(pool, keys, tenantId);
  if (!key) throw failure('InternalError', `Tenant ${tenantId} has no key any more; no link can be issued.`);
  const token = claimToken(key, issuedFor);
  const claimExpires = await issueClaim(pool, tenantId, token);
  const mail = welcomeMail({
    organizationName: order.organizationName,
    username: adminUsername(tenantId),
    adminUrl: keycloak.adminAccessUrl(tenantId),
    claimUrl: `${settings.publicUrl}/claim#${tenantId}.${token}`,
    claimExpires,
  });
  try {
    await mailer.send({ ...mail, to: order.adminUser.email, messageId: mailId(issuedFor, 'welcome') }, signal());
  } catch (error) {
    throw toFailure(error, `welcome mail of tenant ${tenantId}`, mailer.classify);
  }
}
