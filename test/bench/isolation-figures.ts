import { execFileSync } from 'node:child_process';
import pLimit from 'p-limit';
import type { Isolation } from '../../contract/order';
import { CELL, OTHER_CELL, query, type Clusters } from '../contract/postgres-clusters';
import { provision, type Tenant } from '../contract/postgres-tenant';
import type { circumstances } from '../load/report';
import { percentile, tenths } from '../load/statistics';

/** Tenants that are being made at the same time. */
export const CONCURRENCY = 4;

/** Batches that are measured at each size; their median counts, so that one that was disturbed does not. */
const BATCHES = 7;

/** What is measured of a model, and where: the models do not fill each other's catalogues. */
export interface Model {
  isolation: Isolation;
  cell: string;
  /** Tenants that are there already when it is measured. */
  sizes: number[];
  /** Tenants of one measured batch. */
  batch: number;
}

/** The three models. A database of one's own is for the few. */
export const MODELS: Model[] = [
  { isolation: 'pooled', cell: OTHER_CELL, sizes: [10, 1_000, 10_000], batch: 40 },
  { isolation: 'schema', cell: CELL, sizes: [10, 1_000, 10_000], batch: 20 },
  { isolation: 'database', cell: OTHER_CELL, sizes: [10, 200], batch: 8 },
];

/** How often slower the creation or the verification of a tenant may become. */
const LIMIT = 1.3;

/** What was found beside so many existing tenants: milliseconds a tenant, several at the same time. */
interface Point {
  existing: number;
  millisecondsATenant: number;
  /** What step 9 asks of the tenant's database, with the tenant's own logins and the probe tenant's. */
  millisecondsAVerification: number;
}

/** What was found of a model. */
export interface ModelFigures {
  isolation: Isolation;
  points: Point[];
  /** The slowest point in relation to the first: of making tenants, and of verifying them. */
  slowdown: number;
  verificationSlowdown: number;
  limit: number;
  bytesATenant: number;
}

/** Everything a run has found, for docs/isolation.json. */
export type IsolationReport = ReturnType<typeof circumstances> & {
  command: string;
  concurrency: number;
  models: ModelFigures[];
};

/** Fills a cell with tenants of one model up to each size and measures there, through the same kinds as in production. */
export async function measureModel(
  clusters: Clusters,
  model: Model,
  say: (text: string) => void,
): Promise<ModelFigures> {
  const { isolation, cell, sizes, batch } = model;
  const limit = pLimit(CONCURRENCY);
  const make = (count: number): Promise<Tenant[]> => {
    const one = (): Promise<Tenant> => provision(clusters.postgres, isolation, undefined, { cell });
    return Promise.all(Array.from({ length: count }, () => limit(one)));
  };
  const superuser = clusters.superuserUrl(cell);
  let existing = 0;
  let measured: { bytes: number; existing: number } | undefined;
  let bytesATenant = 0;
  const points: ModelFigures['points'] = [];
  for (const size of sizes) {
    await waitForDisk(superuser, false);
    await make(Math.max(0, size - existing));
    existing = Math.max(size, existing);
    await waitForDisk(superuser, true);
    const bytes = await bytesOf(superuser);
    if (measured) bytesATenant = Math.round((bytes - measured.bytes) / (existing - measured.existing));
    const before = { bytes, existing };
    const tenants = await make(batch);
    const making = await timed(batch, () => make(batch));
    const verifying = await timed(batch, () => Promise.all(tenants.map((tenant) => limit(verified, tenant))));
    existing += batch * (BATCHES + 1);
    measured ??= before;
    const point = {
      existing: size,
      millisecondsATenant: tenths(percentile(making, 0.5)),
      millisecondsAVerification: tenths(percentile(verifying, 0.5)),
    };
    points.push(point);
    say(`${isolation}, ${size} tenants: ${point.millisecondsATenant} ms a tenant (${making.map(tenths).join(', ')})`);
    say(`  verified in ${point.millisecondsAVerification} ms (${verifying.map(tenths).join(', ')})`);
  }
  const slowdown = slowest(points.map(({ millisecondsATenant }) => millisecondsATenant));
  const verificationSlowdown = slowest(points.map(({ millisecondsAVerification }) => millisecondsAVerification));
  say(
    `${isolation}: ${bytesATenant} bytes a tenant, slower by ${slowdown}, verified slower by ${verificationSlowdown}`,
  );
  return { isolation, points, slowdown, verificationSlowdown, limit: LIMIT, bytesATenant };
}

/** Milliseconds a tenant of each batch. */
async function timed(batch: number, work: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let count = 0; count < BATCHES; count += 1) {
    const began = performance.now();
    await work();
    taken.push((performance.now() - began) / batch);
  }
  return taken;
}

async function verified(tenant: Tenant): Promise<void> {
  const missing = (await tenant.verify()).filter(({ passed }) => !passed);
  if (missing.length > 0) throw new Error(`${tenant.tenantId} is not as it should be: ${JSON.stringify(missing)}`);
}

function slowest([first = 0, ...later]: number[]): number {
  return Math.round((Math.max(first, ...later) / first) * 100) / 100;
}

/** Filling need not survive a crash; what is measured does what production does. */
async function waitForDisk(superuser: string, wait: boolean): Promise<void> {
  await query(superuser, `alter system set fsync = ${wait ? 'on' : 'off'}`);
  await query(superuser, 'select pg_reload_conf()');
  // What was filled in is written now rather than while it is measured – also what the server left to the system while it did not wait.
  await query(superuser, 'checkpoint');
  execFileSync('sync');
}

/** Everything on the server: databases, and roles and the like, which all share. */
async function bytesOf(superuser: string): Promise<number> {
  const { rows } = await query<{ bytes: string }>(
    superuser,
    `select sum(pg_database_size(oid)) + pg_tablespace_size('pg_global') as bytes from pg_database`,
  );
  return Number(rows[0]!.bytes);
}
