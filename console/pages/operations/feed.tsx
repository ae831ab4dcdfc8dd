import { useState } from 'react';
import type { Event, Operation } from '../../../clients/typescript/src/types';
import { useLive } from '../../api/live';
import { EmptyState } from '../../parts/states/empty-state';
import { Section } from '../../parts/section';
import { Time } from '../../parts/time';
import { eventWords } from './event-words';

/** The events of an operation from its acceptance on, live, each once. */
export function useOperationEvents(operationId: string): readonly Event[] {
  const [events, setEvents] = useState<readonly Event[]>([]);
  useLive({ operationId }, (event) =>
    setEvents((known) => (event.sequence > (known.at(-1)?.sequence ?? 0) ? [...known, event] : known)),
  );
  return events;
}

/** Number of events shown at first; a button shows the rest. */
const NEWEST = 30;

/** Number of events of attempts of one step, one after the other, from which on only the last one is shown. */
const MANY = 6;

/** Events as they are shown: of the many attempts of an outage the last event, with the number of those before it. */
export function entriesOf(events: readonly Event[]): { event: Event; folded: number }[] {
  const runs: Event[][] = [];
  for (const event of events) {
    const before = runs.at(-1)?.at(-1);
    const goesOn =
      event.type === 'step.attempt' && before?.type === event.type && before.data['step'] === event.data['step'];
    if (goesOn) runs.at(-1)!.push(event);
    else runs.push([event]);
  }
  return runs.flatMap((run) =>
    run.length < MANY ? run.map((event) => ({ event, folded: 0 })) : [{ event: run.at(-1)!, folded: run.length - 1 }],
  );
}

/** What happened, newest first. */
export function Feed({ events, kind }: { events: readonly Event[]; kind: Operation['kind'] }) {
  const [isAll, setAll] = useState(false);
  const entries = entriesOf(events);
  const shown = (isAll ? entries : entries.slice(-NEWEST)).toReversed();
  const more = entries.length - shown.length;
  return (
    <Section title="Events" note={`${events.length}`}>
      {events.length === 0 && <EmptyState title="No events yet">They appear here as they happen.</EmptyState>}
      <ol className="feed">
        {shown.map(({ event, folded }) => (
          <li key={event.sequence}>
            <Time at={event.at} as="clock" />
            <span>
              {eventWords(event, kind)}
              {folded > 0 && <span className="muted"> – and {folded} earlier events of these attempts</span>}
            </span>
          </li>
        ))}
      </ol>
      {more > 0 && (
        <button type="button" className="button" onClick={() => setAll(true)}>
          Show {more === 1 ? 'the earlier event' : `${more} earlier events`}
        </button>
      )}
    </Section>
  );
}
