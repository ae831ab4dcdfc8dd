import type { Endpoints } from '../../types';
import type { Question } from './question';

interface Page {
  data: { id: string; metadata: Record<string, string> }[];
  has_more: boolean;
}

/**
 * Counts a tenant's customers and subscriptions among those created since `since`. Deleted customers and ended subscriptions are not
 * listed: Stripe keeps both for its own books but never charges them. Source: https://docs.stripe.com/api/pagination
 */
export function stripeQuestions({ stripe }: Endpoints, since: Date): Question[] {
  if (!stripe) return [];
  const list = async (what: string): Promise<Page['data']> => {
    const all: Page['data'] = [];
    for (;;) {
      const after = all.at(-1)?.id;
      const query = new URLSearchParams({ limit: '100', 'created[gte]': String(Math.floor(since.getTime() / 1000)) });
      if (after !== undefined) query.set('starting_after', after);
      const response = await fetch(`${stripe.url}/v1/${what}?${query.toString()}`, {
        headers: { authorization: `Bearer ${stripe.apiKey}` },
        signal: AbortSignal.timeout(10_000),
      });
      if (!response.ok) throw new Error(`Stripe answered ${response.status}`);
      const page = (await response.json()) as Page;
      all.push(...page.data);
      if (!page.has_more) return all;
    }
  };
  return ['customers', 'subscriptions'].map((what) => ({
    where: 'Stripe',
    what,
    count: async (tenantId) => (await list(what)).filter(({ metadata }) => metadata.tenantId === tenantId).length,
  }));
}
