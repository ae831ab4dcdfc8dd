import path from 'node:path';
import type { Express } from 'express';
import request, { type Response, type Test } from 'supertest';
import type { z } from 'zod';
import { createApp } from '../../api/app';
import type { ApiDependencies } from '../../api/dependencies';
import { createEstimates } from '../../api/estimates/estimates';
import { EventFeed } from '../../api/events/feed';
import { createLogger } from '../../api/http/log';
import { createMetrics } from '../../api/metrics';
import { publishFigures } from '../../api/metrics/publisher';
import { PROBLEMS, type ProblemType } from '../../api/http/problem-types';
import { ROLES, type Role } from '../../api/access/roles';
import type { Route } from '../../api/http/route';
import { routeTable } from '../../api/http/route-table';
import type { Resolve, ResolveAnswer, StartRun } from '../../api/temporal/operation-runs';
import type { Runs } from '../../api/temporal/runs';
import type { TenantProvisioningRequest } from '../../contract/orders/order';
import type { ScanInput, ScanOutcome } from '../../contract/maintenance/scans';
import type { ExportLinkInput } from '../../contract/exports/links';
import type { BackupTask } from '../../contract/backups/backups';
import type { BillingInput } from '../../contract/billing/billing';
import type { InvoicePage, InvoicesInput, InvoiceView } from '../../contract/billing/invoices';
import type { TrialInput } from '../../contract/tenants/trials';
import type { SweepInput } from '../../contract/maintenance/sweeps';
import { problemSchema, type Problem } from '../../contract/schemas/problem-schema';
import type { Waiting } from '../../registry/evidence/scans';
import { createApiToken } from '../../registry/credentials/api-tokens';
import { loadTemplates } from '../../templates/load';
import { createTestRegistry, testRing, type TestRegistry } from './registry';

/** Where these tests' API says it is reached. */
export const PUBLIC_URL = 'http://provisioner.example';

/** What Temporal would have been told. It can be told to be down. */
export class RecordingRuns implements Runs {
  started: StartRun[] = [];
  signals: { operationId: string; decisionId: string }[] = [];
  cancels: { operationId: string; requestedBy: string }[] = [];
  sweeps: SweepInput[] = [];
  sweepAnswer: Awaited<ReturnType<Runs['sweep']>> = 'started';
  scans: ScanInput[] = [];
  scanned: { activityId: string; outcome: ScanOutcome }[] = [];
  scannersAwaited = true;
  backups: BackupTask[] = [];
  reissues: { tenantId: string; requestedBy: string }[] = [];
  holdSignals: string[] = [];
  trials: TrialInput[] = [];
  billing: BillingInput[] = [];
  billingAssignments = 0;
  /** What the billing provider would list, newest first, by tenant. */
  issued = new Map<string, InvoiceView[]>();
  resolutions: Resolve[] = [];
  down = false;
  resolveAnswer: ResolveAnswer = { answer: 'taken' };
  cancelAnswer: Awaited<ReturnType<Runs['cancel']>> = 'cancelling';

  async start(run: StartRun): Promise<void> {
    this.answer();
    this.started.push(run);
  }
  async signalApproval(operationId: string, decisionId: string): Promise<boolean> {
    this.answer();
    return this.signals.push({ operationId, decisionId }) > 0;
  }
  async cancel(operationId: string, requestedBy: string): Promise<'cancelling' | 'refused' | 'not-running'> {
    this.answer();
    this.cancels.push({ operationId, requestedBy });
    return this.cancelAnswer;
  }
  async resolve(resolution: Resolve): Promise<ResolveAnswer> {
    this.answer();
    this.resolutions.push(resolution);
    return this.resolveAnswer;
  }
  async reissue(tenantId: string, requestedBy: string): Promise<void> {
    this.answer();
    this.reissues.push({ tenantId, requestedBy });
  }
  async sweep(input: SweepInput): Promise<'started' | 'exists'> {
    this.answer();
    this.sweeps.push(input);
    return this.sweepAnswer;
  }
  async scan(input: ScanInput): Promise<'started' | 'exists'> {
    this.answer();
    this.scans.push(input);
    return this.sweepAnswer;
  }
  async completeScan({ activityId }: Waiting, outcome: ScanOutcome): Promise<boolean> {
    this.answer();
    this.scanned.push({ activityId, outcome });
    return true;
  }
  async heartbeatScan(): Promise<boolean> {
    this.answer();
    return this.scannersAwaited;
  }
  async backUp(task: BackupTask): Promise<void> {
    this.answer();
    this.backups.push(task);
  }
  async exportLink({ operationId, volume }: ExportLinkInput): Promise<string> {
    this.answer();
    return `https://store.example/${operationId}/${volume}?signature=none`;
  }
  async invoices({ tenantId, limit, after }: InvoicesInput): Promise<InvoicePage> {
    this.answer();
    const all = this.issued.get(tenantId) ?? [];
    const from = after === undefined ? 0 : all.findIndex(({ invoiceId }) => invoiceId === after) + 1;
    const items = all.slice(from, from + limit);
    return { items, ...(from + limit < all.length ? { nextCursor: items.at(-1)!.invoiceId } : {}) };
  }
  async signalLegalHold(operationId: string): Promise<void> {
    this.answer();
    this.holdSignals.push(operationId);
  }
  async watchTrial(input: TrialInput): Promise<void> {
    this.answer();
    this.trials.push(input);
  }
  async assignBilling(): Promise<void> {
    this.answer();
    this.billingAssignments += 1;
  }
  async watchBilling(input: BillingInput): Promise<void> {
    this.answer();
    this.billing.push(input);
  }
  async ping(): Promise<void> {
    this.answer();
  }

