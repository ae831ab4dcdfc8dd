/** Path of all SCIM services; one tenant's is below it. */
export const SCIM_PATH = '/scim/v2';

/** Base URL of a tenant's SCIM service, without a trailing slash. */
export function scimBaseUrl(publicUrl: string, tenantId: string): string {
  return `${publicUrl}${SCIM_PATH}/${tenantId}`;
}
