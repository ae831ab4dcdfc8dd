import { useEffect, useEffectEvent } from 'react';
import type { Event } from '../../clients/typescript/src/types';
import { client } from './client';
import { noteInterruption } from './connectivity';
import { queryClient } from './queries';

/** Which events a page follows: those of one operation or tenant, or all. */
export interface Scope {
  operationId?: string;
  tenantId?: string;
}

/** Key of a query: the noun that it shows, then which one; `id` is that of an operation or a tenant. */
export type Key = readonly [noun: string, of?: { readonly id?: string; readonly [filter: string]: unknown }];

/** Milliseconds in which events are collected before what they changed is read again: at once for a single thing, calmly for lists. */
const COLLECT_MS = { one: 200, all: 1_000 };

/**
 * Follows events while the page is shown, over interruptions, and reads again what they changed: every query whose {@link Key} has the
 * event's noun, except those about another id. `onChange` is told the ids of the operations and tenants concerned at the same time. A hidden tab follows nothing and catches up when it is shown.
 */
export function useLive(
  scope: Scope,
  onEvent?: (event: Event) => void,
  onChange?: (ids: ReadonlySet<string | undefined>) => void,
): void {
  const tell = useEffectEvent((event: Event) => onEvent?.(event));
  const tellChange = useEffectEvent((ids: ReadonlySet<string | undefined>) => onChange?.(ids));
  const { operationId, tenantId } = scope;
  useEffect(() => {
    const stop = new AbortController();
    let following: AbortController | undefined;
    let position: number | undefined;
    const isOne = operationId !== undefined || tenantId !== undefined;
    const stale = staleCollector(isOne ? COLLECT_MS.one : COLLECT_MS.all, tellChange);

    async function run(signal: AbortSignal): Promise<void> {
      const how = { after: position, signal, onReconnect: noteInterruption };
      const events =
        operationId === undefined
          ? client.events({ ...how, ...(tenantId === undefined ? {} : { tenant: tenantId }) })
          : (await client.operation(operationId)).events(how);
      for await (const event of events) {
        position = event.sequence;
        stale.add(event);
        tell(event);
      }
    }
    function attend(): void {
      if (document.visibilityState === 'hidden') return following?.abort();
      if (following && !following.signal.aborted) return;
      following = new AbortController();
      const signal = AbortSignal.any([stop.signal, following.signal]);
      // What cannot be cured by waiting, such as an ended session, the page's own reads report.
      run(signal).catch(() => undefined);
    }
    attend();
    document.addEventListener('visibilitychange', attend);
    return () => {
      document.removeEventListener('visibilitychange', attend);
      stop.abort();
      stale.stop();
    };
  }, [operationId, tenantId]);
}

/** Nouns of queries that events of a type concern. An operation's event may change its tenant. */
function nounsOf({ type, operationId, tenantId }: Event): string[] {
  const [noun = ''] = type.split('.');
  return [noun, ...(operationId === undefined ? [] : ['operation']), ...(tenantId === undefined ? [] : ['tenant'])];
}

/** Whether several pages of a list have been read. Reading all of them again at each event would cost too much, so such a list renews single rows. */
function isLong(data: unknown): boolean {
  const pages: unknown = typeof data === 'object' && data !== null && 'pages' in data ? data.pages : undefined;
  return Array.isArray(pages) && pages.length > 1;
}

function staleCollector(
  collectMs: number,
  tellChange: (ids: ReadonlySet<string | undefined>) => void,
): { add(event: Event): void; stop(): void } {
  const events: Event[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let flushed = 0;
  // The first event after a pause is shown soon.
  const timeToNext = (): number => Math.max(COLLECT_MS.one, flushed + collectMs - Date.now());
  const flush = (): void => {
    timer = undefined;
    flushed = Date.now();
    const nouns = new Set(['attention', ...events.flatMap(nounsOf)]);
    const ids = new Set(events.flatMap(({ operationId, tenantId }) => [operationId, tenantId]));
    events.length = 0;
    tellChange(ids);
    void queryClient.invalidateQueries({
      predicate: ({ queryKey, state }) => {
        const [noun, of] = queryKey as Key;
        return nouns.has(noun) && (of?.id === undefined || ids.has(of.id)) && !isLong(state.data);
      },
    });
  };
  return {
    add: (event) => {
      events.push(event);
      timer ??= setTimeout(flush, timeToNext());
    },
    stop: () => clearTimeout(timer),
  };
}
