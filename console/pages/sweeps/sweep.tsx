import { useParams } from 'wouter';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { useLive } from '../../api/live';
import { DataTable } from '../../parts/tables/data-table';
import { EmptyState } from '../../parts/states/empty-state';
import { Id } from '../../parts/id';
import { PageHeader } from '../../parts/page-header';
import { Reading } from '../../parts/states/reading';
import { Prose } from '../../parts/prose';
import { countText } from '../../parts/quantities';
import { Facts, Section } from '../../parts/section';
import { Time } from '../../parts/time';
import { FINDINGS, type Finding } from './finding-columns';
import { SweepState, type Sweep } from './sweep-state';
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
      {({ findings = [], ...sweep }) => <Shown sweep={sweep} findings={findings} />}
    </Reading>
  );
}

function Shown({ sweep, findings }: { sweep: Omit<Sweep, 'findings'>; findings: readonly Finding[] }) {
  const { requestedBy, dryRun, reason, counts, problems, startedAt, endedAt } = sweep;
  return (
    <>
      <PageHeader title={dryRun ? 'Sweep, dry run' : 'Sweep'}>
        <SweepState sweep={sweep} />
        <Id id={sweep.sweepId} what="sweep id" />
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
        <div id="problems">
          <Section title="Could not be checked or done" note={countText(problems.length, 'problem')}>
            <ul>
              {problems.map((problem) => (
                <li key={problem}>
                  <Prose text={problem} />
                </li>
              ))}
            </ul>
          </Section>
        </div>
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
  );
}
