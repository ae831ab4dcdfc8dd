import { readFileSync } from 'node:fs';
import { messageOf } from '../errors';
import type { Endpoints } from '../types';

/**
 * Servers that already run: STACK_ENDPOINTS names a JSON file in the form of `Endpoints`, and the servers in it are used instead of
 * started. Throws if the file cannot be read.
 */
export function givenEndpoints(): Endpoints {
  const file = process.env.STACK_ENDPOINTS;
  if (file === undefined || file === '') return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Endpoints;
  } catch (error) {
    throw new Error(`STACK_ENDPOINTS is ${file}, which is not a readable JSON file: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
