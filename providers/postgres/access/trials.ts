import { DatabaseError, type ClientBase, type QueryResult } from 'pg';
import { failure } from '../../port/failures';
import type { Access } from '../../../contract/tenants/access';
import { rolledBack } from '../verification/checks';

/** What was tried, and whether it could be done. */
export type Trials = Record<'read' | 'insert' | 'update' | 'delete', boolean>;

const INSUFFICIENT_PRIVILEGE = '42501';

/** Result of a statement that is rolled back afterwards; undefined if the server denies it. Throws if the server gives any other answer. */
export async function tried(
  client: ClientBase,
  { before, sql, values }: { before: string; sql: string; values: string[] },
): Promise<QueryResult | undefined> {
  try {
    return await rolledBack(client, async () => {
      await client.query(before);
      return client.query(sql, values);
    });
  } catch (error) {
    if (error instanceof DatabaseError && error.code === INSUFFICIENT_PRIVILEGE) return undefined;
    throw error;
  }
}

/** The access that trials show. Throws `OutcomeUnknown` if they contradict each other: some writes succeed, or writing without reading. */
export function accessFrom(trials: Trials, what: string): Access {
  const { read, ...writes } = trials;
  const all = Object.values(writes).every((done) => done);
  const none = Object.values(writes).every((done) => !done);
  if (read && all) return 'open';
  if (none) return read ? 'read-only' : 'closed';
  const done = Object.entries(trials).map(([name, could]) => `${name} ${could ? 'succeeds' : 'is denied'}`);
  throw failure('OutcomeUnknown', `${what} is neither open nor read-only nor closed: ${done.join(', ')}.`);
}
