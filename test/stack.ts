import { readFileSync } from 'node:fs';
import type { Endpoints } from '../stack/types';

/** The servers this test run works on, from the file the environment variable STACK_ENDPOINTS names. Throws when it is not set. */
export function stackEndpoints(): Endpoints {
  const file = process.env.STACK_ENDPOINTS;
  if (file === undefined)
    throw new Error('STACK_ENDPOINTS names no file: run the tests through `npm test`, which brings the servers up.');
  return JSON.parse(readFileSync(file, 'utf8')) as Endpoints;
}
