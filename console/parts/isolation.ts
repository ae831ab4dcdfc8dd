import type { components } from '../../clients/typescript/generated/api';

type Isolation = components['schemas']['ProvisioningTemplate']['resources']['database']['isolation'];

/** How a plan keeps a tenant's rows apart from those of others, for people. */
export const ISOLATION: Readonly<Record<Isolation, string>> = {
  pooled: 'tables shared with others',
  schema: 'a schema of its own',
  database: 'a database of its own',
};
