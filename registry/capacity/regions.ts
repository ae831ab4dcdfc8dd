import { maybeOne, type Queryable } from '../database';

/** A region and the jurisdiction whose law applies there. */
export interface KnownRegion {
  region: string;
  jurisdiction: string;
}

/** The services that process personal data outside the regions. */
export const PROCESSOR_SERVICES = ['identity', 'billing', 'mail'] as const;

/** One of {@link PROCESSOR_SERVICES}. */
export type ProcessorService = (typeof PROCESSOR_SERVICES)[number];

/** The company that runs one of these services. */
export interface Processor {
  service: ProcessorService;
  name: string;
  /** Null if it has not been stated. */
  jurisdiction: string | null;
}

/** Registers the regions. Throws if a region's jurisdiction has changed, because its tenants were promised the previous one. */
export async function registerRegions(db: Queryable, regions: readonly KnownRegion[]): Promise<void> {
  for (const { region, jurisdiction } of regions) {
    const known = await maybeOne<{ jurisdiction: string }>(
      db,
      `insert into region (region, jurisdiction) values ($1, $2)
       on conflict (region) do update set jurisdiction = region.jurisdiction returning jurisdiction`,
      [region, jurisdiction],
    );
    if (known!.jurisdiction !== jurisdiction)
      throw new Error(
        `Region ${region} is registered in ${known!.jurisdiction}, but the regions file says ${jurisdiction}. A region that moves needs a new name.`,
      );
  }
}

/** Registers who runs the services outside the regions. A later call replaces the entry of the same service. */
export async function registerProcessors(db: Queryable, processors: readonly Processor[]): Promise<void> {
  for (const { service, name, jurisdiction } of processors)
    await db.query(
      `insert into processor (service, name, jurisdiction) values ($1, $2, $3)
       on conflict (service) do update set name = excluded.name, jurisdiction = excluded.jurisdiction`,
      [service, name, jurisdiction],
    );
}

/** Every region that a worker has registered. */
export async function listRegions(db: Queryable): Promise<KnownRegion[]> {
  const { rows } = await db.query<KnownRegion>(`select region, jurisdiction from region order by region`);
  return rows;
}

/** The services outside the regions that a worker has registered. */
export async function listProcessors(db: Queryable): Promise<Processor[]> {
  const { rows } = await db.query<Processor>(`select service, name, jurisdiction from processor order by service`);
  return rows;
}
