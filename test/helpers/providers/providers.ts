import { allQuestions } from '../../../stack/quickstart/proof/questions';
import type { Question } from '../../../stack/quickstart/proof/question';
import type { Endpoints } from '../../../stack/types';

/** What the providers themselves say about a tenant: neither the ledger nor the kinds' own `find` is asked. */
export interface Providers {
  /** How many of what is where; only what there is. With a region, that region's servers and the global ones are asked. */
  inventory(tenantId: string, region?: string): Promise<Record<string, number>>;
  /** What is left of a tenant, `[]` when nothing is. */
  traces(tenantId: string): Promise<string[]>;
}

/** Asks the servers of `endpoints`; `since`: when the first of the tenants asked about may have been ordered. */
export function createProviders(endpoints: Endpoints, since = new Date()): Providers {
  const ask = async (questions: Question[], tenantId: string): Promise<Record<string, number>> => {
    const counted = await Promise.all(
      questions.map(async ({ where, what, count }) => {
        const name = `${where.replace(/ \(.*/, '')}: ${what}`;
        return [name, await count(tenantId)] as const;
      }),
    );
    return Object.fromEntries(counted.filter(([, count]) => count > 0));
  };
  const everywhere = allQuestions(endpoints, since);
  const inventory: Providers['inventory'] = (tenantId, region) =>
    ask(region === undefined ? everywhere : allQuestions(only(endpoints, region), since), tenantId);
  return {
    inventory,
    traces: async (tenantId) => Object.entries(await inventory(tenantId)).map(([what, count]) => `${count} × ${what}`),
  };
}

function only(endpoints: Endpoints, region: string): Endpoints {
  const { postgres, s3 } = endpoints;
  return {
    ...endpoints,
    postgres: { ...postgres!, regions: { [region]: postgres!.regions[region]! } },
    s3: { [region]: s3![region]! },
  };
}
