import createTypedFetch, { type Client as TypedFetch } from 'openapi-fetch';
import { IDEMPOTENT_PATHS, type components, type paths } from '../generated/api';
import { createConnection, problemOf, type ConnectionOptions } from './connection';
import { follow, presentPosition, type FollowOptions } from './follow';
import { operationHandle, type OperationHandle } from './operation-handle';
import type { Event, EventType, Order, Plan } from './types';

type Schemas = components['schemas'];

/** How to make a request that changes something. */
export interface ChangeOptions {
  /** A key of your own, with which the request can be repeated even from another process; a random one by default. */
  idempotencyKey?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** Which events to follow. */
export interface EventsOptions extends FollowOptions {
  types?: readonly EventType[] | undefined;
  /** Only events about the tenant with this id. */
  tenant?: string | undefined;
  /** Only events about tenants of this plan. */
  plan?: Plan | undefined;
}

/** A client of the tenant provisioner. Every method rejects with `ApiError` for a refusal and with `ConnectionFailed` without an answer. */
export interface Client {
  /** Every route of the API with its types. Rejects as the other methods do, so `dataOf` is the shortest way to an answer. */
  readonly api: TypedFetch<paths>;
  /** Orders a tenant. */
  provision(order: Order, options?: ChangeOptions): Promise<OperationHandle>;
  suspend(tenantId: string, request: Schemas['SuspendRequest'], options?: ChangeOptions): Promise<OperationHandle>;
  resume(tenantId: string, request?: Schemas['ResumeRequest'], options?: ChangeOptions): Promise<OperationHandle>;
  /** Removes a tenant after a grace period. */
  deprovision(
    tenantId: string,
    request: Schemas['DeprovisionRequest'],
    options?: ChangeOptions,
  ): Promise<OperationHandle>;
  /** An operation that was accepted earlier. */
  operation(operationId: string): Promise<OperationHandle>;
  /**
   * Reports what tenants have used, and resolves with what became of each record: look at those that are `refused`. A request without an answer is
   * sent again, because a record counts once.
   */
  reportUsage(
    report: Schemas['UsageReport'],
    options?: Pick<ChangeOptions, 'signal'>,
  ): Promise<Schemas['UsageReceipt']>;
  /** Events about everything the token may see, from now on or after a position; each once, over cut connections. Does not end by itself. */
  events(options?: EventsOptions): AsyncIterable<Event>;
}

/** Creates a client. Sends nothing yet. */
export function createClient(options: ConnectionOptions): Client {
  const connection = createConnection(options);
  const { baseUrl } = connection;
  const api = createTypedFetch<paths>({ baseUrl, fetch: connection.sendSafely });
  api.use({
    onRequest: ({ request, schemaPath }) => {
      const isRepeatable = request.method === 'POST' && IDEMPOTENT_PATHS.has(schemaPath);
      if (isRepeatable && !request.headers.has('Idempotency-Key'))
        request.headers.set('Idempotency-Key', crypto.randomUUID());
    },
    onResponse: async ({ request, response }) => {
      if (!response.ok) throw await problemOf(request, response);
    },
  });

  function handle({ operationId, tenantId }: { operationId: string; tenantId: string }): OperationHandle {
    return operationHandle({
      baseUrl,
      operationId,
      tenantId,
      read: (signal) => read(operationId, signal),
      follow: (how) => follow({ connection, url: new URL(`${baseUrl}/v1/operations/${operationId}/events`) }, how),
    });
  }

  const read = (operationId: string, signal?: AbortSignal) =>
    dataOf(api.GET('/v1/operations/{operationId}', { params: { path: { operationId } }, ...signalOf({ signal }) }));

  return {
    api,
    provision: async (body, how = {}) =>
      handle(await dataOf(api.POST('/v1/tenants', { params: keyOf(how), body, ...signalOf(how) }))),
    suspend: async (tenantId, body, how = {}) => {
      const params = { path: { tenantId }, ...keyOf(how) };
      return handle(await dataOf(api.POST('/v1/tenants/{tenantId}:suspend', { params, body, ...signalOf(how) })));
    },
    resume: async (tenantId, body = {}, how = {}) => {
      const params = { path: { tenantId }, ...keyOf(how) };
      return handle(await dataOf(api.POST('/v1/tenants/{tenantId}:resume', { params, body, ...signalOf(how) })));
    },
    deprovision: async (tenantId, body, how = {}) => {
      const params = { path: { tenantId }, ...keyOf(how) };
      return handle(await dataOf(api.POST('/v1/tenants/{tenantId}:deprovision', { params, body, ...signalOf(how) })));
    },
    reportUsage: (body, how = {}) => {
      // The header marks the request as one that may be repeated; the records themselves say what is the same.
      const headers = { 'Idempotency-Key': crypto.randomUUID() };
      return dataOf(api.POST('/v1/usage', { body, headers, ...signalOf(how) }));
    },
    operation: async (operationId) => handle(await read(operationId)),
    async *events({ types, tenant, plan, ...how } = {}) {
      const url = new URL(`${baseUrl}/v1/events`);
      const filter = { types: types?.join(','), tenant, plan };
      for (const [name, value] of Object.entries(filter)) if (value !== undefined) url.searchParams.set(name, value);
      // Without a known position, a connection that is cut before the first event would lose what happens in between.
      const after = how.after ?? (await presentPosition({ connection, url }, how));
      yield* follow({ connection, url }, { ...how, after });
    },
  };
}

/** The body of a successful answer. */
export async function dataOf<T>(answer: Promise<{ data?: T; response: Response }>): Promise<NonNullable<T>> {
  const { data, response } = await answer;
  if (data === undefined || data === null) throw new Error(`The answer ${response.status} has no body.`);
  return data;
}

function keyOf({ idempotencyKey }: ChangeOptions): { header?: { 'Idempotency-Key': string } } {
  return idempotencyKey === undefined ? {} : { header: { 'Idempotency-Key': idempotencyKey } };
}

function signalOf({ signal }: ChangeOptions): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}