  private answer(): void {
    if (this.down) throw new Error('14 UNAVAILABLE: no connection established');
  }
}

/** An API on a registry of its own. */
export interface ApiHarness {
  app: Express;
  registry: TestRegistry;
  runs: RecordingRuns;
  routes: Route[];
  dependencies: ApiDependencies;
  /** Log lines so far, as text. */
  log: string[];
  /** A token with these roles, held by `name`. */
  token(roles: readonly Role[], name?: string): Promise<string>;
  /** A request with a token of these roles (or, as text, with this token). */
  as(who: readonly Role[] | string): Promise<Client>;
  /** What `GET /metrics` answers once the figures have been computed again. */
  scrape(): Promise<string>;
  stop(): Promise<void>;
}

/** Sends requests with one token. */
export interface Client {
  get(url: string): Test;
  post(url: string, body?: object): Test;
  put(url: string, body: object): Test;
  patch(url: string, body: object): Test;
  delete(url: string, body?: object): Test;
}

/** What an API on this registry depends on. It logs nothing. */
export function apiDependencies({ pool, keys }: Pick<TestRegistry, 'keys' | 'pool'>, runs: Runs): ApiDependencies {
  return {
    pool,
    keys,
    codecRing: testRing(),
    runs,
    events: new EventFeed(pool, createLogger('silent', 'test')),
    estimates: createEstimates({ pool, lastPolled: async () => 'unknown' }),
    templates: loadTemplates(path.resolve(__dirname, '../../templates')),
    approvalDeadlineSeconds: 72 * 3600,
    readiness: { registry: async () => void (await pool.query('select 1')), temporal: () => runs.ping() },
    apiKeyUse: { note: () => {}, flush: () => Promise.resolve() },
    logger: createLogger('silent', 'test'),
    publicUrl: PUBLIC_URL,
    consoleDir: path.resolve(__dirname, '../../dist/console'),
    operatorUrls: { temporalUi: 'http://temporal.example:8233' },
    rateLimit: { perMinute: 100_000, claimsPerMinute: 100_000 },
  };
}

/** Starts an API whose `dependencies` may be replaced in part. */
export async function startApiHarness(replaced: Partial<ApiDependencies> = {}): Promise<ApiHarness> {
  const registry = await createTestRegistry();
  const runs = new RecordingRuns();
  const log: string[] = [];
  const dependencies: ApiDependencies = {
    ...apiDependencies(registry, runs),
    logger: createLogger('debug', 'test', { write: (line) => void log.push(line) }),
    ...replaced,
  };
  const metrics = createMetrics(registry.pool);
  const app = createApp(dependencies, metrics);
  const known = new Map<string, string>();
  const token = async (roles: readonly Role[], name = roles.join('-').replaceAll(':', '-')): Promise<string> => {
    const key = `${name} ${roles.join()}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = await createApiToken(registry.pool, {
      name,
      roles: [...roles],
      expiresAt: new Date(Date.now() + 3_600_000),
    });
    known.set(key, made.token);
    return made.token;
  };
  return {
    app,
    registry,
    runs,
    routes: routeTable(dependencies, metrics),
    dependencies,
    log,
    token,
    as: async (who) => clientOf(app, typeof who === 'string' ? who : await token(who)),
    scrape: async () => {
      await publishFigures({ pool: registry.pool, lastPolled: async () => 'unknown' });
      return (await request(app).get('/metrics')).text;
    },
    stop: async () => {
      await dependencies.events.stop();
      await registry.drop();
    },
  };
}

/** Every role there is. */
export const ALL_ROLES = Object.keys(ROLES) as Role[];

function clientOf(app: Express, token: string): Client {
  return {
    get: (url) => request(app).get(url).auth(token, { type: 'bearer' }),
    patch: (url, body) => request(app).patch(url).auth(token, { type: 'bearer' }).send(body),
    post: (url, body) => {
      const test = request(app).post(url).auth(token, { type: 'bearer' });
      return body === undefined ? test : test.send(body);
    },
    put: (url, body) => request(app).put(url).auth(token, { type: 'bearer' }).send(body),
    delete: (url, body) => {
      const test = request(app).delete(url).auth(token, { type: 'bearer' });
      return body === undefined ? test : test.send(body);
    },
  };
}

let orders = 0;

/** An order that is accepted; each has a name of its own. */
export function order(changes: Partial<TenantProvisioningRequest> = {}): TenantProvisioningRequest {
  orders += 1;
  return {
    tenantName: `harbour-${process.pid}-${orders}`,
    organizationName: 'Harbour Cranes',
    adminUser: { email: 'grace@harbour.example', firstName: 'Grace', lastName: 'Hopper', role: 'owner' },
    subscription: { plan: 'starter', billingCycle: 'monthly', features: [] },
    configuration: {},
    ...changes,
  };
}

/** Asserts that an answer is this problem in every respect, and returns it. */
export function expectProblem(response: Response, type: ProblemType): Problem {
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  const problem = problemSchema.parse(response.body);
  expect({ type: problem.type, status: response.status }).toEqual({
    type: `${PUBLIC_URL}/problems/${type}`,
    status: PROBLEMS[type].status,
  });
  expect(problem.status).toBe(response.status);
  expect(problem.requestId).toBe(response.headers['x-request-id']);
  return problem;
}

/** Asserts status and shape of an answer that is no problem, and returns its body. */
export function expectAnswer<S extends z.ZodType>(response: Response, status: number, schema: S): z.output<S> {
  expect({ status: response.status, body: response.body as unknown }).toMatchObject({ status });
  return schema.parse(response.body);
}
