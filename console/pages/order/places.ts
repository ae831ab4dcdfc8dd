import { useQuery } from '@tanstack/react-query';
import { dataOf } from '../../../clients/typescript/src/client';
import type { components } from '../../../clients/typescript/generated/api';
import type { Plan } from '../../../clients/typescript/src/types';
import { api } from '../../api/client';
import type { Key } from '../../api/live';
import { useMayCall } from '../../api/session';

/** A region, and the plans that can be ordered there. */
export type Region = components['schemas']['Region'];

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
