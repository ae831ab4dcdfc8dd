import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { StackState } from '../processes/state';
import { STAFF, type StaffRealm } from '../staff';
import type { Endpoints, RunningEdge } from '../types';

const JURISDICTIONS: Record<string, string> = { 'eu-central': 'EU', 'us-east': 'US' };

/** Configuration of the product's processes. */
export interface ProductEnvironment {
  /** Environment variables for the API and the worker; each reads those that it needs. */
  env: Record<string, string>;
  publicUrl: string;
}

/** The API's port, which stays the same between runs. Call this once in each run. */
export function apiPort(state: StackState): Promise<number> {
  return state.port('api');
}

/**
 * The API's complete environment, of which the worker shares most. The API needs only the registry and Temporal; with a Keycloak it serves
 * directories, and people can sign in if it has their realm.
 */
export function apiEnvironment(
  state: StackState,
  port: number,
  { postgres, temporal, keycloak, edge }: Pick<Endpoints, 'postgres' | 'temporal' | 'keycloak' | 'edge'>,
): Record<string, string> {
  if (!postgres || !temporal)
    throw new Error('The API needs PostgreSQL and Temporal. See above why they are unavailable.');
  return {
    REGISTRY_URL: postgres.registry.url,
    ...(postgres.registry.ownerUrl === undefined ? {} : { REGISTRY_OWNER_URL: postgres.registry.ownerUrl }),
    KEY_RING: `local-1:${key(state, 'key-ring')}`,
    CODEC_KEY_RING: `codec-1:${key(state, 'codec-key-ring')}`,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TEMPORAL_UI_URL: temporal.ui,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    APP_DOMAIN: 'app.example.com',
    HOST: '127.0.0.1',
    PORT: String(port),
    STRIPE_TEST_CARDS: 'true',
    STRIPE_WEBHOOK_SECRET: `whsec_${state.secret('stripe.webhook')}`,
    ...(edge?.running === undefined ? {} : edgeVariables(edge.running)),
    ...(keycloak === undefined ? {} : keycloakVariables(keycloak)),
    ...(keycloak?.staff === undefined ? {} : staffVariables(keycloak.staff)),
  };
}

/** Every proof of a domain is looked for at the edge's name server, where it can be published with a request. */
function edgeVariables({ address, nameServer }: RunningEdge): Record<string, string> {
  return { EDGE_ADDRESS: address, DNS_SERVERS: nameServer };
}

function keycloakVariables({
  url,
  clientId,
  clientSecret,
}: Pick<NonNullable<Endpoints['keycloak']>, 'url' | 'clientId' | 'clientSecret'>): Record<string, string> {
  return { KEYCLOAK_URL: url, KEYCLOAK_CLIENT_ID: clientId, KEYCLOAK_CLIENT_SECRET: clientSecret };
}

function staffVariables({ issuer, clientId, clientSecret, audience }: StaffRealm): Record<string, string> {
  return {
    STAFF_OIDC_ISSUER: issuer,
    STAFF_OIDC_CLIENT_ID: clientId,
    STAFF_OIDC_CLIENT_SECRET: clientSecret,
    STAFF_OIDC_AUDIENCE: audience,
    STAFF_ROLES: JSON.stringify(STAFF),
  };
}

/**
 * The product's configuration for a running stack: writes the regions file to `dir` and returns the environment that fills its
 * placeholders. Keys and ports are kept in `state`, so that a later run can decrypt what an earlier one encrypted. `apiAt` is the API's
 * port, if already chosen. Throws if a server is missing.
 */
