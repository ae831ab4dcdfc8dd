/** A region has little room for a plan if fewer tenants than this still fit. */
export const LITTLE_ROOM = 10;

/** How much room a region has for a plan. */
export const ROOMS = ['plenty', 'little', 'none'] as const;

/** One of {@link ROOMS}. */
export type Room = (typeof ROOMS)[number];

/** The room where this many more tenants of a plan fit. */
export function roomOf(places: number): Room {
  if (places === 0) return 'none';
  return places < LITTLE_ROOM ? 'little' : 'plenty';
}
