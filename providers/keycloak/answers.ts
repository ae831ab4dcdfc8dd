import { NetworkError } from '@keycloak/keycloak-admin-client';
import { failure } from '../port/failures';

/** The HTTP status of Keycloak's refusal, or undefined for any other error. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof NetworkError ? error.response.status : undefined;
}

/** The result, or undefined if Keycloak itself answers 404 in JSON. A proxy's 404 page does not prove absence and is rethrown. */
export async function orAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const isJson = error instanceof NetworkError && typeof error.responseData === 'object';
    if (statusOf(error) === 404 && isJson) return undefined;
    throw error;
  }
}

/** The result of a creation, or undefined if another request already created it, or is creating it now: the caller must look again. */
export async function unlessExists<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (statusOf(error) === 409 || isDatabaseClash(error)) return undefined;
    throw error;
  }
}

/** Messages of a 400 that do not mean an invalid request. The second one is keycloak/keycloak#45434. */
const DATABASE_CLASHES: unknown[] = ['Database operation failed', 'Could not add user role mappings!'];

/** True for Keycloak's answer to a request that lost a race for a database row, and to some failures of its database. */
export function isDatabaseClash(error: unknown): boolean {
  if (!(error instanceof NetworkError) || error.response.status !== 400) return false;
  const data = error.responseData as { errorMessage?: unknown; error_description?: unknown } | undefined;
  return DATABASE_CLASHES.includes(data?.errorMessage) || DATABASE_CLASHES.includes(data?.error_description);
}

/**
 * The entries of a list. Throws `OutcomeUnknown` for any other answer (a proxy's page, an empty body), which says nothing about what
 * exists.
 */
export async function entriesOf<T>(answer: Promise<T[]>): Promise<T[]> {
  const entries: unknown = await answer;
  if (Array.isArray(entries) && entries.every(hasId)) return entries as T[];
  throw failure('OutcomeUnknown', 'Keycloak answered with something other than the list that was requested.');
}

/** The requested entity, or undefined if Keycloak itself answers 404. Throws `OutcomeUnknown` for an answer of any other shape. */
export async function entryOf<T extends { id?: string }>(
  answer: Promise<T>,
): Promise<(T & { id: string }) | undefined> {
  const entry: unknown = await orAbsent(answer);
  if (entry === undefined || hasId(entry)) return entry as (T & { id: string }) | undefined;
  throw failure('OutcomeUnknown', 'Keycloak answered with something other than the object that was requested.');
}

/** Every entity in Keycloak's lists has an id, so an entry without one comes from another server. */
function hasId(entry: unknown): boolean {
  return typeof (entry as { id?: unknown } | null)?.id === 'string';
}

/** Reads all pages before returning, so that deleting entries cannot shift later pages and skip some. */
export async function allPages<T>(page: (first: number, max: number) => Promise<T[]>): Promise<T[]> {
  const max = 200;
  const all: T[] = [];
  for (;;) {
    const entries = await entriesOf(page(all.length, max));
    all.push(...entries);
    if (entries.length < max) return all;
  }
}