export async function productEnvironment(
  dir: string,
  state: StackState,
  endpoints: Endpoints,
  apiAt?: number,
): Promise<ProductEnvironment> {
  const { postgres, temporal, s3, keycloak, stripe, mail, kubernetes, scanner, edge } = endpoints;
  if (!postgres || !temporal || !s3 || !keycloak || !stripe || !mail)
    throw new Error(
      'The product needs PostgreSQL, Temporal, S3, Keycloak, a server with Stripe’s API, and mail. See above which is missing.',
    );
  const port = apiAt ?? (await apiPort(state));
  // The worker never gets the credentials of the registry's owner, and needs neither a client for the sign-in nor the secret of Stripe's events nor words for those who order.
  const {
    REGISTRY_OWNER_URL: _owner,
    STRIPE_TEST_CARDS: _cards,
    STRIPE_WEBHOOK_SECRET: _secret,
    ...shared
  } = apiEnvironment(state, port, { postgres, temporal, ...(edge && { edge }) });
  const env: Record<string, string> = {
    ...shared,
    AUDIT_SIGNING_KEY: signingKey(state),
    ...keycloakVariables(keycloak),
    STRIPE_API_KEY: stripe.apiKey,
    STRIPE_API_BASE: stripe.url,
    SMTP_URL: mail.smtp,
    MAIL_FROM: 'provisioner@example.com',
    OPERATOR_MAIL: 'operators@example.com',
    APPROVER_MAIL: 'approvers@example.com',
    REGIONS_FILE: join(dir, 'regions.yaml'),
    ...(scanner === undefined ? {} : { S3SCANNER_BIN: scanner.command }),
    ...(edge?.running === undefined ? {} : caddyVariables(edge.running)),
  };
  const regions = Object.entries(postgres.regions).map(([name, database]) => {
    const prefix = name.toUpperCase().replaceAll('-', '_');
    const store = s3[name];
    if (!store) throw new Error(`Region ${name} has a database but no object store.`);
    env[`${prefix}_DATABASE_URL`] = database.url;
    env[`${prefix}_S3_ACCESS_KEY_ID`] = store.accessKeyId;
    env[`${prefix}_S3_SECRET_ACCESS_KEY`] = store.secretAccessKey;
    // Only one of the two regions has the cluster, so an order without a region must be placed there.
    const cluster = kubernetes && name === 'eu-central' ? { kubernetes: clusterOf(name, kubernetes.kubeconfig) } : {};
    return {
      name,
      jurisdiction: JURISDICTIONS[name] ?? 'EU',
      database: { cells: [{ name: `${name}-db-1`, url: `\${${prefix}_DATABASE_URL}`, capacity: 2000 }] },
      storage: {
        provider: 'versity',
        name: `${name}-s3-1`,
        endpoint: store.endpoint,
        adminEndpoint: store.adminEndpoint,
        region: store.region,
        accessKeyId: `\${${prefix}_S3_ACCESS_KEY_ID}`,
        secretAccessKey: `\${${prefix}_S3_SECRET_ACCESS_KEY}`,
        capacity: 2000,
      },
      compute: { pool: [1, 2].map((n) => ({ name: `${name}-cell-${n}`, capacityCpuMillis: 500_000 })), ...cluster },
    };
  });
  writeFileSync(join(dir, 'regions.yaml'), stringify({ regions }), { mode: 0o600 });
  return { env, publicUrl: `http://127.0.0.1:${port}` };
}

function caddyVariables({ adminUrl, upstream, storageDir, rootsFile }: RunningEdge): Record<string, string> {
  return {
    EDGE_UPSTREAM: upstream,
    EDGE_ROOTS_FILE: rootsFile,
    CADDY_ADMIN_URL: adminUrl,
    CADDY_STORAGE_DIR: storageDir,
  };
}

function clusterOf(region: string, kubeconfig: string): object {
  return { name: `${region}-k8s-1`, kubeconfig, capacityCpuMillis: 500_000 };
}

/** An Ed25519 private key in PKCS #8: a fixed prefix, then the key's 32 random bytes (RFC 8410). */
function signingKey(state: StackState): string {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  return Buffer.concat([prefix, Buffer.from(key(state, 'audit-signing-key'), 'base64')]).toString('base64');
}

/** A 32-byte key in base64, derived from the 192 random bits of a stored secret. */
function key(state: StackState, name: string): string {
  return createHash('sha256').update(state.secret(name)).digest('base64');
}
