import { useQuery } from '@tanstack/react-query';
import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import { durationText } from '../../../contract/estimates/words';
import { api } from '../../api/client';
import { CLOCK_MS } from '../../api/queries';
import type { Key } from '../../api/live';
import { Skeleton } from '../../parts/states/skeleton';

type Numbers = components['schemas']['ProvisioningMetrics']['groups'][number];

const DAY = 86_400_000;
const WEEK = 7 * DAY;

/** New tenants today beside the seven days before: how many succeed, and how long they take. */
export function Figures() {
  const midnight = new Date();
  midnight.setHours(0, 0, 0, 0);
  const today = useNumbers(midnight.toISOString(), undefined);
  const before = useNumbers(new Date(midnight.getTime() - WEEK).toISOString(), midnight.toISOString());
  if (!today || !before) return <Skeleton lines={1} height={76} />;
  const [now, then] = [today[0], before[0]];
  return (
    <dl className="figures" aria-label="Today, beside the seven days before">
      <Figure
        name="New tenants ordered today"
        value={String(now?.count ?? 0)}
        then={`${perDay(then?.count)} a day in the week before`}
      />
      <Figure name="Succeeded" value={percent(now)} then={`${percent(then)} in the week before`} />
      <Figure name="Usual duration, waiting counts" value={p50(now)} then={`${p50(then)} in the week before`} />
      <Figure name="95 % take at most, waiting counts" value={p95(now)} then={`${p95(then)} in the week before`} />
    </dl>
  );
}

function Figure({ name, value, then }: { name: string; value: string; then: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
        <span className="muted">{then}</span>
      </dd>
    </div>
  );
}

function useNumbers(from: string, to: string | undefined): Numbers[] | undefined {
  const key: Key = ['metrics', { from, to }];
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/metrics/provisioning', { params: { query: { from, ...(to && { to }) } }, signal })),
    staleTime: 10_000,
    refetchInterval: CLOCK_MS * 2,
  }).data?.groups;
}

function perDay(count = 0): string {
  return String(Math.round((count / 7) * 10) / 10);
}

function percent(numbers: Numbers | undefined): string {
  return numbers?.successRate === undefined ? '–' : `${Math.round(numbers.successRate * 1000) / 10} %`;
}

function p50(numbers: Numbers | undefined): string {
  return numbers?.duration ? durationText(numbers.duration.p50Seconds) : '–';
}

function p95(numbers: Numbers | undefined): string {
  return numbers?.duration ? durationText(numbers.duration.p95Seconds) : '–';
}
