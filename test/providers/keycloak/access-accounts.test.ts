import { CLOSED_ATTRIBUTE, marks } from '../../../providers/keycloak/marks';
import { startCompany } from './company';
import { ACCOUNT_DISABLED, organizationsIn, PASSWORD, SIGNED_IN, startPeople, type People } from './people';

const REALM = 'access-account-tests';

describe('the accounts that a tenant’s access concerns on Keycloak', () => {
  let people: People;

  beforeAll(async () => {
    people = await startPeople(REALM);
  });
  afterEach(() => people.clear());

  test('an account that leaves the organization while the tenant is closed is enabled again with it', async () => {
    const { set, orgId } = await people.tenant();
    const member = await people.person({ orgId });
    await set('closed');
    await people.client.organizations.delMember({ orgId, userId: member.id });
    await set('open');
    expect(await people.login(member)).toBe(SIGNED_IN);
  });

  test('guests keep their login, without the closed organization in their tokens', async () => {
    const [closed, neighbour] = [await people.tenant(), await people.tenant()];
    const guest = await people.person({ orgId: closed.orgId });
    for (const { id } of [guest, closed.admin])
      await people.client.organizations.addMember({ orgId: neighbour.orgId, userId: id });
    await people.client.organizations.addMember({ orgId: closed.orgId, userId: neighbour.admin.id });
    const session = await people.signIn(guest, 'openid organization:*');
    expect(organizationsIn(session).sort()).toEqual([closed.context.name, neighbour.context.name].sort());
    await closed.set('closed');
    expect(organizationsIn(await people.refresh(session))).toEqual([neighbour.context.name]);
    expect(organizationsIn(await people.signIn(guest, 'openid organization:*'))).toEqual([neighbour.context.name]);
    expect(await people.login(neighbour.admin)).toBe(SIGNED_IN);
    expect(await people.login(closed.admin)).toBe(ACCOUNT_DISABLED);
    expect(await closed.access()).toBe('closed');
    expect(await neighbour.access()).toBe('open');
  });

  test('a guest of two tenants cannot sign in while both are closed, and can as soon as one is open', async () => {
    const [one, two] = [await people.tenant(), await people.tenant()];
    const guest = await people.person({ orgId: one.orgId });
    await people.client.organizations.addMember({ orgId: two.orgId, userId: guest.id });
    await one.set('closed');
    expect(await people.login(guest)).toBe(SIGNED_IN);
    await two.set('closed');
    expect(await people.login(guest)).toBe(ACCOUNT_DISABLED);
    await one.set('open');
    expect(await people.login(guest)).toBe(SIGNED_IN);
    expect([await one.access(), await two.access()]).toEqual(['open', 'closed']);
  });

  test('an account that comes late is told from a closed one, and closed by the next attempt', async () => {
    const { set, access, orgId } = await people.tenant();
    await set('closed');
    const late = await people.person({ orgId });
    await expect(access()).rejects.toMatchObject({ type: 'OutcomeUnknown', nonRetryable: false });
    await set('closed');
    expect(await access()).toBe('closed');
    expect(await people.login(late)).toBe(ACCOUNT_DISABLED);
  });

  test('an organization that an operator has disabled is not taken for a closed tenant', async () => {
    const { access, orgId, admin } = await people.tenant();
    const organization = await people.client.organizations.findOne({ id: orgId });
    await people.client.organizations.updateById({ id: orgId }, { ...organization, enabled: false });
    expect(await people.login(admin)).toBe(SIGNED_IN);
    await expect(access()).rejects.toMatchObject({ type: 'OutcomeUnknown' });
  });

  test('no account is disabled in a realm that could not remember it', async () => {
    const { set, admin } = await people.tenant();
    const profile = await people.client.users.getProfile();
    const attributes = profile.attributes!.filter(({ name }) => name !== CLOSED_ATTRIBUTE);
    await people.client.users.updateProfile({ ...profile, attributes });
    try {
      await expect(set('closed')).rejects.toMatchObject({ type: 'ProviderUnavailable', nonRetryable: false });
      expect(await people.login(admin)).toBe(SIGNED_IN);
    } finally {
      await people.keycloak.prepare();
    }
    await set('closed');
    expect(await people.login(admin)).toBe(ACCOUNT_DISABLED);
  });

  test('accounts are closed and opened although there are more than a page of Keycloak’s lists holds', async () => {
    const { set, access, tenantId } = await people.tenant();
    const many = Array.from({ length: 205 }, (_, index) => ({
      username: `page-${tenantId}-${index}`,
      enabled: true,
      attributes: marks(tenantId),
    }));
    await people.client.realms.partialImport({ realm: REALM, rep: { ifResourceExists: 'FAIL', users: many } });
    const enabled = async () => {
      const found = await people.client.users.find({ q: `tenantId:${tenantId}`, max: 500 });
      return found.filter((account) => account.enabled).length;
    };
    expect(await enabled()).toBe(206);
    await set('closed');
    expect(await enabled()).toBe(0);
    expect(await access()).toBe('closed');
    await set('open');
    expect(await enabled()).toBe(206);
  }, 180_000);

  test('members who come from the organization’s own identity provider are kept out, their offline tokens ended', async () => {
    const { set, access, orgId, tenantId } = await people.tenant();
    const company = await startCompany(people, { orgId, tenantId });
    const { username, signIn: viaCompany } = company;
    try {
      expect(await viaCompany()).toBe('signed in');
      const [managed] = await people.client.users.find({ username, exact: true });
      await people.client.users.resetPassword({
        id: managed!.id!,
        credential: { type: 'password', value: PASSWORD, temporary: false },
      });
      const offline = await people.signIn({ username }, 'openid offline_access');
      expect(offline).toHaveProperty('refresh_token');
      await set('closed');
      expect(await people.login({ username })).toBe(ACCOUNT_DISABLED);
      expect(await viaCompany()).toBe('not offered');
      expect(await access()).toBe('closed');
      await set('open');
      expect(await access()).toBe('open');
      expect(await people.refresh(offline)).not.toHaveProperty('access_token');
      expect(await people.login({ username })).toBe(SIGNED_IN);
      expect(await viaCompany()).toBe('signed in');
    } finally {
      await company.stop();
    }
  }, 120_000);
});
