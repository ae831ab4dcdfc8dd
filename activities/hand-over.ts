import { claimToken, issueClaim, issueFirstClaim } from '../registry/claim-tokens';
import { transaction } from '../registry/database';
import { enqueueMails, type Letter } from '../registry/mails';
import { loadTenantKey } from '../registry/tenant-keys';
import { mailId } from './adapters/mail/mailer';
import type { Dependencies } from './dependencies';
import { sendNow } from './mail-delivery';

/** Who gets a link, and for what it is issued: the same purpose gives the same token at every attempt. */
export interface HandOver {
  tenantId: string;
  operationId: string;
  issuedFor: string;
  /** An earlier link, and the mail with it, is void from now on. */
  again: boolean;
}

/**
 * Mails the tenant's first admin the link that fetches the first credentials, once. A retry repeats the same link, so a mail that left before
 * a crash stays good. Resolves when the mail is written down; it is sent as soon as the mail server takes it.
 */
export async function sendClaimLink(
  dependencies: Dependencies,
  { tenantId, operationId, issuedFor, again }: HandOver,
): Promise<void> {
  const { pool, keys } = dependencies;
  const key = await loadTenantKey(pool, keys, tenantId);
  // There is nothing to hand over any more: the credentials were encrypted under the key.
  if (!key) return;
  const token = claimToken(key, issuedFor);
  const letter: Letter = {
    ...{ purpose: 'welcome', recipient: 'first-admin', operationId, detail: { issuedFor, again } },
    mailId: mailId(issuedFor, 'welcome'),
    replaces: again ? ['welcome'] : [],
  };
  await transaction(pool, async (client) => {
    await (again ? issueClaim : issueFirstClaim)(client, tenantId, token);
    await enqueueMails(client, [letter]);
  });
  await sendNow(dependencies, [letter]);
}
