import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { underscoreName } from '../../../contract/ids';
import { plan } from '../../helpers/product';
import type { FaultRun } from '../journal';
import { REGION } from '../proxies/lines';
import { approve, orderWaiting, recovered, type Scenario, type World } from './scenario';

/** A fault of a process or its connection. */
interface Blow {
  /** Target; a sample has one fault per target. */
  to: 'the worker' | 'the control plane' | 'a provider';
  seconds: number;
  strike: (world: World) => Promise<void>;
}

/** Faults that hit the processes while tenants of all kinds are being made and undone. */
const BLOWS: Record<string, Blow> = {
  'SIGKILL of the worker': {
    to: 'the worker',
    seconds: 32,
    strike: async ({ system: { product } }) => {
      await product.kill('worker');
      await product.restart('worker');
    },
  },
  'SIGTERM of the worker': {
    to: 'the worker',
    seconds: 18,
    strike: async ({ system: { product } }) => {
      await product.kill('worker', 'SIGTERM');
      await product.restart('worker');
    },
  },
  'SIGSTOP of the worker for 30 s': {
    to: 'the worker',
    seconds: 50,
    strike: async ({ system: { product } }) => {
      await product.kill('worker', 'SIGSTOP');
      // Longer than the heartbeat time-out: Temporal reassigns the activities, and the worker resumes in the middle of them.
      await sleep(30_000);
      await product.kill('worker', 'SIGCONT');
    },
  },
  'SIGKILL of the API': {
    to: 'the control plane',
    seconds: 8,
    strike: async ({ system: { product } }) => {
      await product.kill('api');
      await product.restart('api');
    },
  },
  'SIGKILL of Temporal': { to: 'the control plane', seconds: 30, strike: ({ system }) => system.crash('temporal') },
  'SIGKILL of the registry’s PostgreSQL': {
    to: 'the control plane',
    seconds: 25,
    strike: ({ system }) => system.crash('postgres.registry'),
  },
  'SIGKILL of the region’s PostgreSQL': {
    to: 'a provider',
    seconds: 20,
    strike: ({ system }) => system.crash(`postgres.${REGION}`),
  },
  'the region’s PostgreSQL in a restart loop': {
    to: 'a provider',
    seconds: 35,
    strike: async ({ system }) => {
      for (let turn = 1; turn <= 3; turn++) {
        await system.crash(`postgres.${REGION}`);
        await sleep(2_000);
      }
    },
  },
  'SIGKILL of the object store': {
    to: 'a provider',
    seconds: 14,
    strike: ({ system }) => system.crash(`s3.${REGION}`),
  },
  'SIGKILL of Stripe’s server': { to: 'a provider', seconds: 10, strike: ({ system }) => system.crash('stripe') },
  'Temporal out of reach for 20 s': {
    to: 'the control plane',
    seconds: 45,
    strike: async ({ system: { lines } }) => {
      lines.temporal.cut();
      await sleep(20_000);
      lines.temporal.mend();
    },
  },
  'the registry out of reach for 10 s': {
    to: 'the control plane',
    seconds: 30,
    strike: async ({ system: { lines } }) => {
      lines.registry.cut();
      await sleep(10_000);
      lines.registry.mend();
    },
  },
  'the mail server dead': {
    to: 'a provider',
    seconds: 40,
    strike: async ({ system: { lines } }) => {
      lines.mail.cut();
      await sleep(15_000);
      lines.mail.mend();
    },
  },
};

/** Each fault hits a handful of tenants in progress once, at a moment that the seed decides. */
export function processScenarios(): Scenario[] {
  const blows = Object.entries(BLOWS).map(([name, { to, seconds, strike }]): Scenario => ({
    name,
    kind: `a blow to ${to}`,
    seconds,
    alone: true,
    run: async (world) => {
      const { journal, dice, system } = world;
      journal.plan(name);
      const runs = await crowd(world, name);
      const moment = dice.between(5, 60);
      const before = system.log.all().length;
      await grown(world, before + moment);
      const wereOpen = await open(world, runs);
      await strike(world);
      if (wereOpen > 0) journal.fire(name);
      await recovered(world, name, runs);
    },
  }));
  return [...blows, diskFull()];
}

/** Six tenants in progress, of two plans, one of them with a declined card. */
async function crowd({ system: { product }, journal }: World, scenario: string): Promise<FaultRun[]> {
  const orders = [{}, {}, plan('professional'), plan('professional'), {}, { paymentMethod: 'pm_card_chargeDeclined' }];
  return Promise.all(
    orders.map(async (changes) => {
      const fatal = 'paymentMethod' in changes;
      const run: FaultRun = { scenario, ...(await product.order(changes)), ...(fatal ? { fatal } : {}) };
      journal.runs.push(run);
      return run;
    }),
  );
}

/** Resolves once the providers have received this many calls, or after four seconds. */
async function grown({ system: { log } }: World, length: number): Promise<void> {
  for (const deadline = Date.now() + 4_000; log.all().length < length && Date.now() < deadline;) await sleep(20);
}

async function open({ system: { product } }: World, runs: readonly FaultRun[]): Promise<number> {
  const { rows } = await product.registry.query<{ open: number }>(
    `select count(*)::int as open from operation where operation_id = any($1) and completed_at is null`,
    [runs.map(({ operationId }) => operationId)],
  );
  return rows[0]!.open;
}

/** The tenants' database server is out of disk space for one tenant, for more attempts than a step has. */
function diskFull(): Scenario {
  const name = 'disk full on the tenant database';
  return {
    name,
    kind: name,
    seconds: 5,
    alone: false,
    run: async (world) => {
      const { system, journal } = world;
      journal.plan(name);
      const run = await orderWaiting(world, name, 'professional');
      const url = new URL(system.product.endpoints.postgres!.regions[REGION]!.superuserUrl);
      url.pathname = '/app_schemas';
      const client = new Client({ connectionString: url.href });
      client.on('error', () => undefined);
      await client.connect();
      const refuse = `refuse_${run.tenantId}`;
      const schema = underscoreName(run.tenantId);
      await client.query(`
        create sequence ${refuse};
        grant usage on sequence ${refuse} to public;
        create function ${refuse}() returns event_trigger language plpgsql security definer as $$
          begin
            if exists (select from pg_event_trigger_ddl_commands() where object_identity = '${schema}') then
              if nextval('public.${refuse}') <= 5 then raise sqlstate '53100'; end if;
            end if;
          end $$;
        create event trigger ${refuse} on ddl_command_end when tag in ('CREATE SCHEMA') execute function ${refuse}()`);
      try {
        await approve(world, run);
        await recovered(world, name, [run]);
        // A sequence keeps its count when the transaction is rolled back.
        const { rows } = await client.query<{ met: boolean }>(`select last_value > 5 as met from ${refuse}`);
        if (rows[0]?.met === true) journal.fire(name);
      } finally {
        await client.query(`drop event trigger ${refuse}; drop function ${refuse}; drop sequence ${refuse}`);
        await client.end();
      }
    },
  };
}
