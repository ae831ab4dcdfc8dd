import { execFileSync } from 'node:child_process';
import pLimit from 'p-limit';
import type { Isolation } from '../../contract/orders/order';
import { CELL, OTHER_CELL, query, type Clusters } from '../providers/postgres/clusters';
import { provision, type Tenant } from '../providers/postgres/tenant';
import type { circumstances } from '../load/report/report';
import { percentile, tenths } from '../load/report/statistics';

/** Number of tenants that are made at the same time. */
export const CONCURRENCY = 4;

/** Batches per size; their median counts, so that a single disturbed batch does not matter. */
const BATCHES = 7;

/** A model and the cell it is measured in: separate cells keep the models out of each other's catalogues. */
export interface Model {
  isolation: Isolation;
  cell: string;
  /** Numbers of existing tenants at which it is measured. */
  sizes: number[];
  /** Tenants per measured batch. */
  batch: number;
}

/** The three models. Databases are measured at smaller sizes, because few tenants have their own. */
export const MODELS: Model[] = [
  { isolation: 'pooled', cell: OTHER_CELL, sizes: [10, 1_000, 10_000], batch: 40 },
  { isolation: 'schema', cell: CELL, sizes: [10, 1_000, 10_000], batch: 20 },
  { isolation: 'database', cell: OTHER_CELL, sizes: [10, 200], batch: 8 },
];

/** Allowed slowdown factor for making and verifying a tenant. */
const LIMIT = 1.3;

/** Measurement beside this many existing tenants: milliseconds per tenant, several at the same time. */
interface Point {
  existing: number;
  millisecondsATenant: number;
  /** The checks of step 9 in the tenant's database, with the logins of the tenant and of the probe tenant. */
  millisecondsAVerification: number;
}

/** Results for one model. */
export interface ModelFigures {
  isolation: Isolation;
  points: Point[];
  /** The slowest point relative to the first, for making and for verifying tenants. */
  slowdown: number;
  verificationSlowdown: number;
  limit: number;
  bytesATenant: number;
}

/** All results of a run, for docs/figures/isolation.json. */
export type IsolationReport = ReturnType<typeof circumstances> & {
  command: string;
  concurrency: number;
  models: ModelFigures[];
};

/** Fills a cell with tenants of one model up to each size and measures there, with the same kinds as in production. */
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

/** Milliseconds per tenant, for each batch. */
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

/** Filling need not survive a crash; measuring waits for the disk as production does. */
async function waitForDisk(superuser: string, wait: boolean): Promise<void> {
  await query(superuser, `alter system set fsync = ${wait ? 'on' : 'off'}`);
  await query(superuser, 'select pg_reload_conf()');
  // Writes the filled data now instead of during the measurement, including data left to the operating system while fsync was off.
  await query(superuser, 'checkpoint');
  execFileSync('sync');
}

/** Size of everything on the server: databases, and shared catalogues such as roles. */
async function bytesOf(superuser: string): Promise<number> {
  const { rows } = await query<{ bytes: string }>(
    superuser,
    `select sum(pg_database_size(oid)) + pg_tablespace_size('pg_global') as bytes from pg_database`,
  );
  return Number(rows[0]!.bytes);
}
