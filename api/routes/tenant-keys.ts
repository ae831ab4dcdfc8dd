import {
  destroyKeyRequestSchema,
  keyDestroyedSchema,
  keyRotatedSchema,
  tenantKeysSchema,
} from '../../contract/schemas/key-schema';
import { announce } from '../../registry/audit-once';
import { destroyKey, listKeyGenerations, type KeyGeneration } from '../../registry/key-generations';
import { rotateTenantKey } from '../../registry/key-rotation';
import { findTenantKey, TenantKeyDestroyed } from '../../registry/tenant-keys';
import { findTenant } from '../../registry/tenant-views';
import type { ApiDependencies } from '../dependencies';
import { ApiProblem } from '../problems';
import { defineRoute, type Route } from '../route';
import { noTenant, tenantParams, unconfirmed } from './tenants';

/** `GET /v1/tenants/{tenantId}/keys`, `POST …/keys:rotate` and `…/keys:destroy`. */
export function tenantKeyRoutes({ pool, keys }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/keys',
      operationId: 'getTenantKeys',
      tag: 'Keys',
      summary: 'Which keys a tenant’s data lies under, and lay under',
      access: ['tenants:read', 'operations:operate', 'keys:destroy'],
      params: tenantParams,
      answers: { 200: { description: 'What is known of the keys; never a key.', schema: tenantKeysSchema } },
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
        'Everything the control plane keeps encrypted for it is encrypted anew, and the key before is gone; who reads or writes meanwhile notices nothing. Where the tenant has a key of its own in key management, that one is renewed first. With an `Idempotency-Key` the same request is one rotation.',
      access: ['operations:operate'],
      params: tenantParams,
      idempotent: true,
      answers: { 200: { description: 'Done.', schema: keyRotatedSchema } },
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
            throw new ApiProblem('state-conflict', {
              detail: `The tenant is ${done.status}: only an active one’s key is rotated.`,
              allowed: [],
            });
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
      summary: 'Destroy a tenant’s key, and with it what is encrypted under it',
      description:
        'Order, secrets, configuration and backups of the tenant cannot be read by anybody afterwards; its API keys end. A key of the tenant’s own in key management opens nothing from then on and is gone some days later. There is no way back.',
      access: ['keys:destroy'],
      params: tenantParams,
      body: destroyKeyRequestSchema,
      answers: { 200: { description: 'Done.', schema: keyDestroyedSchema } },
      problems: ['state-conflict', 'key-destroyed', 'keys-unavailable'],
      handle: async ({ params: { tenantId }, body, principal }) => {
        const tenant = await findTenant(pool, tenantId);
        if (!tenant) throw noTenant();
        const key = await findTenantKey(pool, tenantId);
        if (!key) throw new TenantKeyDestroyed(tenantId);
        refuseUnlessMeant(tenant, body);
        const { reason } = body;
        const actor = principal.id;
        if (key.provider !== 'local')
          await announce(pool, { tenantId, actor, action: 'key.destruction-begun', detail: { reason } });
        // What can be taken back comes first: repeated after a crash, the rest follows.
        const ownKeyGoneAt = await keys.scheduleDeletion(key);
        if (!(await destroyKey(pool, { tenantId, actor, reason, wrappingKeyGoneAt: ownKeyGoneAt })))
          throw new TenantKeyDestroyed(tenantId);
        const gone = ownKeyGoneAt ? { ownKeyGoneAt: ownKeyGoneAt.toISOString() } : {};
        return { status: 200, body: { tenantId, state: 'destroyed', ...gone } };
      },
    }),
  ];
}

/** A run destroys the key of what it undoes by itself, and needs it until then. */
function refuseUnlessMeant(
  { status, tenantName }: { status: string; tenantName: string },
  { confirm, whileActive = false }: { confirm: string; whileActive?: boolean | undefined },
): void {
  if (status !== 'active')
    throw new ApiProblem('state-conflict', {
      detail: `The tenant is ${status}: its run needs the key, and destroys it when it undoes what it made.`,
      allowed: [],
    });
  const errors = [
    ...unconfirmed({ tenantName }, confirm),
    ...(whileActive ? [] : [{ pointer: '/whileActive', detail: 'The tenant is active. Say true if that is meant.' }]),
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
