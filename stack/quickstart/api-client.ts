import { createClient, dataOf, type Client, type components } from '../../clients/typescript/src/index';
import type { TenantProvisioningRequest } from '../../contract/orders/order';
import type { JSONWebKeySet } from 'jose';
import type { Accepted, Operation } from '../../contract/schemas/operation-schema';
import type { Credentials } from '../../contract/schemas/request-schemas';
import type { Tenant } from '../../contract/schemas/tenants/tenant-schema';
import type { Caller, Tokens } from '../product/tokens';

type Schemas = components['schemas'];

/** What a tenant can be asked to go through. */
export type Change =
  | { verb: 'suspend'; body: Schemas['SuspendRequest'] }
  | { verb: 'resume'; body: Schemas['ResumeRequest'] }
  | { verb: 'deprovision'; body: Schemas['DeprovisionRequest'] };

/** The demonstration's API calls, each with the token of the caller who would make it. All throw unless the answer is a success. */
export interface ApiClient {
  order(order: TenantProvisioningRequest): Promise<Pick<Accepted, 'operationId'>>;
  /** The newest operations, without their results. */
  newestOperations(limit: number): Promise<Operation[]>;
  operation(operationId: string): Promise<Operation>;
  tenant(tenantId: string): Promise<Tenant>;
  approve(operationId: string, comment: string): Promise<void>;
  /** Suspends, resumes or removes a tenant. */
  change(tenantId: string, change: Change): Promise<Pick<Accepted, 'operationId'>>;
  /** The signed certificate of a tenant's removal. */
  certificate(tenantId: string): Promise<unknown>;
  /** The public keys of signed certificates and audit heads. */
  auditKeys(): Promise<JSONWebKeySet>;
  /** Needs no API token, only the one from the welcome mail. */
  claim(tenantId: string, token: string): Promise<Credentials>;
}

/** Creates a client for the API at `url`. */
export function createApiClient(url: string, tokens: Tokens): ApiClient {
  const as = (caller?: Caller): Client =>
    createClient({ baseUrl: url, timeoutMs: 20_000, token: caller === undefined ? undefined : tokens[caller] });
  const signup = as('signup');
  const { api } = signup;
  return {
    order: (order) => signup.provision(order),
    newestOperations: async (limit) =>
      (await dataOf(api.GET('/v1/operations', { params: { query: { limit } } }))).items,
    operation: (operationId) => dataOf(api.GET('/v1/operations/{operationId}', { params: { path: { operationId } } })),
    tenant: (tenantId) => dataOf(api.GET('/v1/tenants/{tenantId}', { params: { path: { tenantId } } })),
    approve: async (operationId, comment) => {
      const body = { decision: 'approve', comment } as const;
      await as('approver').api.POST('/v1/operations/{operationId}/approval', {
        params: { path: { operationId } },
        body,
      });
    },
    change: (tenantId, { verb, body }) => {
      if (verb === 'suspend') return as('support').suspend(tenantId, body);
      if (verb === 'resume') return as('support').resume(tenantId, body);
      return as('offboarding').deprovision(tenantId, body);
    },
    certificate: (tenantId) =>
      dataOf(api.GET('/v1/tenants/{tenantId}/certificate', { params: { path: { tenantId } } })),
    auditKeys: () => dataOf(api.GET('/v1/audit/keys')),
    claim: (tenantId, token) =>
      dataOf(
        as().api.POST('/v1/tenants/{tenantId}/credentials:claim', { params: { path: { tenantId } }, body: { token } }),
      ),
  };
}
