import type { RemovalCertificate } from '../schemas/tenants/certificate-schema';

/** Version of the format. A verifier refuses versions it does not know. */
export const CERTIFICATE_VERSION = 1;

/** `typ` in the signature's header. It prevents anything else signed with the key from passing for a certificate. */
export const CERTIFICATE_TYPE = 'removal-certificate+jws';

/** Action of the audit entry that records a certificate. It is the entry after the one that the certificate names. */
export const CERTIFIED = 'removal.certified';

/** Name of the audit trail among what stays. Every certificate names it. */
export const AUDIT_TRAIL = 'audit trail';

/** A certificate id: `rc_` and the digits of a UUID. */
export function certificateIdOf(uuid: string): string {
  return `rc_${uuid.replaceAll('-', '')}`;
}

/** The result in one sentence. It names every accepted leftover, so that a reader cannot overlook them. */
export function headlineOf({ tenantId, accepted }: Pick<RemovalCertificate, 'tenantId' | 'accepted'>): string {
  if (accepted.length === 0) return `Tenant ${tenantId} is removed.`;
  const named = accepted.map(({ kind, provider, region, name }) => `${kind} ${name} (${provider}, ${region})`);
  return `Tenant ${tenantId} is removed except for ${named.join('; ')}.`;
}
