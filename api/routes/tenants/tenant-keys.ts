import {
  destroyKeyRequestSchema,
  keyDestroyedSchema,
  keyRotatedSchema,
  tenantKeysSchema,
} from '../../../contract/schemas/tenants/key-schema';
import {
  announceDestruction,
  destroyKey,
  listKeyGenerations,
  type KeyGeneration,
} from '../../../registry/keys/generations';
import type { TenantState } from '../../../contract/tenants/states';
import { rotateTenantKey } from '../../../registry/keys/rotation';
import { findTenantKey, TenantKeyDestroyed } from '../../../registry/keys/tenant-keys';
import { findTenant } from '../../../registry/views/tenants';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem, notNow } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { noTenant, tenantParams, unconfirmed } from './tenants';

/** `GET /v1/tenants/{tenantId}/keys`, `POST …/keys:rotate` and `…/keys:destroy`. */
export function tenantKeyRoutes({ pool, keys }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/keys',
      operationId: 'getTenantKeys',
      tag: 'Keys',
      summary: 'List the current and former keys of a tenant’s data',
      access: ['tenants:read', 'operations:operate', 'keys:destroy'],
      params: tenantParams,
      answers: { 200: { description: 'Metadata of the keys, never the keys themselves.', schema: tenantKeysSchema } },
      problems: [],
      handle: async ({ params: { tenantId } }) => {
        if (!(await findTenant(pool, tenantId))) throw noTenant();
        const generations = await listKeyGenerations(pool, tenantId);
        const state = generations.some(({ destroyedAt }) => destroyedAt === null) ? 'present' : 'destroyed';
        return { status: 200, body: { tenantId, state, generations: generations.map(viewGeneration) } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/keys:rotate',
      operationId: 'rotateTenantKey',
      tag: 'Keys',
      summary: 'Give a tenant a new data key',
      description:
        'Everything that the control plane keeps encrypted for the tenant is re-encrypted, and the previous key is destroyed. Reads and writes continue undisturbed. If the tenant has its own key in key management, that key is renewed first. With an `Idempotency-Key`, a repeated request rotates only once.',
      access: ['operations:operate'],
      params: tenantParams,
      idempotent: true,
      answers: { 200: { description: 'The key is rotated.', schema: keyRotatedSchema } },
      problems: ['state-conflict', 'key-destroyed', 'idempotency-key-reused', 'keys-unavailable'],
      handle: async ({ params: { tenantId }, principal, idempotencyKey }) => {
        const tenant = await findTenant(pool, tenantId);
        if (!tenant) throw noTenant();
        const done = await rotateTenantKey(pool, keys, {
          tenantId,
          actor: principal.id,
          idempotencyKey,
          onlyIf: 'active',
        });
        switch (done.outcome) {
          case 'key-destroyed':
            throw new TenantKeyDestroyed(tenantId);
          case 'key-reused':
            throw new ApiProblem('idempotency-key-reused');
          case 'not-now':
            throw notNow(`The tenant is ${done.state}: only the key of an active tenant can be rotated.`);
          default:
            return {
              status: 200,
              body: { tenantId, generation: done.generation },
              replayed: done.outcome === 'repeated',
            };
        }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/keys:destroy',
      operationId: 'destroyTenantKey',
      tag: 'Keys',
      summary: 'Destroy a tenant’s key, and with it everything encrypted under it',
      description:
        'The tenant’s order, secrets, configuration and backups become permanently unreadable, and its API keys stop working. If the tenant has its own key in key management, that key decrypts nothing from then on and is deleted some days later. This cannot be undone.',
      access: ['keys:destroy'],
      params: tenantParams,
      body: destroyKeyRequestSchema,
      answers: { 200: { description: 'The key is destroyed.', schema: keyDestroyedSchema } },
      problems: ['state-conflict', 'legal-hold', 'key-destroyed', 'keys-unavailable'],
      handle: async ({ params: { tenantId }, body, principal }) => {
        const tenant = await findTenant(pool, tenantId);
        if (!tenant) throw noTenant();
        const key = await findTenantKey(pool, tenantId);
        if (!key) throw new TenantKeyDestroyed(tenantId);
        refuseUnlessMeant(tenant, body);
        const { reason } = body;
        const actor = principal.id;
        if (key.provider !== 'local') await announceDestruction(pool, { tenantId, actor, reason });
        // The reversible part comes first, so that a request repeated after a crash completes the rest.
        const ownKeyGoneAt = await keys.scheduleDeletion(key);
        if (!(await destroyKey(pool, { tenantId, actor, reason, wrappingKeyGoneAt: ownKeyGoneAt })))
          throw new TenantKeyDestroyed(tenantId);
        const gone = ownKeyGoneAt ? { ownKeyGoneAt: ownKeyGoneAt.toISOString() } : {};
        return { status: 200, body: { tenantId, state: 'destroyed', ...gone } };
      },
    }),
  ];
}

/** Refuses a tenant that is not active, because its run still needs the key, and a request without the required confirmations. */
function refuseUnlessMeant(
  { state, tenantName }: { state: TenantState; tenantName: string },
  { confirm, whileActive = false }: { confirm: string; whileActive?: boolean | undefined },
): void {
  if (state !== 'active')
    throw notNow(
      state === 'provisioning'
        ? 'The tenant is provisioning: its run needs the key, and destroys it by itself once the tenant is undone.'
        : `The tenant is ${state}: only the key of an active tenant can be destroyed.`,
    );
  const errors = [
    ...unconfirmed({ tenantName }, confirm),
    ...(whileActive ? [] : [{ pointer: '/whileActive', detail: 'The tenant is active: set true to destroy its key.' }]),
  ];
  if (errors.length > 0) throw new ApiProblem('invalid-body', { detail: 'Nothing was destroyed.', errors });
}

function viewGeneration({ generation, provider, keyId, region, createdAt, destroyedAt }: KeyGeneration) {
  return {
    generation,
    provider,
    keyId,
    ...(region === null ? {} : { region }),
    createdAt: createdAt.toISOString(),
    ...(destroyedAt ? { destroyedAt: destroyedAt.toISOString() } : {}),
  };
}
