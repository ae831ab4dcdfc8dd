import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import type { Order } from '../../../clients/typescript/src/types';
import { api } from '../../api/client';
import type { Key } from '../../api/live';
import { useSettled } from '../../parts/settled';

/** What an order would do. */
export type Preview = UseQueryResult<components['schemas']['OrderPreview']>;

/** Milliseconds after the last change until the order is looked at. */
const SETTLE_MS = 350;

/** What the order would do, once typing pauses. The last answer stays until the next one is there. */
export function usePreview(order: Order): Preview {
  const settled = useSettled(order, SETTLE_MS);
  const key: Key = ['preview', { order: settled }];
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => dataOf(api.POST('/v1/tenants:preview', { body: settled, signal })),
    // It names people: nothing of it stays once the form is left.
    gcTime: 0,
  });
}
