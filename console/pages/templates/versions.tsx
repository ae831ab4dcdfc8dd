import { useQueries } from '@tanstack/react-query';
import type { components } from '../../../clients/typescript/generated/api';
import type { Plan } from '../../../clients/typescript/src/types';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { useList } from '../../api/lists';
import type { Key } from '../../api/live';
import { Choice } from '../../parts/forms/field';
import { useFilters } from '../../parts/forms/filters';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { Listing } from '../../parts/tables/listing';
import { EmptyState } from '../../parts/states/empty-state';
import { ErrorState } from '../../parts/states/error-state';
import { Section } from '../../parts/section';
import { Skeleton } from '../../parts/states/skeleton';
import { StateBadge } from '../../parts/state-badge';
import { momentText, Time } from '../../parts/time';
import { changesBetween, placeText, type TextChange } from './compare';
import type { Template } from './read';

type Version = components['schemas']['TemplateVersion'];

const COLUMNS: readonly Column<Version>[] = [
  { name: 'Version', cell: ({ version }) => version },
  { name: 'Recorded', cell: ({ recordedAt }) => <Time at={recordedAt} /> },
  { name: 'Fingerprint', cell: ({ fingerprint }) => <code>{fingerprint.slice(0, 12)}</code> },
  {
    name: 'In force',
    cell: ({ current }) => (current ? <StateBadge state="current" label="new orders get it" /> : 'no'),
  },
];

/** The templates that a plan has had, and what changed between two of them. */
export function Versions({ plan }: { plan: Plan }) {
  const list = useList<Version>(['template', { plan, versions: true }], (cursor, signal) =>
    dataOf(
      api.GET('/v1/templates/{plan}/versions', {
        params: { path: { plan }, query: { limit: 100, ...(cursor !== undefined && { cursor }) } },
        signal,
      }),
    ),
  );
  return (
    <>
      <Section title="Versions" note="Tenants keep the version with which they were ordered.">
        <Listing
          list={list}
          label="Versions"
          columns={COLUMNS}
          idOf={({ fingerprint }) => fingerprint}
          empty="No version is recorded"
          emptyNote="A version is recorded when an API loads it for the first time. Restart the API if this stays empty."
        />
      </Section>
      {list.rows.length === 1 && (
        <p className="muted">Nothing to compare yet: a second version appears once an API has loaded one.</p>
      )}
      {list.rows.length > 1 && <Comparison plan={plan} versions={list.rows} />}
    </>
  );
}

function Comparison({ plan, versions }: { plan: Plan; versions: readonly Version[] }) {
  const [{ from, to }, choose] = useFilters(['from', 'to']);
  const known = (fingerprint: string | undefined): string | undefined =>
    versions.find((version) => version.fingerprint === fingerprint)?.fingerprint;
  const before = known(from) ?? versions[1]!.fingerprint;
  const after = known(to) ?? versions[0]!.fingerprint;
  const options = versions.map(({ fingerprint, version, recordedAt, current }) => (
    <option key={fingerprint} value={fingerprint}>
      {version}, recorded {momentText(recordedAt)}
      {current && ', in force'}
    </option>
  ));
  return (
    <Section title="What changed">
      <div className="version-choices">
        <Choice label="From" value={before} onChange={({ target }) => choose({ from: target.value })}>
          {options}
        </Choice>
        <Choice label="To" value={after} onChange={({ target }) => choose({ to: target.value })}>
          {options}
        </Choice>
      </div>
      <Changes plan={plan} before={before} after={after} />
    </Section>
  );
}

const CHANGES: readonly Column<TextChange>[] = [
  { name: 'Value', cell: ({ pointer }) => placeText(pointer) },
  { name: 'Before', cell: ({ before }) => before },
  { name: 'After', cell: ({ after }) => <strong>{after}</strong> },
];

function Changes({ plan, before, after }: { plan: Plan; before: string; after: string }) {
  const { templates, error, retry } = useVersions(plan, [before, after]);
  if (!templates) return error ? <ErrorState error={error} onRetry={retry} /> : <Skeleton lines={3} />;
  const changes = changesBetween(templates[0]!, templates[1]!);
  if (changes.length === 0) return <EmptyState title="Nothing: this is the same version. Choose two different ones." />;
  return <DataTable label="Changes" columns={CHANGES} rows={changes} idOf={({ pointer }) => pointer} />;
}

/** These versions of a plan's template, which never change. */
function useVersions(plan: Plan, fingerprints: readonly string[]) {
  return useQueries({
    queries: fingerprints.map((fingerprint) => ({
      queryKey: ['template', { plan, fingerprint }] satisfies Key,
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        dataOf(
          api.GET('/v1/templates/{plan}/versions/{fingerprint}', { params: { path: { plan, fingerprint } }, signal }),
        ) as Promise<Template>,
      staleTime: Infinity,
    })),
    combine: (answers) => ({
      templates: answers.every(({ data }) => data !== undefined) ? answers.map(({ data }) => data!) : undefined,
      error: answers.find(({ error }) => error !== null)?.error,
      retry: () => void Promise.all(answers.map((answer) => answer.refetch())),
    }),
  });
}
