import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { newTenantId } from '../../../contract/ids';
import type { Access } from '../../../contract/tenants/access';
import { createKeycloak, type Keycloak } from '../../../providers/keycloak/keycloak';
import type { ResourceContext } from '../../../providers/port/kind';
import { resourceContext } from '../kind-suite';
import { adminSpec, makeSurroundings, observerOf, removeAll, settingsFor } from './realm';

/** The password of every account that {@link startPeople} makes. */
export const PASSWORD = 'Chosen-by-its-owner-1';

/** A client that takes passwords. */
const CLIENT = 'sign-in';

/** What a login is answered with. */
export const SIGNED_IN = 'signed in';
export const ACCOUNT_DISABLED = 'Account disabled';

/** An account that can sign in. */
export interface Person {
  id: string;
  username: string;
}

/** Tokens, or why there are none. */
export interface Tokens {
  access_token?: string;
  refresh_token?: string;
  error_description?: string;
}

/** Tenants and accounts in a realm of a test's own, and what Keycloak says to them without the adapter in between. */
export class People {
  readonly #tenants: string[] = [];
  readonly #accounts: string[] = [];

  constructor(
    readonly realm: string,
    readonly keycloak: Keycloak,
    readonly client: KeycloakAdminClient,
  ) {}

  /** A tenant with a first admin who has chosen a password. */
  async tenant() {
    const { keycloak, client } = this;
    const tenantId = newTenantId();
    this.#tenants.push(tenantId);
    await makeSurroundings(keycloak, tenantId);
    const adminContext = resourceContext(keycloak.adminUser, 'global', adminSpec(tenantId), tenantId);
    const { id } = await keycloak.adminUser.create(adminContext);
    await client.users.update({ id }, { requiredActions: [] });
    await client.users.resetPassword({ id, credential: { type: 'password', temporary: false, value: PASSWORD } });
    const organization = { organizationName: 'Acme' };
    const made = resourceContext(keycloak.organization, 'global', organization, tenantId);
    const context: ResourceContext<undefined> = { ...made, spec: undefined };
    const [found] = await client.organizations.find({ search: context.name, exact: true });
    return {
      tenantId,
      adminContext,
      made,
      context,
      orgId: found!.id!,
      admin: { id, username: adminContext.name },
      set: (access: Access, by = keycloak) => by.organization.update!(now(context), { access }),
      access: () => keycloak.organization.access!(now(context)),
    };
  }

  /** An account with {@link PASSWORD}. With an organization it is added to it as administrators of the realm add members. */
  async person({ orgId, ...more }: { orgId?: string; enabled?: boolean; attributes?: object } = {}): Promise<Person> {
    const username = `person-${newTenantId()}`;
    const profile = { username, email: `${username}@example.com`, firstName: 'Ada', lastName: 'Lovelace' };
    const credentials = [{ type: 'password', value: PASSWORD, temporary: false }];
    const { id } = await this.client.users.create({ ...profile, enabled: true, credentials, ...more });
    this.#accounts.push(id);
    if (orgId !== undefined) await this.client.organizations.addMember({ orgId, userId: id });
    return { id, username };
  }

  /** Asks for tokens with a person's password. */
  signIn({ username }: { username: string }, scope = 'openid', password = PASSWORD): Promise<Tokens> {
    return this.#token({ grant_type: 'password', username, password, scope });
  }

  /** What a login with the right password is answered with. */
  async login(person: { username: string }): Promise<string> {
    return (await this.signIn(person)).error_description ?? SIGNED_IN;
  }

  /** {@link login} of several people. One account must not occur twice: Keycloak refuses logins side by side. */
  logins(people: Person[]): Promise<string[]> {
    return Promise.all(people.map((person) => this.login(person)));
  }

  refresh({ refresh_token = '' }: Tokens): Promise<Tokens> {
    return this.#token({ grant_type: 'refresh_token', refresh_token });
  }

  /** Removes all tenants and accounts made so far. */
  async clear(): Promise<void> {
    for (const tenantId of this.#tenants.splice(0)) await removeAll(this.keycloak, tenantId);
    for (const id of this.#accounts.splice(0)) await this.client.users.del({ id }).catch(() => undefined);
  }

  async #token(fields: Record<string, string>): Promise<Tokens> {
    const { url } = settingsFor(this.realm);
    const answer = await fetch(`${url}/realms/${this.realm}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: CLIENT, ...fields }),
    });
    return (await answer.json()) as Tokens;
  }
}

/** Prepares a realm of this name, with a client through which people sign in. */
export async function startPeople(realm: string): Promise<People> {
  const keycloak = createKeycloak(settingsFor(realm));
  await keycloak.prepare();
  const client = await observerOf(realm);
  if ((await client.clients.find({ clientId: CLIENT })).length === 0)
    await client.clients.create({ clientId: CLIENT, publicClient: true, directAccessGrantsEnabled: true });
  return new People(realm, keycloak, client);
}

/** The context of a new attempt, with time of its own. */
function now(context: ResourceContext<undefined>): ResourceContext<undefined> {
  return { ...context, signal: AbortSignal.timeout(60_000) };
}

/** The organizations that an access token names. */
export function organizationsIn({ access_token: token = '' }: Tokens): string[] {
  const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  return (JSON.parse(claims) as { organization?: string[] }).organization ?? [];
}
