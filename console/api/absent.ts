import { ApiError } from '../../clients/typescript/src/errors';

/** The answer, or null where the API says that there is no such thing. */
export async function orAbsent<Data>(answer: Promise<Data>): Promise<Data | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
