import { z } from 'zod';
import {
  scanHeartbeatSchema,
  scanIdSchema,
  scanningSchema,
  scanReportSchema,
  scansSchema,
} from '../../../contract/schemas/tenants/scan-schema';
import { findRunningScan, listScans, takeReport, type Scan } from '../../../registry/evidence/scans';
import { findTenant } from '../../../registry/views/tenants';
import type { ApiDependencies } from '../../dependencies';
import { causeOf } from '../../http/log';
import { ApiProblem, notNow } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { tenantsSeenBy } from '../../access/visibility';
import { noTenant, tenantParams } from './tenants';

const scanParams = z.strictObject({ scanId: scanIdSchema });

const BY_TOKEN =
  'The token that the scanner was given authorizes the call. A wrong token, a passed deadline and a scan that has ended all get the same answer.';

/** `POST` and `GET /v1/tenants/{tenantId}/scans`; for scanners `POST /v1/scans/{scanId}:report` and `:heartbeat`. */
export function scanRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, runs } = dependencies;
  return [
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/scans',
      operationId: 'startScan',
      tag: 'Tenants',
      summary: 'Scan what was created for a tenant',
      description: 'In addition to the scans that its template schedules. Findings become evidence.',
      access: ['operations:operate'],
      params: tenantParams,
      answers: { 202: { description: 'The scan is starting.', schema: scanningSchema } },
      problems: ['state-conflict', 'temporal-unavailable'],
      handle: async ({ params: { tenantId }, principal }) => {
        const tenant = await findTenant(pool, tenantId);
        if (!tenant) throw noTenant();
        if (tenant.state !== 'active' || tenant.region === null)
          throw notNow(`The tenant is ${tenant.state}: only an active tenant is scanned.`);
        const input = { tenantId, region: tenant.region, requestedBy: principal.id };
        if ((await orUnavailable(dependencies, () => runs.scan(input))) === 'exists')
          throw notNow('A scan of this tenant is under way. Try again when it has ended.');
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
      summary: 'For scanners: report the result, once',
      description: `${BY_TOKEN} The same report may be sent again.`,
      access: 'public',
      params: scanParams,
      body: scanReportSchema,
      answers: { 204: { description: 'The report is accepted and kept as evidence.' } },
      problems: ['temporal-unavailable'],
      handle: async ({ params: { scanId }, body: { token, ...report } }) => {
        const taken = await takeReport(pool, { scanId, token, report });
        if (!taken) throw noScan();
        const { state, outcome } = taken.scan;
        const result = { scanId, state, ...(outcome === null ? {} : { outcome }) };
        // The report is stored by now. A repeated report still ends the run's wait, if the first one did not reach the run.
        await orUnavailable(dependencies, () => runs.completeScan(taken.scan, result));
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/scans/{scanId}:heartbeat',
      operationId: 'heartbeatScan',
      tag: 'Operating',
      summary: 'For scanners: signal that the scan is still running',
      description: `${BY_TOKEN} A scanner that sends nothing for a minute counts as lost.`,
      access: 'public',
      params: scanParams,
      body: scanHeartbeatSchema,
      answers: { 204: { description: 'Continue the scan.' } },
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
    logger.warn({ cause: causeOf(error) }, 'Temporal could not be reached about a scan');
    throw new ApiProblem('temporal-unavailable', {
      detail: 'Temporal did not answer. Send the request again in a moment; a repeat has no further effect.',
      headers: { 'retry-after': '5' },
    });
  }
}

function viewScan({ scanId, scanner, requestedBy, state, outcome, startedAt, endedAt }: Scan): object {
  return {
    scanId,
    scanner,
    requestedBy,
    state,
    startedAt: startedAt.toISOString(),
    ...(outcome === null ? {} : { outcome }),
    ...(endedAt === null ? {} : { endedAt: endedAt.toISOString() }),
  };
}

function noScan(): ApiProblem {
  return new ApiProblem('not-found', { detail: 'There is no such scan, it has ended, or the token is wrong.' });
}
