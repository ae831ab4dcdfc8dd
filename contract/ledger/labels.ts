import { GLOBAL_REGION } from '../maintenance/sweeps';

/** What people call each kind of resource. Kinds that a later version adds are named by {@link resourceLabel} all the same. */
export const RESOURCE_LABELS: Readonly<Record<string, string>> = {
  'api-keys': 'API keys',
  'billing-customer': 'Billing customer',
  'billing-subscription': 'Subscription',
  'edge-route': 'Route at the edge',
  'idp-admin-user': 'First admin’s login',
  'idp-groups': 'Login groups',
  'idp-organization': 'Login organization',
  'kms-key': 'Key of its own at the key service',
  'kubernetes-namespace': 'Kubernetes namespace',
  'monitoring-account': 'Monitoring account',
  'pool-placement': 'Place in the compute pool',
  'pooled-share': 'Share of the pooled database',
  'postgres-database': 'Database',
  'postgres-login': 'Database login',
  'postgres-owner': 'Database owner',
  'postgres-readonly': 'Read-only database login',
  'postgres-schema': 'Database schema',
  'storage-access-key': 'Storage access key',
  'tenant-key': 'Data key',
  backups: 'Backups',
  bucket: 'Storage bucket',
  configuration: 'Configuration',
  reservation: 'Reserved name and capacity',
  run: 'Run of an operation',
};

/** What people call each provider of resources. */
export const PROVIDER_LABELS: Readonly<Record<string, string>> = {
  aws: 'AWS',
  caddy: 'Caddy',
  keycloak: 'Keycloak',
  kubernetes: 'Kubernetes',
  postgres: 'PostgreSQL',
  registry: 'control plane’s database',
  stripe: 'Stripe',
  temporal: 'Temporal',
  victoria: 'VictoriaMetrics and VictoriaLogs',
  versity: 'object store (Versity)',
};

/** A kind of resource for people: "Database schema" of `postgres-schema`. */
export function resourceLabel(kind: string): string {
  return own(RESOURCE_LABELS, kind) ?? capital(kind.replaceAll('-', ' '));
}

/** A provider for people: "PostgreSQL" of `postgres`. */
export function providerLabel(provider: string): string {
  return own(PROVIDER_LABELS, provider) ?? provider;
}

/** A provider for people, with the place that it serves: "PostgreSQL in eu-central"; the place is left out for one without regions. */
export function providerText(provider: string, region: string): string {
  const name = providerLabel(provider);
  // There is one registry for all regions, also where the ledger names the region that a row of it is about.
  return region === GLOBAL_REGION || provider === 'registry' ? name : `${name} in ${region}`;
}

/** A resource and its provider, as the first words of a message: "Database schema of tenant k7m2 (PostgreSQL in eu-central)". */
export function resourceSubject(of: ResourcePlace): string {
  return `${resourceLabel(of.kind)} of tenant ${of.tenantId} (${providerText(of.provider, of.region)})`;
}

/** One tenant's resource of a kind, and where it is. */
export interface ResourcePlace {
  kind: string;
  provider: string;
  /** `global` for providers without regions. */
  region: string;
  tenantId: string;
}

function own(names: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined;
}

/** Words that begin with a capital letter. */
export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
