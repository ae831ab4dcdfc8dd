import { durationText } from '../../../contract/estimates/words';
import { secondMarks } from './axis';
import './charts.css';

/** A bar: a value, and what it is of. */
export interface Bar {
  label: string;
  /** Parts of the bar, from its beginning. */
  parts: readonly { value: number; what: string; tone?: 'ok' | 'bad' | 'warning' | 'accent' | 'soft' }[];
  /** The value in words, beside the bar. */
  text: string;
  /** Length of the whole bar; that of the longest by default. */
  of?: number;
}

/** Horizontal bars, of durations in seconds with an axis. Their numbers are in words beside them, so screen readers read those and skip the drawing. */
export function Bars({ label, bars, areSeconds = false }: BarsProps) {
  const largest = Math.max(...bars.map(({ parts, of = 0 }) => Math.max(of, sum(parts))), Number.MIN_VALUE);
  const marks = areSeconds ? secondMarks(largest) : [];
  const longest = marks.at(-1) ?? largest;
  return (
    <ul className="bars" aria-label={label}>
      {bars.map(({ label: name, parts, text, of }) => (
        <li key={name}>
          <span className="bar-label">{name}</span>
          <span className="bar" aria-hidden="true" data-bounded={of !== undefined}>
            {parts.map(({ value, what, tone = 'accent' }) => (
              <span
                key={what}
                className="bar-part"
                data-fill={tone}
                title={what}
                style={{ width: `${(100 * value) / (of ?? longest)}%` }}
              />
            ))}
          </span>
          <span className="bar-text">{text}</span>
        </li>
      ))}
      {areSeconds && (
        <li className="bars-axis" aria-hidden="true">
          <span className="axis">
            {marks.map((mark) => (
              <span key={mark} style={{ left: `${(100 * mark) / longest}%` }}>
                {durationText(mark)}
              </span>
            ))}
          </span>
        </li>
      )}
    </ul>
  );
}

interface BarsProps {
  label: string;
  bars: readonly Bar[];
  areSeconds?: boolean;
}

function sum(parts: Bar['parts']): number {
  return parts.reduce((all, { value }) => all + value, 0);
}
