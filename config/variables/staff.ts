import { z } from 'zod';
import { atLeastOne, count, text, url } from '../value-schemas';
import { variable } from '../variable';

/** The variables with which people sign in to the console. Without an issuer there is no sign-in, and only API tokens are accepted. */
export const staffVariables = {
  STAFF_OIDC_ISSUER: variable(
    // As it is: an issuer is compared character by character, and some end with a slash.
    url(/^https?$/).optional(),
    'the OpenID Connect issuer of the people who operate this; without it there is no sign-in to the console',
    'https://login.example.com/realms/staff',
    'STAFF_OIDC_CLIENT_ID',
  ),
  STAFF_OIDC_CLIENT_ID: variable(text.optional(), 'the console’s client at the issuer', 'console', 'STAFF_OIDC_ISSUER'),
  STAFF_OIDC_CLIENT_SECRET: variable(text.optional(), 'the secret of that client', '…'),
  STAFF_OIDC_CLIENT_SECRET_FILE: variable(
    text.optional(),
    'a file with the secret of that client, in place of STAFF_OIDC_CLIENT_SECRET',
    '/run/secrets/staff-client',
  ),
  STAFF_OIDC_SCOPES: variable(
    z
      .string()
      .regex(/^openid( |$)/, 'must begin with openid')
      .default('openid profile'),
    'the scopes that a sign-in asks for, separated by spaces',
    'openid profile offline_access',
  ),
  STAFF_OIDC_GROUPS_CLAIM: variable(text.default('groups'), 'the claim with a person’s groups', 'groups'),
  STAFF_OIDC_USERNAME_CLAIM: variable(
    text.default('preferred_username'),
    'the claim by which operations and audit trails name a person; `sub` where people can change their user names',
    'sub',
  ),
  STAFF_OIDC_AUDIENCE: variable(
    text.optional(),
    'the audience of access tokens of the issuer that the API accepts beside its own tokens; without it, none',
    'tenant-provisioner',
  ),
  STAFF_ROLES: variable(
    text.optional(),
    'which groups have which roles: JSON, or a file with it',
    '{"operators":["operations:operate","tenants:read"]}',
    'STAFF_OIDC_ISSUER',
  ),
  STAFF_SESSION_IDLE_MINUTES: variable(
    atLeastOne.default(30),
    'minutes without a request after which a person is signed out',
    '30',
  ),
  STAFF_SESSION_HOURS: variable(atLeastOne.default(10), 'hours after which a person must sign in again', '10'),
  STAFF_RECHECK_MINUTES: variable(
    count.default(5),
    'minutes after which the issuer is asked again whether an active person may still sign in and with which groups; 0: with every request',
    '5',
  ),
};
