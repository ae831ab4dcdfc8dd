import { z } from 'zod';
import { VERSION } from '../../../config/version';
import type { ApiDependencies } from '../../dependencies';
import { causeOf } from '../../http/log';
import { defineRoute, type Route } from '../../http/route';

/** Longest a dependency may take to answer, in milliseconds. */
const TIMEOUT_MS = 3_000;

const aliveSchema = z
  .strictObject({
    status: z.literal('ok'),
    version: z.string().meta({ description: 'Version of this program.', example: '1.2.3' }),
  })
  .meta({ id: 'Alive' });

const readinessSchema = z
  .strictObject({
    status: z.enum(['ready', 'not-ready']),
    checks: z.record(
      z.string(),
      z.strictObject({
        status: z.enum(['up', 'down']),
        ms: z.number().meta({ description: 'Duration of the check in milliseconds.' }),
      }),
    ),
  })
  .meta({ id: 'Readiness', description: 'State of each dependency, by name.' });

/** `GET /healthz` and `GET /readyz`. */
export function healthRoutes({ readiness, logger }: ApiDependencies): Route[] {
  let underWay: Promise<z.output<typeof readinessSchema>> | undefined;

  const checkAll = async (): Promise<z.output<typeof readinessSchema>> => {
    const checks = await Promise.all(
      Object.entries(readiness).map(async ([name, check]) => {
        const began = performance.now();
        const status = await isUp(check).catch((error: unknown) => {
          logger.warn({ dependency: name, cause: causeOf(error) }, 'a dependency is not ready');
          return 'down' as const;
        });
        return [name, { status, ms: Math.round(performance.now() - began) }] as const;
      }),
    );
    const ready = checks.every(([, { status }]) => status === 'up');
    return { status: ready ? 'ready' : 'not-ready', checks: Object.fromEntries(checks) };
  };

  return [
    defineRoute({
      method: 'get',
      path: '/healthz',
      operationId: 'isAlive',
      tag: 'Operating',
      summary: 'Whether this process is alive',
      description: 'Checks nothing else. Meant for a supervisor that restarts dead processes.',
      access: 'public',
      answers: { 200: { description: 'The process is alive.', schema: aliveSchema } },
      problems: [],
      handle: () => Promise.resolve({ status: 200, body: { status: 'ok', version: VERSION } }),
    }),
    defineRoute({
      method: 'get',
      path: '/readyz',
      operationId: 'isReady',
      tag: 'Operating',
      summary: 'Whether this process and everything it needs is ready',
      description: 'While Temporal is down, orders are still accepted and are started later.',
      access: 'public',
      answers: {
        200: { description: 'Every dependency is up.', schema: readinessSchema },
        503: { description: 'At least one dependency is down.', schema: readinessSchema },
      },
      problems: [],
      handle: async () => {
        // Concurrent requests share one round of checks.
        underWay ??= checkAll().finally(() => (underWay = undefined));
        const result = await underWay;
        return {
          status: result.status === 'ready' ? 200 : 503,
          body: result,
          headers: { 'cache-control': 'no-store' },
        };
      },
    }),
  ];
}

async function isUp(check: (signal: AbortSignal) => Promise<void>): Promise<'up'> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const timeout = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`No answer within ${TIMEOUT_MS} ms.`)), { once: true });
  });
  await Promise.race([check(signal), timeout]);
  return 'up';
}
