import type { EventView, EventViewBatch } from '../../registry/views/events';

/** Events kept in memory, about 1 MB. A stream that is further behind reads from the registry. */
const KEPT = 2_000;

/** The newest events that this process has read, shared by all its streams. */
export class RecentEvents {
  #views: EventView[] = [];
  /** Everything after this position is here. */
  #from: number;
  /** The newest event that was read. */
  position: number;
  /** Nothing followed when the newest event was read. */
  isComplete = true;

  constructor(position: number) {
    this.#from = position;
    this.position = position;
  }

  add({ views, position, isComplete }: EventViewBatch): void {
    this.#views.push(...views);
    this.position = position;
    this.isComplete = isComplete;
    if (this.#views.length <= KEPT) return;
    const dropped = this.#views.splice(0, this.#views.length - KEPT);
    this.#from = dropped.at(-1)!.event.sequence;
  }

  /** The next events after a position; undefined if some of them are no longer here. */
  after(position: number, limit: number): EventViewBatch | undefined {
    if (position < this.#from) return undefined;
    const first = this.#views.findLastIndex(({ event }) => event.sequence <= position) + 1;
    const views = this.#views.slice(first, first + limit);
    const isAll = first + views.length === this.#views.length;
    // A stream may be ahead: it began with events that another process has numbered since.
    const end = isAll ? Math.max(this.position, position) : views.at(-1)!.event.sequence;
    return { views, position: end, isComplete: isAll && this.isComplete };
  }
}
