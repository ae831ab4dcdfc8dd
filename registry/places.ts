import { maybeOne, type Queryable } from './database';

/** A region and the law it lies under. */
export interface KnownRegion {
  region: string;
  jurisdiction: string;
}

/** The services that process personal data outside the regions. */
export const PROCESSOR_SERVICES = ['identity', 'billing', 'mail'] as const;

/** One of {@link PROCESSOR_SERVICES}. */
export type ProcessorService = (typeof PROCESSOR_SERVICES)[number];

/** Who runs such a service. */
export interface Processor {
  service: ProcessorService;
  name: string;
  /** Null where nobody has stated it. */
  jurisdiction: string | null;
}

/** Makes the regions known. Throws when one of them lay under another law before: tenants that are there were promised that one. */
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
        `Region ${region} is known to lie in ${known!.jurisdiction}, the regions file says ${jurisdiction}. A region that moves needs a new name.`,
      );
  }
}

/** Makes known who runs the services outside the regions; the newest statement holds. */
export async function registerProcessors(db: Queryable, processors: readonly Processor[]): Promise<void> {
  for (const { service, name, jurisdiction } of processors)
    await db.query(
      `insert into processor (service, name, jurisdiction) values ($1, $2, $3)
       on conflict (service) do update set name = excluded.name, jurisdiction = excluded.jurisdiction`,
      [service, name, jurisdiction],
    );
}

/** Every region that a worker has made known. */
export async function listRegions(db: Queryable): Promise<KnownRegion[]> {
  const { rows } = await db.query<KnownRegion>(`select region, jurisdiction from region order by region`);
  return rows;
}

/** The services outside the regions that a worker has made known. */
export async function listProcessors(db: Queryable): Promise<Processor[]> {
  const { rows } = await db.query<Processor>(`select service, name, jurisdiction from processor order by service`);
  return rows;
}
