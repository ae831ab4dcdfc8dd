import { exportToken } from '../../registry/tenants/export-identity';
import { findMail } from '../../registry/operations/mails';
import { findExport } from '../../registry/tenants/exports';
import { mailId } from '../../providers/mail/mailer';
import { failure } from '../../providers/port/failures';
import type { MailDependencies } from '../dependencies';
import type { ExportActivities } from '../removal/interface-export';

/** What a customer needs to know of the copy of their data. */
export interface ExportNotice {
  /** Hands out the archive's key, once. Absent if the archive is encrypted for a key of the customer's. */
  keyUrl?: string | undefined;
  /** When the archive is deleted; absent while the tenant can still be called back. */
  until?: Date | undefined;
}

/** The export that a removal has made; undefined once there is none any more. */
export async function exportOf(
  { keys, pool, settings }: Pick<MailDependencies, 'keys' | 'pool' | 'settings'>,
  operationId: string,
): Promise<ExportNotice | undefined> {
  const made = await findExport(pool, operationId);
  if (made?.state !== 'ready') return undefined;
  const token = await exportToken(pool, keys, operationId);
  return {
    ...(token === undefined ? {} : { keyUrl: `${settings.publicUrl}/export-key#${made.tenantId}.${token}` }),
    ...(made.expiresAt === null ? {} : { until: made.expiresAt }),
  };
}

/** The activity by which a removal waits for the mail about its export. */
export function createExportMail({ pool }: Pick<MailDependencies, 'pool'>): Pick<ExportActivities, 'awaitExportMail'> {
  return {
    async awaitExportMail({ operationId }) {
      const mail = await findMail(pool, mailId(operationId, 'exported'));
      if (mail?.state === 'pending')
        throw failure('ProviderUnavailable', mail.problem ?? 'The mail about the export is still to be sent.');
      if (mail?.state !== 'refused' && mail?.state !== 'expired') return {};
      return { problem: mail.problem ?? `The mail server did not take the mail: ${mail.state}.` };
    },
  };
}
