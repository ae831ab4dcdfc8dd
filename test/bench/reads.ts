import { Agent, request } from 'node:http';
import { Command } from 'commander';
import { createApiToken } from '../../registry/credentials/api-tokens';
import { stepsOf } from '../../contract/operations/kinds';
import { messageOf } from '../../stack/errors';
import type { TestRegistry } from '../helpers/registry';
import { onBenchApi } from './bench-api';

const OPERATIONS = 100_000;
/** Together they are a month. */
const SECONDS_APART = 25;
const SECONDS = 5;
const CONNECTIONS = 4;

/** Requests whose latency is measured while there are no others. */
const ALONE = 21;

const MONTH = `from=${new Date(Date.now() - 30 * 86_400_000).toISOString()}`;

/** Critical paths, and the resources of a pooled tenant, as the figures of operations have them. */
const PATHS = [
  'validate reserve storage-and-compute security verify finalize waiting',
  'validate reserve configuration identity verify finalize waiting',
  'validate reserve database security verify finalize waiting',
];
const RESOURCES = [
  'keycloak/idp-admin-user keycloak/idp-groups keycloak/idp-organization postgres/pooled-share registry/api-keys registry/configuration',
  'registry/pool-placement registry/reservation registry/tenant-key stripe/billing-customer stripe/billing-subscription versity/bucket',
].join(' ');

/** The requests, and the expected content of their answers. Rates are requests per second over a few persistent connections. */
const READS = {
  'one operation': (id: string) => `/v1/operations/${id}`,
  '100 operations': () => '/v1/operations?limit=100',
  '100 failed operations of a plan': () => '/v1/operations?limit=100&status=failed&plan=professional',
  '100 suspensions': () => '/v1/operations?limit=100&kind=suspend',
  '100 tenants': () => '/v1/tenants?limit=100',
  '100 suspended tenants': () => '/v1/tenants?limit=100&state=suspended',
  'numbers of a month': () => `/v1/metrics/provisioning?${MONTH}`,
  'numbers of a month by plan': () => `/v1/metrics/provisioning?${MONTH}&groupBy=plan`,
  'numbers of a month by region': () => `/v1/metrics/provisioning?${MONTH}&groupBy=region`,
  'numbers of a month by template': () => `/v1/metrics/provisioning?${MONTH}&groupBy=template`,
  'numbers of a month by day': () => `/v1/metrics/provisioning?${MONTH}&groupBy=day`,
};

async function main(): Promise<void> {
  await onBenchApi(fill, async ({ url, registry }, operationId) => {
    const expiresAt = new Date(Date.now() + 3_600_000);
    const { token } = await createApiToken(registry.pool, { name: 'bench', roles: ['tenants:read'], expiresAt });
    for (const [name, pathOf] of Object.entries(READS)) {
      const rate = await requestsPerSecond(`${url}${pathOf(operationId)}`, token);
      const times = await latencies(`${url}${pathOf(operationId)}`, token);
      const [median, slowest] = [times[Math.floor(times.length / 2)]!, times.at(-1)!];
      process.stdout.write(
        `${name.padEnd(34)}${Math.round(rate).toString().padStart(6)} requests/s   alone ${median.toFixed(1)} ms (median), ${slowest.toFixed(1)} ms (slowest)\n`,
      );
    }
  });
}

