import { ColumnsChart } from '../../parts/charts/columns-chart';
import type { Column } from '../../parts/tables/data-table';
import { EmptyState } from '../../parts/states/empty-state';
import { percentText } from '../../parts/quantities';
import { Reading } from '../../parts/states/reading';
import { Section } from '../../parts/section';
import { Numbers } from './numbers';
import { metricsOf, type Group, type MetricsProps } from './period';
import { secondsText } from './totals';

/** A day's numbers; those of a day without operations are zero. */
interface Day {
  day: string;
  group: Group | undefined;
}

/** How many operations were requested on each day, and how they went. */
export function Days({ kind, period }: MetricsProps) {
  return (
    <Section title="By day">
      <Reading {...metricsOf({ kind, period }, 'day')} lines={5}>
        {(groups) => <Chart days={daysOf(period.from, period.to, groups)} />}
      </Reading>
    </Section>
  );
}

function Chart({ days }: { days: readonly Day[] }) {
  if (days.every(({ group }) => group === undefined))
    return <EmptyState title="No operation in this period">Choose a longer one.</EmptyState>;
  return (
    <>
      <p className="legend">
        <span data-key="ok">succeeded</span>
        <span data-key="bad">ended without success</span>
        <span data-key="soft">not ended</span>
      </p>
      <ColumnsChart
        columns={days.map(({ day, group }) => ({
          label: day,
          text: `${day}: ${group?.succeeded ?? 0} succeeded, ${group?.failed.total ?? 0} did not, ${group?.running ?? 0} not ended`,
          parts: [
            { value: group?.succeeded ?? 0, tone: 'ok' },
            { value: group?.failed.total ?? 0, tone: 'bad' },
            { value: group?.running ?? 0, tone: 'soft' },
          ],
        }))}
      />
      <Numbers label="By day" columns={COLUMNS} rows={days} idOf={({ day }) => day} />
    </>
  );
}

const COLUMNS: readonly Column<Day>[] = [
  { name: 'Day', cell: ({ day }) => day },
  { name: 'Requested', cell: ({ group }) => group?.count ?? 0, align: 'end' },
  { name: 'Succeeded', cell: ({ group }) => group?.succeeded ?? 0, align: 'end' },
  { name: 'Without success', cell: ({ group }) => group?.failed.total ?? 0, align: 'end' },
  { name: 'Not ended', cell: ({ group }) => group?.running ?? 0, align: 'end' },
  {
    name: 'Rate',
    cell: ({ group }) => (group?.successRate === undefined ? '–' : percentText(group.successRate)),
    align: 'end',
  },
  { name: '95 % within', cell: ({ group }) => secondsText(group?.duration?.p95Seconds), align: 'end' },
];

/** Every day of a period in the viewer's zone. */
export function daysOf(from: string, to: string, groups: readonly Group[]): Day[] {
  const known = new Map(groups.map((group) => [group.key, group]));
  const days: Day[] = [];
  const end = new Date(to);
  for (const at = new Date(from); ; at.setDate(at.getDate() + 1)) {
    const day = dayOf(at > end ? end : at);
    if (days.at(-1)?.day !== day) days.push({ day, group: known.get(day) });
    if (at >= end) return days;
  }
}

function dayOf(at: Date): string {
  const [month, day] = [at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0'));
  return `${at.getFullYear()}-${month}-${day}`;
}
