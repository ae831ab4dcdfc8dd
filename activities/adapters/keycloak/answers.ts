import { NetworkError } from '@keycloak/keycloak-admin-client';
import { failure } from '../../failures';

/** The HTTP status Keycloak refused with, or undefined when the error is something else. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof NetworkError ? error.response.status : undefined;
}

/** The result, or undefined where Keycloak itself answers 404; a page of some proxy does not prove that a thing is absent. */
export async function orAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const isJson = error instanceof NetworkError && typeof error.responseData === 'object';
    if (statusOf(error) === 404 && isJson) return undefined;
    throw error;
  }
}

/** What a request made, or undefined where somebody else made it already or is just doing so: look again. */
export async function unlessExists<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (statusOf(error) === 409 || isDatabaseClash(error)) return undefined;
    throw error;
  }
}

/** What Keycloak answers with a 400 although nothing is wrong with what was sent; the second one is keycloak/keycloak#45434. */
const DATABASE_CLASHES: unknown[] = ['Database operation failed', 'Could not add user role mappings!'];

/** Keycloak's answer to the loser of a race for the same row, once the winner has committed – and to some failures of its database. */
export function isDatabaseClash(error: unknown): boolean {
  if (!(error instanceof NetworkError) || error.response.status !== 400) return false;
  const data = error.responseData as { errorMessage?: unknown; error_description?: unknown } | undefined;
  return DATABASE_CLASHES.includes(data?.errorMessage) || DATABASE_CLASHES.includes(data?.error_description);
}

/** The entries of a list; an answer that is none (a proxy's page, an empty body) says nothing about what exists. */
export async function entriesOf<T>(answer: Promise<T[]>): Promise<T[]> {
  const entries: unknown = await answer;
  if (Array.isArray(entries) && entries.every(hasId)) return entries as T[];
  throw failure('OutcomeUnknown', 'Keycloak: expected a list and got something else.');
}

/** The thing asked for, or undefined where Keycloak itself says that there is none; an answer of another shape says neither. */
export async function entryOf<T extends { id?: string }>(
  answer: Promise<T>,
): Promise<(T & { id: string }) | undefined> {
  const entry: unknown = await orAbsent(answer);
  if (entry === undefined || hasId(entry)) return entry as (T & { id: string }) | undefined;
  throw failure('OutcomeUnknown', 'Keycloak: expected one of its objects and got something else.');
}

/** Everything Keycloak keeps has an id. */
function hasId(entry: unknown): boolean {
  return typeof (entry as { id?: unknown } | null)?.id === 'string';
}

/** Reads every page before the first entry is used, so that deleting while reading skips nothing. */
export async function allPages<T>(page: (first: number, max: number) => Promise<T[]>): Promise<T[]> {
  const max = 200;
  const all: T[] = [];
  for (;;) {
    const entries = await entriesOf(page(all.length, max));
    all.push(...entries);
    if (entries.length < max) return all;
  }
}
