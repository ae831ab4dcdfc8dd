import { dashName } from '../../../contract/ids';

/** What a customer enters at their identity provider as redirect URI. It is known before the tenant is connected. */
export function ssoRedirectUri({ url, realm }: { url: string; realm: string }, tenantId: string): string {
  return `${url}/realms/${encodeURIComponent(realm)}/broker/${dashName(tenantId)}/endpoint`;
}
