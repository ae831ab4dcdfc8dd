import { Link } from 'wouter';
import { FAILURES, isFailureType } from '../../../contract/operations/failures';
import { Bars } from '../../parts/charts/bars';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { EmptyState } from '../../parts/states/empty-state';
import { percentText } from '../../parts/quantities';
import { Reading } from '../../parts/states/reading';
import { Section } from '../../parts/section';
import { inWords } from '../../parts/state-badge';
import { Numbers } from './numbers';
import { metricsOf, type Group, type MetricsProps } from './period';
import { secondsText } from './totals';

type Bottleneck = Group['bottlenecks'][number];
type FailurePoint = Group['failurePoints'][number];

/** What determined how long the operations took that succeeded. */
export function Bottlenecks({ kind, period }: MetricsProps) {
  return (
    <Section title="Bottlenecks" note="Shares of the critical path of the operations that succeeded.">
      <Reading {...metricsOf({ kind, period })} lines={4}>
        {([group]) =>
          !group || group.bottlenecks.length === 0 ? (
            <EmptyState title="No operation has succeeded in this period" />
          ) : (
            <>
              <Bars
                label="Bottlenecks"
                bars={group.bottlenecks.map(({ label, share, averageSeconds }) => ({
                  label,
                  parts: [{ value: share, what: percentText(share) }],
                  text: `${percentText(share)}, ${secondsText(averageSeconds)} each`,
                }))}
              />
              <Numbers label="Bottlenecks" columns={PATH} rows={group.bottlenecks} idOf={({ part }) => part} />
            </>
          )
        }
      </Reading>
    </Section>
  );
}

const PATH: readonly Column<Bottleneck>[] = [
  { name: 'Part', cell: ({ label }) => label },
  { name: 'Operations delayed', cell: ({ operations }) => operations, align: 'end' },
  { name: 'Each by', cell: ({ averageSeconds }) => secondsText(averageSeconds), align: 'end' },
  { name: 'Share', cell: ({ share }) => percentText(share), align: 'end' },
];

/** Where operations ended without success, and what to do about it. */
export function Failures({ kind, period }: MetricsProps) {
  return (
    <Section title="Failure points">
      <Reading {...metricsOf({ kind, period })} lines={3}>
        {([group]) =>
          !group || group.failurePoints.length === 0 ? (
            <EmptyState title="No operation has failed in this period" />
          ) : (
            <DataTable
              label="Failure points"
              columns={POINTS}
              rows={group.failurePoints}
              idOf={({ step, type }) => `${step} ${type}`}
            />
          )
        }
      </Reading>
      <p>
        <Link href={`/operations?status=failed&kind=${kind}`}>The operations that failed</Link>
      </p>
    </Section>
  );
}

const POINTS: readonly Column<FailurePoint>[] = [
  { name: 'Step', cell: ({ step }) => inWords(step) },
  { name: 'Failure', cell: ({ type }) => (isFailureType(type) ? FAILURES[type].title : type) },
  { name: 'Operations', cell: ({ count }) => count, align: 'end' },
  { name: 'What to do', cell: ({ advice }) => advice.replaceAll('`', '') },
];
