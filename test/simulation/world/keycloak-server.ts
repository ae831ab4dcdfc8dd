import { dashName, PROBE_TENANT_ID } from '../../../contract/ids';
import { marks } from '../../../providers/keycloak/marks';
import { keyOf } from './providers';
import type { Held, World } from './world';

/** Two failures within this time lock an account … */
const QUICK_MS = 1_000;
/** … for this long. */
const LOCK_MS = 60_000;
/** Duration of a login: another login of the same account is refused meanwhile, with the answer for a wrong password. */
const LOGIN_MS = 60;

interface Account {
  lastFailure: number;
  lockedUntil: number;
  busyUntil: number;
  failures: number;
}

interface Answer {
  status: number;
  body?: unknown;
}

/**
 * The part of Keycloak that step 9 uses, behind the real adapter. Brute-force detection gives a locked account, and a login beside another
 * one, the answer for a wrong password (keycloak/keycloak#48272).
 */
export class KeycloakServer {
  readonly #accounts = new Map<string, Account>();
  #requests = 0;

  constructor(readonly world: World) {}

  /** Replaces `fetch`. */
  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input);
    const method = init.method ?? 'GET';
    const path = url.pathname.replace(/^\/admin\/realms\/[^/]+/, '');
    const what = path.includes('openid-connect/token') ? 'token' : path.split('/').find((part) => part !== '')!;
    const master = url.pathname.startsWith('/realms/master/');
    const call = `keycloak.${method} ${master ? 'sign-in' : what}`;
    const signal = init.signal ?? new AbortController().signal;
    if (!master) this.#wrongLoginsBefore(++this.#requests);
    const { status, body } = await this.world.request('keycloak', call, signal, () =>
      this.#answer(method, path, url, bodyOf(init.body)),
    );
    return new Response(body === undefined ? null : JSON.stringify(body), {
      status,
      headers: { 'content-type': 'application/json' },
    });
  };

  /** Makes the failed logins that the plan puts before this request. */
  #wrongLoginsBefore(nth: number): void {
    for (const event of this.world.plan.events) {
      if (event.event !== 'logins' || event.nth !== nth) continue;
      this.world.fired.add(event);
      for (const user of this.#users())
        for (let index = 0; index < event.failures; index++) this.#login(user, 'guessed');
    }
  }

  #answer(method: string, path: string, url: URL, body: string): Answer {
    const parts = path.split('/').filter((part) => part !== '');
    if (path.startsWith('/realms/master/')) return { status: 200, body: { access_token: token(this.world.clock.now) } };
    if (path.endsWith('/openid-connect/token')) {
      const form = new URLSearchParams(body);
      const user = this.#users().find(({ name }) => name === form.get('username'));
      return this.#login(user, form.get('password') ?? '');
    }
    const [first, second, third, fourth] = parts;
    if (first === 'attack-detection') return this.#attackDetection(method, parts.at(-1)!);
    if (first === 'clients' && third === undefined) {
      const clientId = url.searchParams.get('clientId') ?? '';
      return { status: 200, body: [{ id: `id-${clientId}`, clientId, secret: 'secret' }] };
    }
    if (first === 'clients') return { status: 200, body: this.#tokenOf(url.searchParams.get('userId') ?? '') };
    if (first === 'users' && second === undefined) {
      const username = url.searchParams.get('username');
      return {
        status: 200,
        body: this.#users()
          .filter(({ name }) => name === username)
          .map(userOf),
      };
    }
    if (first === 'users' && third === 'groups') return { status: 200, body: this.#groupsOf(second!) };
    if (first === 'organizations' && second === 'members')
      return {
        status: 200,
        body: this.#organizations()
          .filter(({ tenantId }) => third!.includes(tenantId))
          .map(organizationOf),
      };
    if (first === 'organizations' && second === undefined) return { status: 200, body: this.#listOrganizations() };
    if (first === 'organizations' && third === 'members' && fourth === undefined)
      return {
        status: 200,
        body: this.#users()
          .filter(({ tenantId }) => second!.includes(tenantId))
          .map(userOf),
      };
    return { status: 404, body: { error: 'not found' } };
  }

  #login(user: Held | undefined, password: string): Answer {
    const wrong = { status: 401, body: { error: 'invalid_grant', error_description: 'Invalid user credentials' } };
    if (!user) return wrong;
    const { now } = this.world.clock;
    const account = this.#account(user.id);
    const parallel = account.busyUntil > now;
    account.busyUntil = now + LOGIN_MS;
    if (account.lockedUntil > now || parallel) {
      this.world.tell(`Keycloak refuses a login: ${parallel ? 'another is under way' : 'the account is locked'}`);
      return wrong;
    }
    if (password === user.secrets['password'])
      return { status: 400, body: { error: 'invalid_grant', error_description: 'Account is not fully set up' } };
    account.failures += 1;
    if (now - account.lastFailure < QUICK_MS) account.lockedUntil = now + LOCK_MS;
    account.lastFailure = now;
    return wrong;
  }

  #attackDetection(method: string, userId: string): Answer {
    const account = this.#account(userId);
    if (method === 'DELETE') {
      Object.assign(account, { lastFailure: 0, lockedUntil: 0, failures: 0 });
      return { status: 204 };
    }
    const { now } = this.world.clock;
    const disabled = account.lockedUntil > now;
    return {
      status: 200,
      body: {
        numFailures: account.failures,
        disabled,
        lastIPFailure: 'n/a',
        lastFailure: account.lastFailure,
        numTemporaryLockouts: disabled ? 1 : 0,
        failedLoginNotBefore: Math.floor(account.lockedUntil / 1000),
      },
    };
  }

  #account(userId: string): Account {
    const account = this.#accounts.get(userId) ?? { lastFailure: 0, lockedUntil: 0, busyUntil: 0, failures: 0 };
    this.#accounts.set(userId, account);
    return account;
  }

  #users(): Held[] {
    return [...this.world.held.values()].filter(({ kind }) => kind === 'idp-admin-user');
  }

  #organizations(): Held[] {
    return [...this.world.held.values()].filter(({ kind }) => kind === 'idp-organization');
  }

  #listOrganizations(): object[] {
    const probe = { id: 'organization-probe', name: dashName(PROBE_TENANT_ID), attributes: {} };
    return [...this.#organizations().map(organizationOf), probe];
  }

  #groupsOf(userId: string): object[] {
    const user = this.#users().find(({ id }) => id === userId);
    const { groups } = (user?.spec ?? { groups: [] }) as { groups: string[] };
    return groups.map((group) => ({ id: group, name: group, path: `/${dashName(user!.tenantId)}/${group}` }));
  }

  #tokenOf(userId: string): object {
    const user = this.#users().find(({ id }) => id === userId);
    if (!user) return {};
    const made = this.world.held.get(keyOf('idp-groups', user.tenantId));
    const { groups } = (made?.spec ?? { groups: [] }) as { groups: { name: string; roles: string[] }[] };
    const { groups: mine } = user.spec as { groups: string[] };
    const roles = groups.filter(({ name }) => mine.includes(name)).flatMap((group) => group.roles);
    return { tenantId: user.tenantId, organization: [dashName(user.tenantId)], realm_access: { roles } };
  }
}

function userOf({ id, name, tenantId }: Held): object {
  return { id, username: name, enabled: true, attributes: marks(tenantId) };
}

function organizationOf({ id, name, tenantId }: Held): object {
  return { id, name, attributes: marks(tenantId) };
}

/** The admin client reads nothing but the expiry. */
function token(now: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ exp: Math.floor(now / 1000) + 60 })}.x`;
}

function bodyOf(body: RequestInit['body']): string {
  if (body instanceof URLSearchParams) return body.toString();
  return typeof body === 'string' ? body : '';
}
