import { useParams } from 'wouter';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { useLive } from '../../api/live';
import { DataTable } from '../../parts/tables/data-table';
import { EmptyState } from '../../parts/states/empty-state';
import { Id } from '../../parts/id';
import { PageHeader } from '../../parts/page-header';
import { Reading } from '../../parts/states/reading';
import { Facts, Section } from '../../parts/section';
import { StateBadge } from '../../parts/state-badge';
import { Time } from '../../parts/time';
import { FINDINGS } from './finding-columns';
import { countsText } from './sweeps';

/** One sweep: what it has found, done, and could not check. */
export default function SweepPage() {
  const { sweepId = '' } = useParams();
  useLive({});
  return (
    <Reading
      key={sweepId}
      of={['sweep', { sweepId }]}
      lines={8}
      read={(signal) => dataOf(api.GET('/v1/sweeps/{sweepId}', { params: { path: { sweepId } }, signal }))}
    >
      {({ state, requestedBy, dryRun, reason, counts, problems, startedAt, endedAt, findings = [] }) => (
        <>
          <PageHeader title={dryRun ? 'Sweep, dry run' : 'Sweep'}>
            <StateBadge state={state} />
            <Id id={sweepId} what="sweep id" />
          </PageHeader>
          <Section title="About">
            <Facts
              facts={[
                ['Requested by', requestedBy],
                ['Started', <Time at={startedAt} />],
                ['Ended', endedAt && <Time at={endedAt} />],
                ['Found and done', countsText(counts)],
                ['Why', reason],
              ]}
            />
          </Section>
          {problems.length > 0 && (
            <Section title="Could not be checked or done">
              <ul>
                {problems.map((problem) => (
                  <li key={problem}>{problem}</li>
                ))}
              </ul>
            </Section>
          )}
          <Section title={dryRun ? 'Findings' : 'New findings'}>
            {findings.length === 0 ? (
              <EmptyState title="Nothing was found" />
            ) : (
              <DataTable
                label="Findings"
                columns={FINDINGS}
                rows={findings}
                idOf={({ provider, kind, region, id }) => `${provider} ${kind} ${region} ${id}`}
              />
            )}
          </Section>
        </>
      )}
    </Reading>
  );
}
