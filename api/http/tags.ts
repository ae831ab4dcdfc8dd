/** The sections of the OpenAPI document, in order, with their descriptions. */
export const TAGS = {
  Tenants: 'Order tenants, and see what was created for each.',
  Operations:
    'Follow the runs that change a tenant, approve or cancel them, and resolve those that wait for an operator.',
  Events: 'Follow what happens, live or page by page.',
  Credentials: 'Hand over the first credentials of a tenant’s first admin.',
  'API keys': 'Keys with which a tenant’s own programs call the product.',
  'Feature flags': 'Change the feature flags of a tenant, and evaluate them by OFREP with its API keys.',
  Directories: 'Tokens with which a customer’s own directory provisions people and groups by SCIM 2.0.',
  'Sign-in': 'How the people of a tenant sign in: the company’s domains and its own identity provider.',
  'Legal holds': 'Keep everything that a tenant has, until a court or a lawyer lets it go.',
  Usage: 'Report what tenants use, and see what they have used of their limits.',
  Keys: 'The data key under which a tenant’s order, secrets, configuration and backups are encrypted.',
  Backups: 'Make, test and restore backups of tenants’ databases.',
  Exports: 'Download everything that a tenant has, before it is removed.',
  Audit: 'Audit trails, their signed heads, and the discrepancies found in them.',
  Webhooks: 'Endpoints of callers to which events are sent, and the messages to each of them.',
  Monitoring: 'What servers of alert rules report about tenants.',
  Billing: 'What the billing provider reports, and what was found in tenants’ billing.',
  Templates: 'What each plan provisions, and which parts of it an order may change.',
  Regions: 'Where tenants can be placed, and how much room is left there.',
  Sweeps: 'Searches for lost runs and orphaned resources.',
  Operating: 'Health, metrics, reports from scanners, the Temporal codec and this document.',
} as const;

/** One of {@link TAGS}. */
export type Tag = keyof typeof TAGS;
