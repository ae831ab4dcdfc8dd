import { useQueries, useQuery } from '@tanstack/react-query';
import type { components } from '../../../clients/typescript/generated/api';
import type { Plan } from '../../../clients/typescript/src/types';
import { dataOf } from '../../../clients/typescript/src/client';
import { PLANS } from '../../../contract/orders/order';
import { api } from '../../api/client';
import type { Key } from '../../api/live';

/** What a plan provisions. */
export type Template = components['schemas']['ProvisioningTemplate'];

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
export function useTemplates() {
  return useQueries({
    queries: PLANS.map(queryOf),
    combine: (answers) => ({
      templates: answers.every(({ data }) => data !== undefined) ? answers.map(({ data }) => data!) : undefined,
      error: answers.find(({ error }) => error !== null)?.error,
      retry: () => void Promise.all(answers.map((answer) => answer.refetch())),
    }),
  });
}
