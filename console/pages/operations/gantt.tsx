import type { Event, Operation } from '../../../clients/typescript/src/types';
import { levelsOf } from '../../../contract/estimates/levels';
import { durationText } from '../../../contract/estimates/words';
import { hasEnded } from '../../../contract/operations/states';
import { Prose } from '../../parts/prose';
import { inWords, StateBadge } from '../../parts/state-badge';
import { useNow } from '../../parts/time';
import { isWait, scaleOf, timelineOf, type Scale, type Span, type StepTimeline, type Wait } from './timeline';

type Step = Operation['steps'][number];

/** The steps of an operation on a line of time, by level: a level begins once all steps of the one before it have ended. */
export function Gantt({ operation, events }: { operation: Operation; events: readonly Event[] }) {
  const isOver = hasEnded(operation.status);
  const clock = useNow(isOver ? undefined : 1_000);
  const newest = events.at(-1);
  const now = Math.max(clock, newest ? Date.parse(newest.at) : 0);
  const { steps, waits } = timelineOf(events);
  // The head of the page names the person the operation waits for; that wait makes no step late.
  const isWaiting = isWait(operation.status);
  // Once the operation is undone, what is pending will never begin. Leftovers of a removal do not undo it.
  const { kind, status } = operation;
  const isUndone = status === 'compensating' || (status === 'needs_operator' && kind !== 'deprovision');
  const isGoingForward = !isOver && !isUndone;
  const hasGrace = operation.graceDays !== 0;
  const shownWaits = waits.filter(({ status }) => hasGrace || status !== 'grace');
  const scale = scaleOf(operation, shownWaits, now);
  return (
    <div className="gantt">
      <Waits waits={shownWaits} scale={scale} now={now} />
      <ol className="gantt-levels">
        {levelsOf(operation.kind).map((level, index) => (
          <li key={level.join()} className="gantt-level">
            <span className="gantt-number" title={`Level ${index + 1}`}>
              <span className="visually-hidden">Level </span>
              {index + 1}
            </span>
            <ul>
              {level.map((id) => {
                const step = operation.steps.find((each) => each.id === id);
                if (!step) return null;
                const label = id === 'grace' && !hasGrace ? 'No grace period' : step.label;
                return (
                  <Row
                    key={id}
                    step={{ ...(isWaiting ? withoutPace(step) : step), label }}
                    isGoingForward={isGoingForward}
                    timeline={steps.get(id)}
                    scale={scale}
                    now={now}
                  />
                );
              })}
            </ul>
          </li>
        ))}
      </ol>
    </div>
  );
}

interface RowProps {
  step: Step;
  /** Whether a pending step is still to come. */
  isGoingForward: boolean;
  timeline: StepTimeline | undefined;
  scale: Scale;
  now: number;
}

function Row({ step, isGoingForward, timeline, scale, now }: RowProps) {
  const { spans = [], retries = [] } = timeline ?? {};
  const pace = step.progress && step.progress.pace !== 'normal' ? step.progress : undefined;
  return (
    <li className="gantt-row" data-state={step.state}>
      <span className="gantt-label">{step.label}</span>
      <span className="gantt-state">
        {step.state === 'pending' ? (
          <StateBadge state={isGoingForward ? 'pending' : 'not reached'} tone="quiet" />
        ) : (
          <StateBadge state={step.state} />
        )}
      </span>
      <span className="gantt-track" aria-hidden="true">
        {spans.map((span) => (
          <span key={span.from} className="gantt-span" data-what={span.what} style={place(scale, span, now)} />
        ))}
        {retries.map((retry) => (
          <span
            key={`${retry.at} ${retry.attempt}`}
            className="gantt-retry"
            title={`Attempt ${retry.attempt} failed`}
            style={place(scale, { from: retry.at, ...(retry.until !== undefined && { to: retry.until }) }, now)}
          />
        ))}
      </span>
      <span className="gantt-time">{timeOf(step, spans, now)}</span>
      {pace && (
        <p className="gantt-note">
          <StateBadge state={pace.pace} />
          <span>
            <Prose text={pace.reason} />
          </span>
        </p>
      )}
      {step.reason && <p className="gantt-note">Skipped: {step.reason}</p>}
    </li>
  );
}

function withoutPace({ progress: _, ...step }: Step): Step {
  return step;
}

function timeOf({ startedAt, attempts }: Step, spans: readonly Span[], now: number): string {
  if (startedAt === undefined) return '';
  // The events that tell how long it took are still being read.
  if (spans.length === 0) return '…';
  const secondsOf = (isUndo: boolean): number =>
    spans
      .filter(({ what }) => (what === 'undoing') === isUndo)
      .reduce((sum, { from, to = now }) => sum + (to - from) / 1000, 0);
  const undo = secondsOf(true);
  return [
    durationText(secondsOf(false)),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(undo > 0 ? [`undo ${durationText(undo)}`] : []),
  ].join(', ');
}

/** Waits for people or dates, named above the line, and shaded behind it. */
function Waits({ waits, scale, now }: { waits: readonly Wait[]; scale: Scale; now: number }) {
  return (
    <div className="gantt-waits">
      {waits.map((wait) => (
        <div key={wait.from} className="gantt-wait" style={place(scale, wait, now)}>
          <span>
            {inWords(wait.status)} {durationText(((wait.to ?? now) - wait.from) / 1000)}
          </span>
        </div>
      ))}
    </div>
  );
}

function place(
  scale: Scale,
  { from, to }: { from: number; to?: number },
  now: number,
): { left: string; width: string } {
  const left = scale(from);
  return { left: `${left * 100}%`, width: `${Math.max(0, scale(to ?? now) - left) * 100}%` };
}
