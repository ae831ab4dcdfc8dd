import { createClient } from '../../clients/typescript/src/client';
import { apiUrl } from './address';
import { noteAnswer, noteInterruption } from './connectivity';

/** Answers of a proxy whose API is down. */
const UNREACHABLE = [502, 503, 504];

/** Requests carry the session's cookie. The header proves to the API that its own page sent them: no other origin can add it. */
async function send(request: Request): Promise<Response> {
  request.headers.set('x-console', '1');
  try {
    const response = await fetch(request);
    if (UNREACHABLE.includes(response.status)) noteInterruption();
    else noteAnswer();
    return response;
  } catch (error) {
    if (!request.signal.aborted) noteInterruption();
    throw error;
  }
}

/** The API as the signed-in person. Reads are repeated for half a minute while the API does not answer. */
export const client = createClient({ baseUrl: apiUrl, fetch: send });

/** Every route of the API, typed. */
export const { api } = client;

/** Sends a request to a path outside `/v1`, such as the session's. */
export function sendTo(path: string, init: RequestInit = {}): Promise<Response> {
  return send(new Request(`${apiUrl}${path}`, init));
}
