import { z } from 'zod';
import { endpointIdSchema } from '../../../contract/schemas/common';
import type { EndpointView } from '../../../contract/schemas/webhooks/endpoint-schema';
import { findEndpoint, type WebhookEndpoint } from '../../../registry/webhooks/endpoints';
import type { Principal } from '../../access/auth';
import type { Role } from '../../access/roles';
import { endpointsSeenBy } from '../../access/visibility';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem } from '../../http/problems';

/** Path parameters of an endpoint's routes. */
export const endpointParams = z.strictObject({ endpointId: endpointIdSchema });

/** Roles that change their own endpoints. */
export const OWNERS: readonly Role[] = ['webhooks:manage'];

/** Roles that look at endpoints, and have messages delivered again: their own, or any as an operator. */
export const OWNERS_AND_OPERATORS: readonly Role[] = ['webhooks:manage', 'operations:operate'];

/** An endpoint that the caller may see. */
export async function seenEndpoint(
  { pool }: Pick<ApiDependencies, 'pool'>,
  endpointId: string,
  principal: Principal,
): Promise<WebhookEndpoint> {
  const endpoint = await findEndpoint(pool, endpointId, endpointsSeenBy(principal));
  if (!endpoint) throw noEndpoint();
  return endpoint;
}

/** An endpoint of the caller. */
export async function ownEndpoint(
  { pool }: Pick<ApiDependencies, 'pool'>,
  endpointId: string,
  principal: Principal,
): Promise<WebhookEndpoint> {
  const endpoint = await findEndpoint(pool, endpointId, principal.id);
  if (!endpoint) throw noEndpoint();
  return endpoint;
}

/** Refuses to send anything to a disabled endpoint. */
export function requireEnabled({ disabledAt }: WebhookEndpoint): void {
  if (disabledAt)
    throw new ApiProblem('state-conflict', {
      detail: 'The endpoint is disabled. Enable it first.',
      allowed: ['enable'],
    });
}

export function noEndpoint(): ApiProblem {
  return new ApiProblem('not-found', { detail: 'There is no such webhook endpoint.' });
}

/** An endpoint as the API shows it. */
export function viewEndpoint(endpoint: WebhookEndpoint): EndpointView {
  const { endpointId, owner, url, eventTypes, createdAt } = endpoint;
  const { disabledAt, disabledBecause, failingSince, previousSecretUntil } = endpoint;
  const overlaps = previousSecretUntil !== null && previousSecretUntil > new Date();
  return {
    endpointId,
    owner,
    url,
    ...(eventTypes ? { eventTypes } : {}),
    state: disabledAt ? 'disabled' : 'enabled',
    ...(disabledBecause ? { disabledBecause } : {}),
    ...(disabledAt ? { disabledAt: disabledAt.toISOString() } : {}),
    ...(failingSince ? { failingSince: failingSince.toISOString() } : {}),
    ...(overlaps ? { previousSecretUntil: previousSecretUntil.toISOString() } : {}),
    createdAt: createdAt.toISOString(),
  };
}