/** Inserts operations as runs leave them, with the attempts of their steps, mail and claim links: most have ended, the newest are in progress. */
async function fill(registry: TestRegistry): Promise<string> {
  await registry.asOwner(`
    insert into operation (operation_id, tenant_id, status, tenant_name, plan, region, template, caller, request_hash, order_ciphertext,
      created_at, updated_at, completed_at, started_at)
    select 'op_' || substr(translate(md5(n::text), '0189', 'wxyz'), 1, 20), 'a' || substr(md5(n::text), 1, 15),
      case when n <= 20 then 'provisioning' when n % 10 = 0 then 'failed' else 'active' end, 'tenant-' || n,
      (array['starter', 'professional', 'enterprise'])[1 + n % 3], 'eu-central', '{}', 'token:signup', '\\x00', '\\x00',
      at, at, case when n > 20 then at end, now()
    from generate_series(1, ${OPERATIONS}) as n, lateral (select now() - n * interval '${SECONDS_APART} seconds' as at) as times`);
  await registry.asOwner(`
    insert into step_event (operation_id, activity_id, attempt, step, direction, started_at, ended_at)
    select operation_id, (n)::text, 1, (array['${stepsOf('provision').join("','")}'])[1 + n % 10], 'forward', created_at + n * interval '50 ms',
      created_at + (n + 1) * interval '50 ms'
    from operation, generate_series(0, 14) as n order by created_at + n * interval '50 ms'`);
  await registry.asOwner(`
    insert into mail (mail_id, purpose, recipient, operation_id, state, settled_at)
    select operation_id || '.welcome', 'welcome', 'first-admin', operation_id, 'sent', created_at from operation where status = 'active'
    order by created_at`);
  await registry.asOwner(`
    insert into claim (tenant_id, token_hash, expires_at)
    select tenant_id, '\\x00', created_at + interval '7 days' from operation where status = 'active' order by created_at`);
  await registry.asOwner(`
    insert into operation (operation_id, tenant_id, kind, status, tenant_name, plan, region, template, caller, request_hash, order_ciphertext,
      parameters, created_at, updated_at, completed_at, started_at)
    select 'op_s' || substr(operation_id, 4), tenant_id, 'suspend', 'completed', tenant_name, plan, region, template, caller, request_hash,
      order_ciphertext, '{"access": "closed", "reason": "abuse"}', created_at + interval '1 minute', now(), now(), now()
    from operation where status = 'active' and substr(tenant_name, 8)::int % 500 = 1`);
  await registry.asOwner(`
    update tenant set state = 'suspended', access = 'closed' where tenant_id in (select tenant_id from operation where kind = 'suspend')`);
  await registry.asOwner(`
    insert into operation_figures (operation_id, kind, status, caller, plan, region, template, created_at, seconds, failure_step, failure_type,
      hold_seconds, compensation_seconds, attempts, retries, retry_seconds, path, path_seconds, resources)
    select operation_id, kind, status, caller, plan, region, plan || ' 1.0.0', created_at, 3 + random() * 10,
      case when status = 'failed' then (array['database', 'identity', 'verify'])[1 + n % 3] end,
      case when status = 'failed' then (array['ProviderRefused', 'VerificationFailed'])[1 + n % 2] end,
      case when n % 50 = 0 then random() * 3600 end, case when status = 'failed' then random() * 20 end, 15 + n % 3, n % 3, n % 3,
      case when status = 'active' then (array['${PATHS.join("','")}'])[1 + n % ${PATHS.length}] else '' end,
      case when status = 'active' then array[1, 0.2, 2, 1.5, 1, 0.5, 0.3] else array[]::float8[] end, '${RESOURCES}'
    from (select *, row_number() over () as n from operation where completed_at is not null) ended`);
  await registry.asOwner('analyze');
  const { rows } = await registry.pool.query<{ id: string }>(
    `select operation_id as id from operation where status = 'failed' order by created_at desc limit 1`,
  );
  return rows[0]!.id;
}

/** Milliseconds of requests that are sent one after the other, the quickest first. */
async function latencies(url: string, token: string): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  for (let sent = 0; sent < ALONE; sent++) {
    const began = performance.now();
    await read(agent, url, token);
    times.push(performance.now() - began);
  }
  agent.destroy();
  return times.sort((a, b) => a - b);
}

async function requestsPerSecond(url: string, token: string): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let answered = 0;
  const until = (end: number) =>
    Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        while (performance.now() < end) {
          await read(agent, url, token);
          answered++;
        }
      }),
    );
  await until(performance.now() + 1_000);
  answered = 0;
  const began = performance.now();
  await until(began + SECONDS * 1_000);
  agent.destroy();
  return (answered * 1_000) / (performance.now() - began);
}

function read(agent: Agent, url: string, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume().on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    })
      .on('error', reject)
      .end();
  });
}

new Command('bench:reads')
  .description(
    'How many reads a second the API answers on a month of 100,000 operations, and how long one takes alone.',
  )
  .action(main)
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  });
