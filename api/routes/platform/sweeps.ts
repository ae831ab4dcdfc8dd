import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { sweepIdSchema } from '../../../contract/schemas/common';
import {
  findingPageSchema,
  sweepAcceptedSchema,
  sweepPageSchema,
  sweepRequestSchema,
  sweepSchema,
} from '../../../contract/schemas/sweep-schema';
import { sweepIdOf, type SweepInput } from '../../../contract/maintenance/sweeps';
import { listOpenFindings, listSweeps, readSweep } from '../../../registry/views/sweeps';
import { discardSweep, openSweep } from '../../../registry/maintenance/sweeps';
import type { ApiDependencies } from '../../dependencies';
import { causeOf } from '../../http/log';
import { ApiProblem, notNow } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { DEFAULT_LIMIT, pageQuery } from '../list-query';

const params = z.strictObject({ sweepId: sweepIdSchema });

/** `POST` and `GET /v1/sweeps`, `GET /v1/sweeps/{sweepId}` and `GET /v1/quarantine`. */
export function sweepRoutes(dependencies: ApiDependencies): Route[] {
  const { pool } = dependencies;
  return [
    defineRoute({
      method: 'post',
      path: '/v1/sweeps',
      operationId: 'startSweep',
      tag: 'Sweeps',
      summary: 'Search for lost runs and orphaned resources',
      description:
        'Finds lost runs, and orphaned resources at providers. Findings stay in quarantine for a grace period. A later sweep that still finds them resumes the run or removes the resource. Without a body, the sweep is a dry run.',
      access: ['operations:operate'],
      body: sweepRequestSchema,
      bodyOptional: true,
      answers: {
        202: { description: 'Started.', schema: sweepAcceptedSchema, headers: { Location: 'Path of the sweep.' } },
      },
      problems: ['state-conflict', 'temporal-unavailable'],
      handle: async ({ body, principal }) => {
        const { dryRun = true, tenants = [] } = body ?? {};
        const sweepId = sweepIdOf(randomUUID());
        await start(dependencies, { sweepId, requestedBy: principal.id, dryRun, tenants });
        return { status: 202, body: { sweepId }, headers: { location: `/v1/sweeps/${sweepId}` } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/sweeps',
      operationId: 'listSweeps',
      tag: 'Sweeps',
      summary: 'List sweeps, newest first',
      description: 'Findings are left out.',
      access: ['operations:operate'],
      query: pageQuery,
      answers: { 200: { description: 'A page of sweeps.', schema: sweepPageSchema } },
      problems: [],
      handle: async ({ query: { cursor, limit = DEFAULT_LIMIT } }) => ({
        status: 200,
        body: await listSweeps(pool, { after: cursor, limit }),
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/v1/sweeps/{sweepId}',
      operationId: 'getSweep',
      tag: 'Sweeps',
      summary: 'Get what a sweep has found and done',
      access: ['operations:operate'],
      params,
      answers: { 200: { description: 'The sweep with its findings.', schema: sweepSchema } },
      problems: [],
      handle: async ({ params: { sweepId } }) => {
        const sweep = await readSweep(pool, sweepId);
        if (!sweep) throw new ApiProblem('not-found', { detail: 'There is no such sweep.' });
        return { status: 200, body: sweep };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/quarantine',
      operationId: 'listQuarantine',
      tag: 'Sweeps',
      summary: 'List the findings in quarantine, newest first',
      description: 'Lost runs and orphaned resources that sweeps have found and not yet dealt with.',
      access: ['operations:operate'],
      query: pageQuery,
      answers: { 200: { description: 'A page of findings.', schema: findingPageSchema } },
      problems: [],
      handle: async ({ query: { cursor, limit = DEFAULT_LIMIT } }) => ({
        status: 200,
        body: await listOpenFindings(pool, { after: cursor, limit }),
      }),
    }),
  ];
}

/** Starts a sweep. Its row is written first, so that the sweep can be read as soon as its id is known. */
async function start({ pool, runs, logger }: ApiDependencies, input: SweepInput & { sweepId: string }): Promise<void> {
  await openSweep(pool, input);
  const answer = await runs.sweep(input).catch((error: unknown) => {
    logger.warn({ sweepId: input.sweepId, cause: causeOf(error) }, 'a sweep could not be started');
    return 'unanswered' as const;
  });
  if (answer === 'started') return;
  // A sweep may have started although the answer was lost. If it has not, a later sweep closes the row written here.
  if (answer === 'exists') {
    await discardSweep(pool, input.sweepId);
    throw notNow('A requested sweep is under way: the newest of GET /v1/sweeps. Try again when it has ended.');
  }
  throw new ApiProblem('temporal-unavailable', {
    detail: 'Temporal did not answer, so the sweep may not have started. Try again in a moment.',
    headers: { 'retry-after': '5' },
  });
}
