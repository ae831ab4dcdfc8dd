import { keycloakClient, owner, registry } from './shared';
import { staffVariables } from './staff';
import { appDomain, count, flag, text, web, webhookSecrets } from '../value-schemas';
import { variable } from '../variable';

/** Variables of the API. */
export const api = {
  ...registry,
  ...owner,
  HOST: variable(text.default('127.0.0.1'), 'the address to listen on', '127.0.0.1'),
  PORT: variable(count.default(8080), 'the port to listen on; 0 selects any free port', '8080'),
  TRUSTED_PROXIES: variable(
    count.default(0),
    'number of proxies in front of the API, which are trusted to name the caller’s address',
    '1',
  ),
  CONSOLE_DIR: variable(
    text.default('dist/console'),
    'the folder with the built web console, which `npm run build` fills',
    './dist/console',
  ),
  APPROVAL_DEADLINE_HOURS: variable(
    count.default(72),
    'hours an approver has before the order counts as rejected',
    '72',
  ),
  ACCEPT_UNVERIFIED_APPROVAL: variable(
    flag.default(true),
    'whether a signal that bypasses the API may approve an order',
    'true',
  ),
  RATE_LIMIT_PER_MINUTE: variable(count.default(600), 'requests one caller may send per minute', '600'),
  VERIFICATIONS_PER_MINUTE: variable(
    count.default(60_000),
    'API keys one caller may verify per minute, and evaluations of flags per tenant',
    '60000',
  ),
  STRIPE_WEBHOOK_SECRET: variable(
    webhookSecrets.optional(),
    'the signing secret of Stripe’s endpoint for events; two, comma separated, while one replaces the other; without it events are refused',
    'whsec_…',
  ),
  STRIPE_TEST_CARDS: variable(
    flag.default(false),
    'whether people who order are told Stripe’s test cards; only where Stripe is a local stand-in or in test mode',
    'false',
  ),
  APP_DOMAIN: variable(
    appDomain.optional(),
    'the domain below which tenants are reached: <tenantName>.<this>; without it the API leaves it to the worker to refuse our own domains as custom domains',
    'app.example.com',
  ),
  REGIONS_FILE: variable(text.optional(), 'the file that lists the regions', './regions.yaml'),
  KEYCLOAK_URL: variable(
    web.optional(),
    'the identity provider; without it the API serves no directories',
    'https://login.example.com',
    'KEYCLOAK_CLIENT_SECRET',
  ),
  ...keycloakClient,
  KEYCLOAK_CLIENT_SECRET: variable(text.optional(), 'the secret of that service client', '…', 'KEYCLOAK_URL'),
  ...staffVariables,
};
