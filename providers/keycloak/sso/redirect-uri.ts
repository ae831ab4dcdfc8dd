import { dashName } from '../../../contract/ids';

/** A realm, which is reached at `url`. */
interface Realm {
  url: string;
  realm: string;
}

/** Our entity id at a customer's SAML identity provider. */
export function ssoEntityId({ url, realm }: Realm): string {
  return `${url}/realms/${encodeURIComponent(realm)}`;
}

/** What a customer enters at their identity provider as redirect URI. It is known before the tenant is connected. */
export function ssoRedirectUri(realm: Realm, tenantId: string): string {
  return `${ssoEntityId(realm)}/broker/${dashName(tenantId)}/endpoint`;
}
