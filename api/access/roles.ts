/** The roles of API tokens, and what each permits. */
export const ROLES = {
  'tenants:order':
    'Order tenants; view and cancel the caller’s own operations; download exports of the caller’s own tenants.',
  'tenants:read': 'View all operations and tenants, and the application’s configuration for each tenant.',
  'approvals:decide': 'View all operations; approve or reject customizations that others have ordered.',
  'operations:operate':
    'View everything; cancel operations and resolve those that wait for an operator; run sweeps and scans; make, test and restore backups; download exports; reissue credentials; reconcile tenants; rotate tenants’ keys; list and revoke API keys and SCIM tokens; accept audit findings and resolve findings in billing; see all webhook endpoints, switch them on and off and deliver their messages again; decode payloads for the Temporal Web UI.',
  'tenants:suspend':
    'Suspend tenants and resume them; move and end trials; view all tenants and operations; cancel the caller’s own operations.',
  'tenants:deprovision':
    'Remove tenants, after a grace period; view all tenants and operations; cancel the caller’s own operations.',
  'legal-hold:manage': 'Place, change and lift legal holds on tenants; view all tenants and operations.',
  'keys:destroy': 'Destroy a tenant’s key, and with it everything that is encrypted under that key.',
  'api-keys:manage': 'Manage the API keys, the SCIM tokens, the domains and the single sign-on of every tenant.',
  'flags:manage': 'View and change the feature flags of every tenant.',
  'webhooks:manage':
    'Create, change and delete the caller’s own webhook endpoints, which receive events about what the caller may view.',
  'usage:write': 'Report what tenants use; meant for the application that tenants use.',
  'alerts:report': 'Report alerts of tenants; meant for the servers that evaluate alert rules.',
  'api-keys:verify': 'Verify API keys; meant for the application that customers call with them.',
} as const;

/** One of {@link ROLES}. */
export type Role = keyof typeof ROLES;

/** Whether a text is one of {@link ROLES}. */
export function isRole(text: string): text is Role {
  return Object.hasOwn(ROLES, text);
}
