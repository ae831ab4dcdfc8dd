import { claimToken, issueClaim, issueFirstClaim } from '../../registry/credentials/claim-tokens';
import { transaction } from '../../registry/database';
import { enqueueMails, type Letter } from '../../registry/operations/mails';
import { loadTenantKey } from '../../registry/keys/tenant-keys';
import { mailId } from '../../providers/mail/mailer';
import type { MailDependencies } from '../dependencies';
import { sendNow } from '../notices/mail/mail-delivery';

/** The tenant that gets a claim link. The same `issuedFor` yields the same token on every attempt. */
export interface HandOver {
  tenantId: string;
  operationId: string;
  issuedFor: string;
  /** Whether to void the earlier link and the mail that carries it. */
  again: boolean;
}

/**
 * Mails the tenant's first admin the link that fetches the first credentials once. A retry repeats the same link, so a mail that was sent
 * before a crash stays valid. Resolves when the mail is stored; it is sent as soon as the mail server accepts it.
 */
export async function sendClaimLink(
  dependencies: MailDependencies,
  { tenantId, operationId, issuedFor, again }: HandOver,
): Promise<void> {
  const { pool, keys } = dependencies;
  const key = await loadTenantKey(pool, keys, tenantId);
  // Without the key there is nothing left to hand over: the credentials were encrypted under it.
  if (!key) return;
  const token = claimToken(key, issuedFor);
  const letter: Letter = {
    purpose: 'welcome',
    recipient: 'first-admin',
    operationId,
    detail: { issuedFor, again },
    mailId: mailId(issuedFor, 'welcome'),
    replaces: again ? ['welcome'] : [],
  };
  await transaction(pool, async (client) => {
    await (again ? issueClaim : issueFirstClaim)(client, tenantId, token);
    await enqueueMails(client, [letter]);
  });
  await sendNow(dependencies, [letter]);
}
