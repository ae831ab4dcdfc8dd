import { z } from 'zod';
import {
  scanHeartbeatSchema,
  scanIdSchema,
  scanningSchema,
  scanReportSchema,
  scansSchema,
} from '../../contract/schemas/scan-schema';
import { findRunningScan, listScans, takeReport, type Scan } from '../../registry/scans';
import { findTenant } from '../../registry/tenant-views';
import type { ApiDependencies } from '../dependencies';
import { causeOf } from '../log';
import { ApiProblem } from '../problems';
import { defineRoute, type Route } from '../route';
import { tenantsSeenBy } from '../visibility';
import { noTenant, tenantParams } from './tenants';

const scanParams = z.strictObject({ scanId: scanIdSchema });

const BY_TOKEN =
  'Needs no API token: what the scanner was given is the authorization. Whatever is wrong – the token, the deadline, a scan that is over – the answer is the same.';

/** `POST` and `GET /v1/tenants/{tenantId}/scans`; for scanners `POST /v1/scans/{scanId}:report` and `:heartbeat`. */
export function scanRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, runs } = dependencies;
  return [
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/scans',
      operationId: 'startScan',
      tag: 'Tenants',
      summary: 'Have what was made for a tenant scanned',
      description: 'Besides those that its template schedules. What is found becomes evidence.',
      access: ['operations:operate'],
      params: tenantParams,
      answers: { 202: { description: 'It begins.', schema: scanningSchema } },
      problems: ['state-conflict', 'temporal-unavailable'],
      handle: async ({ params: { tenantId }, principal }) => {
        const tenant = await findTenant(pool, tenantId);
        if (!tenant) throw noTenant();
        if (tenant.status !== 'active' || tenant.region === null)
          throw conflict(`The tenant is ${tenant.status}: only an active one is scanned.`);
        const input = { tenantId, region: tenant.region, requestedBy: principal.id };
        if ((await orUnavailable(dependencies, () => runs.scan(input))) === 'running')
          throw conflict('A scan of this tenant is under way. Ask again when it has ended.');
        return { status: 202, body: { tenantId, status: 'scanning' } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/scans',
      operationId: 'listScans',
      tag: 'Tenants',
      summary: 'List the newest scans of a tenant',
      access: ['tenants:read', 'tenants:order', 'operations:operate'],
      params: tenantParams,
      answers: { 200: { description: 'The scans.', schema: scansSchema } },
      problems: [],
      handle: async ({ params: { tenantId }, principal }) => {
        if (!(await findTenant(pool, tenantId, tenantsSeenBy(principal)))) throw noTenant();
        return { status: 200, body: { items: (await listScans(pool, tenantId)).map(viewScan) } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/scans/{scanId}:report',
      operationId: 'reportScan',
      tag: 'Operating',
      summary: 'For scanners: report, once',
      description: `${BY_TOKEN} The same report may come again.`,
      access: 'public',
      params: scanParams,
      body: scanReportSchema,
      answers: { 204: { description: 'Taken and kept as evidence.' } },
      problems: ['temporal-unavailable'],
      handle: async ({ params: { scanId }, body: { token, ...report } }) => {
        const taken = await takeReport(pool, { scanId, token, report });
        if (!taken) throw noScan();
        const { state, outcome } = taken.scan;
        const result = { scanId, state, ...(outcome === null ? {} : { outcome }) };
        // Kept already: who reports again ends the wait of the run, if it still waits.
        await orUnavailable(dependencies, () => runs.completeScan(taken.scan, result));
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/scans/{scanId}:heartbeat',
      operationId: 'heartbeatScan',
      tag: 'Operating',
      summary: 'For scanners: still at work',
      description: `${BY_TOKEN} A scanner that shows no sign of life for a minute counts as lost.`,
      access: 'public',
      params: scanParams,
      body: scanHeartbeatSchema,
      answers: { 204: { description: 'Go on.' } },
      problems: ['temporal-unavailable'],
      handle: async ({ params: { scanId }, body: { token } }) => {
        const scan = await findRunningScan(pool, scanId, token);
        if (!scan || !(await orUnavailable(dependencies, () => runs.heartbeatScan(scan)))) throw noScan();
        return { status: 204 };
      },
    }),
  ];
}

async function orUnavailable<T>({ logger }: ApiDependencies, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    logger.warn({ cause: causeOf(error) }, 'Temporal could not be told about a scan');
    throw new ApiProblem('temporal-unavailable', {
      detail: 'Send it again in a moment; doing it twice is the same as once.',
      headers: { 'retry-after': '5' },
    });
  }
}

function viewScan({ scanId, scanner, requestedBy, state, outcome, startedAt, endedAt }: Scan): object {
  return {
    ...{ scanId, scanner, requestedBy, state, startedAt: startedAt.toISOString() },
    ...(outcome === null ? {} : { outcome }),
    ...(endedAt === null ? {} : { endedAt: endedAt.toISOString() }),
  };
}

function conflict(detail: string): ApiProblem {
  return new ApiProblem('state-conflict', { detail, allowed: [] });
}

function noScan(): ApiProblem {
  return new ApiProblem('not-found', { detail: 'There is no such scan, it is over, or the token is not its own.' });
}
