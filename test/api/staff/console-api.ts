import { randomBytes, randomUUID } from 'node:crypto';
import express from 'express';
import { createApp } from '../../../api/app';
import type { ApiDependencies } from '../../../api/dependencies';
import { EventFeed } from '../../../api/events/feed';
import { createLogger } from '../../../api/http/log';
import { listen } from '../../../api/http/listen';
import { groupRoles, type StaffSettings } from '../../../api/staff/settings';
import { STAFF, type StaffLogin } from '../../../stack/staff';
import { freePort } from '../../../stack/processes/ports';
import { apiDependencies, RecordingRuns } from '../../helpers/api';
import { asServerAdmin, type RealmCall } from '../../helpers/providers/keycloak/realm-user';
import { createTestRegistry, type TestRegistry } from '../../helpers/registry';
import { stackEndpoints } from '../../stack';

const REALM = '/admin/realms/staff';

/** An API in this process, with a client and people of its own in Keycloak's realm of the staff. */
export interface ConsoleApi {
  url: string;
  registry: TestRegistry;
  runs: RecordingRuns;
  settings: StaffSettings;
  dependencies: ApiDependencies;
  /** Logout tokens that Keycloak has sent so far. */
  logoutTokens: string[];
  /** Log lines so far. */
  log: string[];
  /** Keycloak's REST API in the name of its administrator. */
  admin: RealmCall;
  /** Lets the API's clock run ahead of the real one. */
  forward(seconds: number): void;
  /** Makes a person in these of the realm's groups. */
  person(groups: readonly string[], changes?: object): Promise<StaffLogin & { id: string }>;
  stop(): Promise<void>;
}

/** Starts one; `changes` replace settings. With `consoleDir` it serves the console that was built there. */
export async function startConsoleApi(changes: Partial<StaffSettings> = {}, consoleDir?: string): Promise<ConsoleApi> {
  const server = stackEndpoints('keycloak').keycloak!;
  const admin = await asServerAdmin(server);
  const registry = await createTestRegistry();
  const runs = new RecordingRuns();
  const log: string[] = [];
  const url = `http://127.0.0.1:${await freePort()}`;
  const settings: StaffSettings = {
    issuer: server.staff!.issuer,
    clientId: `console-${randomBytes(4).toString('hex')}`,
    clientSecret: randomBytes(16).toString('hex'),
    scopes: 'openid profile',
    groupsClaim: 'groups',
    usernameClaim: 'preferred_username',
    audience: 'tenant-provisioner',
    roles: groupRoles(STAFF),
    idleSeconds: 1800,
    absoluteSeconds: 36_000,
    recheckSeconds: 300,
    ...changes,
  };
  const made: string[] = [];
  const create = async (what: string, body: object): Promise<void> => {
    const { status, text } = await admin('POST', `${REALM}/${what}`, body);
    if (status !== 201) throw new Error(`Keycloak answered ${status}: ${text}`);
  };
  const idOf = async (query: string): Promise<string> =>
    (JSON.parse((await admin('GET', `${REALM}/${query}`)).text) as { id: string }[])[0]!.id;
  const recorder = await startRecorder(url);
  await create('clients', clientOf(settings, url, recorder.url, await mappersOf(admin)));
  made.push(`clients/${await idOf(`clients?clientId=${settings.clientId}`)}`);
  let ahead = 0;
  const dependencies: ApiDependencies = {
    ...apiDependencies(registry, runs),
    logger: createLogger('debug', 'test', { write: (line) => void log.push(line) }),
    publicUrl: url,
    staff: settings,
    now: () => new Date(Date.now() + ahead * 1000),
    events: new EventFeed(registry.pool, createLogger('silent', 'test')),
    ...(consoleDir === undefined ? {} : { consoleDir }),
  };
  const listening = await listen(createApp(dependencies), '127.0.0.1', Number(new URL(url).port));
  return {
    url,
    registry,
    runs,
    settings,
    dependencies,
    logoutTokens: recorder.tokens,
    log,
    admin,
    forward: (seconds) => void (ahead += seconds),
    person: async (groups, more = {}) => {
      const username = `person-${randomBytes(5).toString('hex')}`;
      const password = randomUUID();
      await create('users', {
        username,
        enabled: true,
        email: `${username}@staff.example.com`,
        emailVerified: true,
        firstName: 'Ada',
        lastName: 'Lovelace',
        groups,
        credentials: [{ type: 'password', value: password, temporary: false }],
        ...more,
      });
      const name = (more as { username?: string }).username ?? username;
      const id = await idOf(`users?exact=true&username=${encodeURIComponent(name)}`);
      made.push(`users/${id}`);
      return { username: name, password, id };
    },
    stop: async () => {
      await Promise.all([listening.close(), recorder.stop()]);
      await dependencies.events.stop();
      for (const what of made) await admin('DELETE', `${REALM}/${what}`);
      await registry.drop();
    },
  };
}

type Mapper = Record<string, unknown>;

/** The mappers of the stack's own client, so that the tests see the tokens that people get. */
async function mappersOf(admin: RealmCall): Promise<Mapper[]> {
  const { text } = await admin('GET', `${REALM}/clients?clientId=console`);
  const [client] = JSON.parse(text) as { protocolMappers: Mapper[] }[];
  return client!.protocolMappers.map(({ id: _, ...mapper }) => mapper);
}

/** Passes Keycloak's logout messages on to the API, and keeps their tokens. */
async function startRecorder(url: string): Promise<{ url: string; tokens: string[]; stop: () => Promise<void> }> {
  const tokens: string[] = [];
  const app = express().post('/', express.urlencoded({ extended: false }), async (request, response) => {
    const { logout_token: token = '' } = request.body as { logout_token?: string };
    tokens.push(token);
    response.status((await sendLogout(url, token)).status).end();
  });
  const { port, close } = await listen(app, '127.0.0.1', 0);
  return { url: `http://127.0.0.1:${port}/`, tokens, stop: () => close() };
}

/** Sends a logout token as the issuer does. */
export function sendLogout(url: string, token: string): Promise<Response> {
  const body = new URLSearchParams({ logout_token: token });
  return fetch(`${url}/console/backchannel-logout`, { method: 'POST', body });
}

function clientOf(
  { clientId, clientSecret }: StaffSettings,
  url: string,
  logoutUrl: string,
  protocolMappers: Mapper[],
): object {
  return {
    clientId,
    secret: clientSecret,
    protocol: 'openid-connect',
    publicClient: false,
    standardFlowEnabled: true,
    // Only so that a test gets access tokens without a browser.
    directAccessGrantsEnabled: true,
    redirectUris: [`${url}/console/callback`],
    protocolMappers,
    attributes: {
      'pkce.code.challenge.method': 'S256',
      'post.logout.redirect.uris': `${url}/console/`,
      'backchannel.logout.url': logoutUrl,
      'backchannel.logout.session.required': 'true',
    },
  };
}
