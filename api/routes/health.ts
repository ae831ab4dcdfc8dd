import { z } from 'zod';
import { VERSION } from '../../config/version';
import type { ApiDependencies } from '../dependencies';
import { causeOf } from '../log';
import { defineRoute, type Route } from '../route';

/** Longest a dependency may take to say that it is there, in milliseconds. */
const PATIENCE_MS = 3_000;

const aliveSchema = z
  .strictObject({
    status: z.literal('ok'),
    version: z.string().meta({ description: 'Of this program.', example: '1.2.3' }),
  })
  .meta({ id: 'Alive' });

const readinessSchema = z
  .strictObject({
    status: z.enum(['ready', 'not-ready']),
    checks: z.record(
      z.string(),
      z.strictObject({
        status: z.enum(['up', 'down']),
        ms: z.number().meta({ description: 'How long it took to say so.' }),
      }),
    ),
  })
  .meta({ id: 'Readiness', description: 'Each dependency by its name.' });

/** `GET /healthz` and `GET /readyz`. */
export function healthRoutes({ readiness, logger }: ApiDependencies): Route[] {
  let underWay: Promise<z.output<typeof readinessSchema>> | undefined;

  const look = async (): Promise<z.output<typeof readinessSchema>> => {
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
      description: 'It asks nothing else: for a supervisor that restarts what has died.',
      access: 'public',
      answers: { 200: { description: 'It is.', schema: aliveSchema } },
      problems: [],
      handle: () => Promise.resolve({ status: 200, body: { status: 'ok', version: VERSION } }),
    }),
    defineRoute({
      method: 'get',
      path: '/readyz',
      operationId: 'isReady',
      tag: 'Operating',
      summary: 'Whether everything this process needs is there',
      description: 'While Temporal is down orders are still accepted, and begun later.',
      access: 'public',
      answers: {
        200: { description: 'All of it.', schema: readinessSchema },
        503: { description: 'Not all of it.', schema: readinessSchema },
      },
      problems: [],
      handle: async () => {
        // However many ask at once, each dependency is asked once.
        underWay ??= look().finally(() => (underWay = undefined));
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
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`No answer within ${PATIENCE_MS} ms.`)), { once: true });
  });
  await Promise.race([check(signal), late]);
  return 'up';
}
