import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { classifyKeycloak } from '../../../../providers/keycloak/classify';
import { entriesOf, statusOf } from '../../../../providers/keycloak/answers';
import { createSession, type Session } from '../../../../providers/keycloak/session';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that issues numbered tokens and answers everything else as a test says. */
describe('a session with Keycloak', () => {
  let server: Server;
  let session: Session;
  let tokens = 0;
  let lifetime = 60;
  let seen: string[] = [];
  let answer: Answer;

  const users = (signal = AbortSignal.timeout(5_000), timeoutMs?: number) =>
    session.run(signal, (client) => entriesOf(client.users.find()), timeoutMs);

  beforeEach(async () => {
    [tokens, lifetime, seen] = [0, 60, []];
    answer = (_request, response) => json(response, 200, []);
    server = createServer((request, response) => {
      request.resume();
      if (request.url?.endsWith('/token'))
        return json(response, 200, { access_token: token(++tokens, lifetime), expires_in: lifetime });
      seen.push(request.headers.authorization ?? '');
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    session = createSession({ url: `http://127.0.0.1:${port}`, realm: 'r', clientId: 'c', clientSecret: 's' });
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('signs in once for many concurrent activities, and again only when the token expires', async () => {
    await Promise.all([users(), users(), users()]);
    await users();
    expect(tokens).toBe(1);
    lifetime = 1;
    session.forget();
    await users();
    await users();
    expect(tokens).toBe(3);
  });

  test.each([401, 403])('renews a refused token once after a %i and repeats the request', async (status) => {
    await users();
    answer = (request, response) =>
      request.headers.authorization === seen[0] ? json(response, status, {}) : json(response, 200, [{ id: 'u' }]);
    await expect(users()).resolves.toEqual([{ id: 'u' }]);
    expect(tokens).toBe(2);
  });

  test('does not keep renewing when the new token is refused too', async () => {
    await users();
    answer = (_request, response) => json(response, 403, {});
    const error: unknown = await users().catch((thrown: unknown) => thrown);
    expect(statusOf(error)).toBe(403);
    expect(tokens).toBe(2);
    expect(seen).toHaveLength(3);
  });

  test('repeats no other request', async () => {
    answer = (_request, response) => json(response, 503, {});
    await expect(users()).rejects.toThrow();
    expect(seen).toHaveLength(1);
  });

  test('gives up when the activity is cancelled', async () => {
    const controller = new AbortController();
    answer = () => controller.abort();
    const error: unknown = await users(controller.signal).catch((thrown: unknown) => thrown);
    expect(classifyKeycloak(error, 'x')).toMatchObject({ type: 'AnswerLost' });
  });

  test('gives up on a server that does not answer', async () => {
    answer = () => undefined;
    const error: unknown = await users(undefined, 100).catch((thrown: unknown) => thrown);
    expect(classifyKeycloak(error, 'x')).toMatchObject({ type: 'AnswerLost' });
  });

  test('takes a page that is not a list for no answer', async () => {
    answer = (_request, response) => response.end('<html>maintenance</html>');
    await expect(users()).rejects.toMatchObject({ type: 'OutcomeUnknown' });
  });
});

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function token(number: number, lifetime: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({})}.${part({ jti: number, exp: Math.floor(Date.now() / 1000) + lifetime })}.x`;
}
