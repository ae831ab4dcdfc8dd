import { useQueries, useQuery } from '@tanstack/react-query';
import { dataOf } from '../../../clients/typescript/src/client';
import type { components } from '../../../clients/typescript/generated/api';
import type { Plan } from '../../../clients/typescript/src/types';
import { PLANS } from '../../../contract/orders/order';
import { api } from '../../api/client';
import type { Key } from '../../api/live';
import { useMayCall } from '../../api/session';

/** What a plan provisions. */
export type Template = components['schemas']['ProvisioningTemplate'];

/** A region, and the plans that can be ordered there. */
export type Region = components['schemas']['Region'];

/** Templates change with a release only. */
const RARELY = 3_600_000;

const queryOf = (plan: Plan) => ({
  queryKey: ['template', { plan }] satisfies Key,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    dataOf(api.GET('/v1/templates/{plan}', { params: { path: { plan } }, signal })) as Promise<Template>,
  staleTime: RARELY,
});

/** The template of a plan; undefined until it is read. */
export function useTemplate(plan: Plan): Template | undefined {
  return useQuery(queryOf(plan)).data;
}

/** The templates of all plans; undefined until all are read. */
export function useTemplates(): { templates: readonly Template[] | undefined; error: unknown } {
  return useQueries({
    queries: PLANS.map(queryOf),
    combine: (answers) => ({
      templates: answers.every(({ data }) => data !== undefined) ? answers.map(({ data }) => data!) : undefined,
      error: answers.find(({ error }) => error !== null)?.error,
    }),
  });
}

/** The regions with their room; undefined until they are read, and for people who may not read them. */
export function useRegions(): readonly Region[] | undefined {
  const key: Key = ['region', {}];
  const enabled = useMayCall()('listRegions');
  return useQuery({ queryKey: key, enabled, queryFn: ({ signal }) => dataOf(api.GET('/v1/regions', { signal })) }).data
    ?.items;
}

/** Regions that serve a plan, and where its data may have to stay: regions and jurisdictions. Empty until they are known. */
export function usePlaces(plan: Plan): { regions: string[]; places: string[] } {
  const serving = (useRegions() ?? []).filter(({ plans }) => plans.some((each) => each.plan === plan));
  const regions = serving.map(({ region }) => region);
  return { regions, places: [...new Set(serving.map(({ jurisdiction }) => jurisdiction)), ...regions] };
}
