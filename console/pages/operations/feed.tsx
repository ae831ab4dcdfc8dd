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

/** What happened, newest first. */
export function Feed({ events, kind }: { events: readonly Event[]; kind: Operation['kind'] }) {
  const [isAll, setAll] = useState(false);
  const shown = (isAll ? events : events.slice(-NEWEST)).toReversed();
  const more = events.length - shown.length;
  return (
    <Section title="Events" note={`${events.length}`}>
      {events.length === 0 && <EmptyState title="No events yet">They appear here as they happen.</EmptyState>}
      <ol className="feed">
        {shown.map((event) => (
          <li key={event.sequence}>
            <Time at={event.at} as="clock" />
            <span>{eventWords(event, kind)}</span>
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
