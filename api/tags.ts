/** The groups of the documentation, in its order, each with what is in it. */
export const TAGS = {
  Tenants: 'Order tenants, and see what was made for each.',
  Operations: 'Follow the runs that change a tenant, approve or cancel them, and decide about those that wait.',
  Credentials: 'The first credentials of a tenant’s first admin.',
  'API keys': 'Keys that a tenant’s own programs call the product with.',
  Keys: 'The data key that everything of a tenant is encrypted under.',
  Backups: 'Backups of tenants’ databases: made, tested, restored.',
  Audit: 'Audit trails, their signed heads, and what was found of them.',
  Templates: 'What each plan provisions, and what of it an order may change.',
  Regions: 'Where tenants can be, and how much room is left there.',
  Sweeps: 'Searches for lost runs and for resources that belong to no tenant.',
  Operating: 'Health, metrics, evidence, scans and this document.',
} as const;

/** One of {@link TAGS}. */
export type Tag = keyof typeof TAGS;
