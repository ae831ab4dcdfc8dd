import { readFileSync } from 'node:fs';
import type { Endpoints, ServerName } from '../stack/types';

/**
 * The named servers of this test run, from the file that the environment variable STACK_ENDPOINTS names; throws when it is not set. A server that
 * this machine cannot have is absent: report its tests as not run. `npm test -- <path>` starts only the servers that its files name in this call,
 * so write the names as literals.
 */
export function stackEndpoints<S extends ServerName>(..._servers: S[]): Pick<Endpoints, S> {
  const file = process.env.STACK_ENDPOINTS;
  if (file === undefined)
    throw new Error('STACK_ENDPOINTS names no file: run the tests through `npm test`, which starts the servers.');
  return JSON.parse(readFileSync(file, 'utf8')) as Endpoints;
}
