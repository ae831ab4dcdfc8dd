import { readFileSync } from 'node:fs';
import { messageOf } from './errors';
import type { Endpoints } from './types';

/**
 * The servers somebody else runs already: STACK_ENDPOINTS names a JSON file shaped like `Endpoints`, and what is in it is used and not started.
 * Throws when the file cannot be read.
 */
export function givenEndpoints(): Endpoints {
  const file = process.env.STACK_ENDPOINTS;
  if (file === undefined || file === '') return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Endpoints;
  } catch (error) {
    throw new Error(`STACK_ENDPOINTS names ${file}, which is not a readable JSON file: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
