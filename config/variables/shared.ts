import { z } from 'zod';
import { tracing } from './tracing';
import { count, hostAndPort, nameServers, networks, ring, text, url, web } from '../value-schemas';
import { variable } from '../variable';

/** Variables that API and worker share. */
export const registry = {
  REGISTRY_URL: variable(
    url(/^postgres(?:ql)?$/),
    'the control plane’s database, with the login that API and worker use',
    'postgres://registry:…@127.0.0.1:5432/registry',
  ),
  REGISTRY_POOL_SIZE: variable(count.default(10), 'connections of this process to the control plane’s database', '10'),
  KEY_RING: variable(ring, 'keys that wrap the tenants’ keys, newest first: id:base64 of 32 bytes', 'k1:…'),
  CODEC_KEY_RING: variable(
    ring,
    'keys that encrypt the payloads sent to Temporal, newest first: id:base64 of 32 bytes',
    'c1:…',
  ),
  LOG_LEVEL: variable(
    z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
    'least severe level that is logged',
    'info',
  ),
  TEMPORAL_UI_URL: variable(
    web.optional(),
    'the Temporal Web UI, for links and to let it decrypt payloads through the API',
    'http://127.0.0.1:8233',
  ),
  TEMPLATES_DIR: variable(text.default('templates'), 'the folder with the plans’ templates', './templates'),
  COMPENSATION_SECONDS: variable(
    count.default(900),
    'seconds for which the undo of one step is tried before its leftovers go to an operator',
    '900',
  ),
  PUBLIC_URL: variable(
    web.optional(),
    'where callers and mail readers reach the API',
    'https://provisioner.example.com',
  ),
  WEBHOOK_INTERNAL_NETWORKS: variable(
    networks.default([]),
    'networks in CIDR notation, comma separated, with receivers of webhooks whose addresses are not public; they may also be reached by http',
    '10.20.0.0/16',
  ),
  DNS_SERVERS: variable(
    nameServers.default([]),
    'name servers that are asked for the records of tenants’ domains, comma separated, each with an optional port; without them, those of the operating system',
    '192.0.2.53,192.0.2.54:5353',
  ),
  EDGE_ADDRESS: variable(
    hostAndPort.optional(),
    'host and port at which the edge serves tenants’ own domains over TLS; without it, none are served',
    'edge.example.com:443',
  ),
  ...tracing,
};

/** Variables of the programs that migrate the registry. */
export const owner = {
  REGISTRY_OWNER_URL: variable(
    url(/^postgres(?:ql)?$/).optional(),
    'the login that owns the control plane’s database and migrates it; without it nothing prevents changes to the audit trail',
    'postgres://registry_owner:…@127.0.0.1:5432/registry',
  ),
};

/** The service client with which API and worker administer Keycloak. */
export const keycloakClient = {
  KEYCLOAK_REALM: variable(text.default('tenants'), 'the realm that all tenants share', 'tenants'),
  KEYCLOAK_CLIENT_ID: variable(
    text.default('provisioner'),
    'a service client in Keycloak’s master realm',
    'provisioner',
  ),
};
