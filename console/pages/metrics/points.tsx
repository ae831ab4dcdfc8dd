import { Link } from 'wouter';
import { FAILURES, isFailureType } from '../../../contract/operations/failures';
import { OPERATION_KINDS, rulesOf } from '../../../contract/operations/kinds';
import type { Step } from '../../../contract/operations/steps';
import { Bars } from '../../parts/charts/bars';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { EmptyState } from '../../parts/states/empty-state';
import { percentText } from '../../parts/quantities';
import { Reading } from '../../parts/states/reading';
import { Section } from '../../parts/section';
import { Prose } from '../../parts/prose';
import { Numbers } from './numbers';
import { metricsOf, type Group, type MetricsProps } from './period';
import { secondsText } from './totals';

type Bottleneck = Group['bottlenecks'][number];
type FailurePoint = Group['failurePoints'][number];

/** What determined how long the operations took that succeeded. */
export function Bottlenecks({ kind, period }: MetricsProps) {
  return (
    <Section
      title="Bottlenecks"
      note="Which part of an operation its end waited for, as a share of the whole duration; of those that succeeded."
    >
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
    <Section title="Failure points" note="In which step operations failed, why, and what to do about it.">
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

/** A step's name is the same in every kind of operation that has it. */
function labelOf(name: string): string {
  const step = name as Step;
  return OPERATION_KINDS.map((kind) => rulesOf(kind).steps[step]).find((rule) => rule !== undefined)?.label ?? name;
}

const POINTS: readonly Column<FailurePoint>[] = [
  { name: 'Step', cell: ({ step }) => labelOf(step) },
  { name: 'Failure', cell: ({ type }) => (isFailureType(type) ? FAILURES[type].title : type) },
  { name: 'Operations', cell: ({ count }) => count, align: 'end' },
  { name: 'What to do', cell: ({ advice }) => <Prose text={advice} /> },
];
