import { dataOf } from '../../../clients/typescript/src/client';
import type { components } from '../../../clients/typescript/generated/api';
import type { OperationKind } from '../../../contract/operations/kinds';
import { api } from '../../api/client';
import type { Key } from '../../api/live';

/** Lengths of a period in days. */
export const PERIODS = [1, 7, 30, 90] as const;

const DAY_MS = 86_400_000;

/** Numbers about the operations of a group. */
export type Group = components['schemas']['ProvisioningGroup'];

/** A period of which the numbers are asked. */
export interface Period {
  days: number;
  /** ISO 8601; in full minutes, so that the same numbers are not read again and again. */
  from: string;
  to: string;
}

/** What a chart of metrics shows. */
export interface MetricsProps {
  kind: OperationKind;
  period: Period;
}

/** The days up to now, or a period that ended so many days ago. */
export function periodOf(days: string, endedDaysAgo = 0): Period {
  const length = PERIODS.find((each) => String(each) === days) ?? 7;
  const now = Math.ceil(Date.now() / 60_000) * 60_000 - endedDaysAgo * DAY_MS;
  return { days: length, from: new Date(now - length * DAY_MS).toISOString(), to: new Date(now).toISOString() };
}

/** Reads numbers, grouped or not. Days begin in the viewer's zone. */
export function metricsOf(
  { kind, period: { from, to } }: MetricsProps,
  groupBy?: 'plan' | 'day' | 'region',
): { of: Key; read: (signal: AbortSignal) => Promise<Group[]> } {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const query = { kind, from, to, ...(groupBy && { groupBy }), ...(groupBy === 'day' && { timeZone }) };
  return {
    of: ['metrics', query],
    read: async (signal) => (await dataOf(api.GET('/v1/metrics/provisioning', { params: { query }, signal }))).groups,
  };
}
