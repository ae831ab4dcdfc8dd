import { OPERATION_KINDS, rulesOf } from '../../../contract/operations/kinds';
import { useMayCall } from '../../api/session';
import { useFilters } from '../../parts/forms/filters';
import { PageHeader } from '../../parts/page-header';
import { CapacityCharts } from './capacity';
import { Days } from './days';
import { Failures, Bottlenecks } from './points';
import { Plans } from './plans';
import { PERIODS, periodOf } from './period';
import { StepTimes } from './steps';
import { Totals } from './totals';
import './metrics.css';

/** How operations went in a period, what held them up, and how full the regions are. */
export default function Metrics() {
  const [{ days = '7', kind: asked }, change] = useFilters(['days', 'kind']);
  const kind = OPERATION_KINDS.find((each) => each === asked) ?? 'provision';
  const mayCall = useMayCall();
  const period = periodOf(days);
  return (
    <>
      <PageHeader title="Metrics" />
      <div className="filters" role="search">
        <div className="filter">
          <label htmlFor="metrics-days">Requested in</label>
          <select id="metrics-days" value={days} onChange={({ target }) => change({ days: target.value })}>
            {PERIODS.map((each) => (
              <option key={each} value={each}>
                {each === 1 ? 'the last 24 hours' : `the last ${each} days`}
              </option>
            ))}
          </select>
        </div>
        <div className="filter">
          <label htmlFor="metrics-kind">Operations</label>
          <select id="metrics-kind" value={kind} onChange={({ target }) => change({ kind: target.value })}>
            {OPERATION_KINDS.map((each) => (
              <option key={each} value={each}>
                {rulesOf(each).title}
              </option>
            ))}
          </select>
        </div>
      </div>
      <Totals kind={kind} period={period} />
      <Days kind={kind} period={period} />
      <Plans kind={kind} period={period} />
      {mayCall('getStepMetrics') && <StepTimes kind={kind} />}
      <Bottlenecks kind={kind} period={period} />
      <Failures kind={kind} period={period} />
      {mayCall('getCapacity') && <CapacityCharts />}
    </>
  );
}
