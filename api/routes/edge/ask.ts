import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { EDGE_ASK_PATH } from '../../../contract/edge/route';
import { isServedAtEdge } from '../../../registry/edge/connections';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';

/** Milliseconds before which no answer is given, so that its time does not tell how much was looked up. */
const ANSWER_MS = 50;

/** `GET /edge/ask`. Source: https://caddyserver.com/docs/json/apps/tls/automation/on_demand/permission/http/ */
export function edgeAskRoutes({ pool }: Pick<ApiDependencies, 'pool'>): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: EDGE_ASK_PATH,
      operationId: 'askEdge',
      tag: 'Operating',
      summary: 'Say whether the edge may obtain a certificate for a host name',
      description:
        'The edge asks before it obtains a certificate or renews one. Only domains that an active tenant has proved, and that its route serves, are answered with 200. The answer takes equally long whatever it is.',
      access: 'public',
      query: z.strictObject({ domain: z.string().max(253).meta({ example: 'app.acme.example' }) }),
      answers: { 200: { description: 'It may.', contentType: 'text/plain' } },
      problems: ['not-found'],
      handle: async ({ query: { domain } }) => {
        const [served] = await Promise.all([isServedAtEdge(pool, domain.toLowerCase()), sleep(ANSWER_MS)]);
        if (!served) throw new ApiProblem('not-found', { detail: 'The edge serves no such host.' });
        return { status: 200, body: 'served', contentType: 'text/plain' };
      },
    }),
  ];
}
