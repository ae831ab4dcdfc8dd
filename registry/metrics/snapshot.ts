import type { LabelsOf, NamesOf } from '../../contract/metrics/catalogue';
import { maybeOne, type Queryable } from '../database';
import { readSeries, type StoredSeries } from './series';

/** Names of the gauges that come from the registry. */
type GaugeName = NamesOf<'gauge', 'registry'>;

/** The value of one series of a gauge. */
export type GaugeValue = { [Name in GaugeName]: { metric: Name; labels: LabelsOf<Name>; value: number } }[GaugeName];

/** Seconds between two computations of the gauges: how often Prometheus usually asks. */
export const FIGURES_SECONDS = 15;

/** Whether this process is to compute the gauges now, and the milliseconds until the next turn. */
export interface Turn {
  mine: boolean;
  waitMs: number;
}

/** Takes the turn to compute the gauges, which one process gets in every {@link FIGURES_SECONDS}. If that one dies, the next turn comes as usual. */
export async function takeTurn(db: Queryable): Promise<Turn> {
  const row = await maybeOne<Turn>(
    db,
    `with turn as (
       update registry_figures set due_at = now() + make_interval(secs => $1) where due_at <= now() returning due_at)
     select exists (select from turn) as mine,
       greatest(0, extract(epoch from coalesce((select due_at from turn), (select due_at from registry_figures)) - now()) * 1000)::float8 as "waitMs"`,
    [FIGURES_SECONDS],
  );
  return row!;
}

/** Publishes gauges for all processes. */
export async function publishGauges(db: Queryable, gauges: readonly GaugeValue[]): Promise<void> {
  await db.query(`update registry_figures set gauges = $1, computed_at = now()`, [JSON.stringify(gauges)]);
}

/** What the registry has to say to Prometheus. */
export interface RegistryFigures {
  /** When the gauges were computed; null if they never were. */
  computedAt: Date | null;
  /** Their age in seconds by the database's clock. */
  ageSeconds: number | null;
  gauges: GaugeValue[];
  series: StoredSeries[];
}

/** The published gauges, and the sums of the event log: two reads of small tables. */
export async function readFigures(db: Queryable): Promise<RegistryFigures> {
  const [published, series] = await Promise.all([
    maybeOne<Omit<RegistryFigures, 'series'>>(
      db,
      `select computed_at as "computedAt", extract(epoch from now() - computed_at)::float8 as "ageSeconds", gauges from registry_figures`,
    ),
    readSeries(db),
  ]);
  return { ...published!, series };
}
