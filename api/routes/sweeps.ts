import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { sweepIdSchema } from '../../contract/schemas/common';
import {
  findingPageSchema,
  sweepAcceptedSchema,
  sweepPageSchema,
  sweepRequestSchema,
  sweepSchema,
} from '../../contract/schemas/sweep-schema';
import { sweepIdOf, type SweepInput } from '../../contract/sweeps';
import { listOpenFindings, listSweeps, readSweep } from '../../registry/sweep-views';
import { discardSweep, openSweep } from '../../registry/sweeps';
import type { ApiDependencies } from '../dependencies';
import { causeOf } from '../log';
import { ApiProblem } from '../problems';
import { defineRoute, type Route } from '../route';
import { DEFAULT_LIMIT, pageQuery } from './list-query';

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
      summary: 'Look for what no run sees',
      description:
        'Lost runs, and things at providers that nobody owns. What is found stays in quarantine for a while; a later sweep that still meets it resumes or removes it. Without a body it is a dry run.',
      access: ['operations:operate'],
      body: sweepRequestSchema,
      bodyOptional: true,
      answers: {
        202: { description: 'Begun.', schema: sweepAcceptedSchema, headers: { Location: 'The sweep.' } },
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
      description: 'Without their findings.',
      access: ['operations:operate'],
      query: pageQuery,
      answers: { 200: { description: 'A page.', schema: sweepPageSchema } },
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
      summary: 'What a sweep has found and done',
      access: ['operations:operate'],
      params,
      answers: { 200: { description: 'The sweep.', schema: sweepSchema } },
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
      summary: 'List what is in quarantine, newest first',
      description: 'What sweeps have met that nobody owns and about which nothing has been done yet.',
      access: ['operations:operate'],
      query: pageQuery,
      answers: { 200: { description: 'A page.', schema: findingPageSchema } },
      problems: [],
      handle: async ({ query: { cursor, limit = DEFAULT_LIMIT } }) => ({
        status: 200,
        body: await listOpenFindings(pool, { after: cursor, limit }),
      }),
    }),
  ];
}

/** Opened first, so that whoever gets the id can look at it at once. */
async function start({ pool, runs, logger }: ApiDependencies, input: SweepInput & { sweepId: string }): Promise<void> {
  await openSweep(pool, input);
  const answer = await runs.sweep(input).catch((error: unknown) => {
    logger.warn({ sweepId: input.sweepId, cause: causeOf(error) }, 'a sweep could not be begun');
    return 'unanswered' as const;
  });
  if (answer === 'started') return;
  // One that was not answered may have begun all the same; if it has not, a later sweep closes what was opened here.
  if (answer === 'running') {
    await discardSweep(pool, input.sweepId);
    throw new ApiProblem('state-conflict', {
      detail:
        'A sweep that somebody asked for is under way: the newest of GET /v1/sweeps. Ask again when it has ended.',
      allowed: [],
    });
  }
  throw new ApiProblem('temporal-unavailable', {
    detail: 'Nothing is known to have begun. Ask again in a moment.',
    headers: { 'retry-after': '5' },
  });
}
