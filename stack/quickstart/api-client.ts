import type { TenantProvisioningRequest } from '../../contract/order';
import type { Accepted, Operation } from '../../contract/schemas/operation-schema';
import type { Credentials } from '../../contract/schemas/request-schemas';
import type { Tenant } from '../../contract/schemas/tenant-schema';
import type { Caller, Tokens } from '../product-tokens';

/** The calls of the API the demonstration makes, each as the caller who would make it. All throw when the answer is not a success. */
export interface ApiClient {
  order(order: TenantProvisioningRequest): Promise<Accepted>;
  /** The newest operations, without their results. */
  newestOperations(limit: number): Promise<Operation[]>;
  operation(operationId: string): Promise<Operation>;
  tenant(tenantId: string): Promise<Tenant>;
  approve(operationId: string, comment: string): Promise<void>;
  /** Without any token but the one of the welcome mail. */
  claim(tenantId: string, token: string): Promise<Credentials>;
}

/** A client of the API at `url`. */
export function createApiClient(url: string, tokens: Tokens): ApiClient {
  const call = async (caller: Caller | undefined, method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(caller && { authorization: `Bearer ${tokens[caller]}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${problemIn(text)}`);
    return JSON.parse(text);
  };
  return {
    order: (order) => call('signup', 'POST', '/v1/tenants', order) as Promise<Accepted>,
    newestOperations: async (limit) =>
      ((await call('signup', 'GET', `/v1/operations?limit=${limit}`)) as { items: Operation[] }).items,
    operation: (operationId) => call('signup', 'GET', `/v1/operations/${operationId}`) as Promise<Operation>,
    tenant: (tenantId) => call('signup', 'GET', `/v1/tenants/${tenantId}`) as Promise<Tenant>,
    approve: async (operationId, comment) => {
      await call('approver', 'POST', `/v1/operations/${operationId}/approval`, { decision: 'approve', comment });
    },
    claim: (tenantId, token) =>
      call(undefined, 'POST', `/v1/tenants/${tenantId}/credentials:claim`, { token }) as Promise<Credentials>,
  };
}

/** What a problem document says, for a person; the text itself if it is none. */
function problemIn(text: string): string {
  try {
    const {
      title,
      detail,
      errors = [],
    } = JSON.parse(text) as {
      title?: string;
      detail?: string;
      errors?: { pointer: string; detail: string }[];
    };
    const fields = errors.map((error) => `${error.pointer}: ${error.detail}`);
    return [title, detail, ...fields].filter(Boolean).join(' – ');
  } catch {
    return text.slice(0, 300);
  }
}
