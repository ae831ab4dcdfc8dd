import type { Request, RequestHandler, Response } from 'express';
import type pg from 'pg';
import { tenantIdSchema } from '../../contract/schemas/common';
import type { Directory, DirectoryCall } from '../../providers/port/directory';
import { findScimTenant, noteScimTokenUse, type ScimTenant } from '../../registry/credentials/scim-tokens';
import type { DirectoryTemplate } from '../../templates/template';
import { bearer } from '../access/auth';
import { ScimError } from './errors';
import type { DirectoryFor } from './recorded-directory';

/** What a handler of SCIM requests gets: the tenant whose token the request carries. */
export interface ScimContext {
  call: DirectoryCall;
  plan: DirectoryTemplate;
  directory: Directory;
  baseUrl: string;
}

/** What {@link identifyTenant} has found out about a request. */
interface Identified {
  tenantId: string;
  keyId: string;
  plan: DirectoryTemplate;
}

/** Milliseconds for one request. Microsoft Entra ID gives up after a minute. */
const TIME_LIMIT_MS = 50_000;

/** Identifies the tenant by its token. Any tenant's path is answered 401 without a current token of that tenant, also one that never existed. */
export function identifyTenant(pool: pg.Pool): RequestHandler {
  return async (request, response, next) => {
    const { data: tenantId } = tenantIdSchema.safeParse(request.params['tenantId']);
    const token = bearer(request);
    if (tenantId === undefined || token === undefined) throw unauthenticated();
    const tenant = await findScimTenant(pool, tenantId, token);
    if (!tenant) throw unauthenticated();
    request.principal = { id: `scim:${tenantId}/${tenant.name}`, name: tenant.name, roles: [] };
    if (tenant.useIsDue) await noteScimTokenUse(pool, tenant.keyId);
    response.locals['scim'] = { tenantId, keyId: tenant.keyId, plan: openDirectory(tenant) } satisfies Identified;
    next();
  };
}

/** The context of a request that {@link identifyTenant} has let in. */
export function contextOf(
  request: Request,
  response: Response,
  { directoryFor, baseUrl }: { directoryFor: DirectoryFor | undefined; baseUrl: (tenantId: string) => string },
): ScimContext {
  const { tenantId, keyId, plan } = response.locals['scim'] as Identified;
  if (!directoryFor)
    throw new ScimError(
      501,
      'This installation serves no directories: its API has no identity provider (KEYCLOAK_URL).',
    );
  // A client that hangs up does not stop a change half-way.
  const call = { tenantId, signal: AbortSignal.timeout(TIME_LIMIT_MS) };
  return { call, plan, directory: directoryFor(keyId), baseUrl: baseUrl(tenantId) };
}

function openDirectory({ state, access, directory }: ScimTenant): DirectoryTemplate {
  if (state === 'suspended')
    throw new ScimError(
      403,
      access === 'read-only'
        ? 'The tenant is suspended and read-only: its directory cannot be changed. Provisioning continues once it is resumed.'
        : 'The tenant is suspended: its directory is closed. Provisioning continues once it is resumed.',
    );
  if (state === 'leaving') throw new ScimError(403, 'The tenant is being removed: its directory is closed.');
  if (state !== 'active') throw unauthenticated();
  if (!directory) throw new ScimError(403, 'The tenant’s plan no longer includes a directory.');
  return directory;
}

function unauthenticated(): ScimError {
  return new ScimError(
    401,
    'The token is missing, unknown, expired, revoked or another tenant’s. The provider of the product creates tokens.',
    undefined,
    { 'www-authenticate': 'Bearer realm="scim"' },
  );
}
