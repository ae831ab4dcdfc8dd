import { execFileSync } from 'node:child_process';
import pLimit from 'p-limit';
import type { Isolation } from '../../contract/order';
import { CELL, OTHER_CELL, query, type Clusters } from '../contract/postgres-clusters';
import { provision } from '../contract/postgres-tenant';
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

/** How often slower the creation of a tenant may become. */
const LIMIT = 1.3;

/** What was found of a model. */
export interface ModelFigures {
  isolation: Isolation;
  points: { existing: number; millisecondsATenant: number }[];
  /** The slowest point in relation to the first. */
  slowdown: number;
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
  const make = async (count: number): Promise<void> => {
    const limit = pLimit(CONCURRENCY);
    const one = (): Promise<unknown> => provision(clusters.postgres, isolation, undefined, { cell });
    await Promise.all(Array.from({ length: count }, () => limit(one)));
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
    await make(batch);
    const batches: number[] = [];
    for (let count = 0; count < BATCHES; count += 1) {
      const began = performance.now();
      await make(batch);
      batches.push((performance.now() - began) / batch);
    }
    existing += batch * (BATCHES + 1);
    measured ??= before;
    points.push({ existing: size, millisecondsATenant: tenths(percentile(batches, 0.5)) });
    say(
      `${isolation}, ${size} tenants: ${tenths(percentile(batches, 0.5))} ms a tenant (${batches.map(tenths).join(', ')})`,
    );
  }
  const [first = 0, ...later] = points.map(({ millisecondsATenant }) => millisecondsATenant);
  const slowdown = Math.round((Math.max(first, ...later) / first) * 100) / 100;
  say(`${isolation}: ${bytesATenant} bytes a tenant, slower by ${slowdown}`);
  return { isolation, points, slowdown, limit: LIMIT, bytesATenant };
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
