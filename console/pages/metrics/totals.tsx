import type { ReactNode } from 'react';
import { durationText } from '../../../contract/estimates/words';
import { percentText } from '../../parts/quantities';
import { Reading } from '../../parts/states/reading';
import { metricsOf, periodOf, type Group, type MetricsProps } from './period';

/** The main numbers of the period, beside those of the period before. */
export function Totals({ kind, period }: MetricsProps) {
  const before = periodOf(String(period.days), period.days);
  return (
    <Reading {...metricsOf({ kind, period })} lines={2}>
      {([now]) => (
        <Reading {...metricsOf({ kind, period: before })} lines={2}>
          {([then]) => <Figures now={now} then={then} />}
        </Reading>
      )}
    </Reading>
  );
}

function Figures({ now, then }: { now: Group | undefined; then: Group | undefined }) {
  return (
    <dl className="figures">
      <Figure name="Requested" now={now?.count ?? 0} before={then?.count ?? 0} />
      <Figure name="Running" now={now?.running ?? 0} />
      <Figure name="Succeeded" now={rateText(now)} before={rateText(then)} />
      <Figure
        name="Half of them within"
        now={secondsText(now?.duration?.p50Seconds)}
        before={secondsText(then?.duration?.p50Seconds)}
      />
      <Figure
        name="95 % within"
        now={secondsText(now?.duration?.p95Seconds)}
        before={secondsText(then?.duration?.p95Seconds)}
      />
    </dl>
  );
}

function Figure({ name, now, before }: { name: string; now: ReactNode; before?: ReactNode }) {
  return (
    <div className="figure">
      <dt>{name}</dt>
      <dd>
        {now}
        {before !== undefined && <small>the period before: {before}</small>}
      </dd>
    </div>
  );
}

function rateText(group: Group | undefined): string {
  return group?.successRate === undefined ? '–' : percentText(group.successRate);
}

/** A duration, or a dash where none is known. */
export function secondsText(seconds: number | undefined): string {
  return seconds === undefined ? '–' : durationText(seconds);
}
