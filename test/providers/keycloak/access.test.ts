import { createKeycloak } from '../../../providers/keycloak/keycloak';
import { CLOSED_ATTRIBUTE, marks } from '../../../providers/keycloak/marks';
import { startFaultProxy } from '../../helpers/providers/fault-proxy';
import { resourceContext } from '../kind-suite';
import { ACCOUNT_DISABLED, SIGNED_IN, startPeople, type People, type Tokens } from './people';
import { GROUPS, removeAll, settingsFor } from './realm';

const REALM = 'access-tests';

describe('the access of a tenant’s people on Keycloak', () => {
  let people: People;

  beforeAll(async () => {
    people = await startPeople(REALM);
  });
  afterEach(() => people.clear());

  test('a closed tenant’s members cannot sign in, whoever made their accounts, and a neighbour’s can', async () => {
    const [closed, neighbour] = [await people.tenant(), await people.tenant()];
    const added = await people.person({ orgId: closed.orgId });
    const own = await people.person({ attributes: marks(closed.tenantId) });
    const members = [closed.admin, added, own];
    expect(await closed.access()).toBe('open');
    await closed.set('closed');
    expect(await people.logins(members)).toEqual([ACCOUNT_DISABLED, ACCOUNT_DISABLED, ACCOUNT_DISABLED]);
    expect(await people.login(neighbour.admin)).toBe(SIGNED_IN);
    expect(await closed.access()).toBe('closed');
    expect(await neighbour.access()).toBe('open');
    await closed.set('open');
    expect(await people.logins(members)).toEqual([SIGNED_IN, SIGNED_IN, SIGNED_IN]);
    expect(await closed.access()).toBe('open');
  });

  test('a tenant that may only read can sign in, also after it was closed', async () => {
    const { set, access, admin } = await people.tenant();
    await set('closed');
    await set('read-only');
    expect(await people.login(admin)).toBe(SIGNED_IN);
    expect(await access()).toBe(people.keycloak.organization.readOnlyMeans);
    await set('closed');
    expect(await people.login(admin)).toBe(ACCOUNT_DISABLED);
  });

  test('sessions and offline tokens end, also those of the same second, and do not come back', async () => {
    const { set, orgId, admin } = await people.tenant();
    const member = await people.person({ orgId });
    const neighbour = await people.tenant();
    const theirs = await people.signIn(neighbour.admin, 'openid offline_access');
    const sessions: Tokens[] = [];
    for (const one of [admin, member])
      for (const scope of ['openid', 'openid offline_access']) sessions.push(await people.signIn(one, scope));
    for (const session of sessions) expect(session).toHaveProperty('refresh_token');
    await set('closed');
    for (const session of sessions) expect(await people.refresh(session)).not.toHaveProperty('access_token');
    await set('open');
    for (const session of sessions) expect(await people.refresh(session)).not.toHaveProperty('access_token');
    expect(await people.refresh(theirs)).toHaveProperty('access_token');
  });

  test('opening enables exactly the accounts that closing has disabled, and changes nothing else of them', async () => {
    const { set, orgId, admin } = await people.tenant();
    const member = await people.person({ orgId });
    const former = await people.person({ orgId, enabled: false });
    const read = () => Promise.all([admin, member, former].map(({ id }) => people.client.users.findOne({ id })));
    const before = await read();
    for (const access of ['closed', 'closed', 'open', 'open', 'closed', 'open'] as const) await set(access);
    const after = await read();
    expect(after.map((account) => ({ ...account, notBefore: 0 }))).toEqual(before);
    expect(await people.login(former)).toBe(ACCOUNT_DISABLED);
    expect(await people.login(member)).toBe(SIGNED_IN);
  });

  test('a change whose answers are lost from any of its requests on is completed by the next attempt', async () => {
    const { set, access, orgId, admin } = await people.tenant();
    const member = await people.person({ orgId });
    const proxy = await startFaultProxy(settingsFor(REALM).url);
    try {
      let whole = false;
      for (let reached = 1; !whole; reached++) {
        for (const wanted of ['closed', 'open'] as const) {
          let seen = 0;
          const changes = ({ method }: { method: string }) => method !== 'GET' && ++seen >= reached;
          const rule = proxy.add({ path: /^\/admin/, does: 'lose', when: changes });
          const broken = await set(wanted, createKeycloak({ ...settingsFor(REALM), url: proxy.url })).then(
            () => false,
            () => true,
          );
          rule.release();
          if (wanted === 'closed') whole = !broken;
          await set(wanted);
          expect(await access()).toBe(wanted);
          const answer = wanted === 'open' ? SIGNED_IN : ACCOUNT_DISABLED;
          expect(await people.logins([admin, member])).toEqual([answer, answer]);
        }
      }
    } finally {
      await proxy.close();
    }
  }, 180_000);

  test('groups and accounts of a closed organization are found complete, are not repaired by a repeated step, and can be removed', async () => {
    const { set, adminContext, tenantId, orgId, admin } = await people.tenant();
    const { groups, adminUser } = people.keycloak;
    const member = await people.person({ orgId });
    const groupsContext = resourceContext(groups, 'global', { groups: GROUPS }, tenantId);
    const find = () => Promise.all([groups.find(groupsContext), adminUser.find(adminContext)]);
    const before = await find();
    expect(before.map(({ state }) => state)).toEqual(['present', 'present']);
    await set('closed');
    expect(await find()).toEqual(before);
    await groups.create(groupsContext);
    await adminUser.create(adminContext);
    expect(await people.login(admin)).toBe(ACCOUNT_DISABLED);
    await removeAll(people.keycloak, tenantId);
    expect((await find()).map(({ state }) => state)).toEqual(['absent', 'absent']);
    // An account that is not the tenant's outlives it, and is what it was.
    expect(await people.login(member)).toBe(SIGNED_IN);
    expect((await people.client.users.findOne({ id: member.id }))?.attributes?.[CLOSED_ATTRIBUTE]).toBeUndefined();
  });

  test('looking at the access leaves no failed login behind, and is not misled by a locked account', async () => {
    const { set, access, admin } = await people.tenant();
    const failures = async () =>
      (await people.client.attackDetection.findOne({ id: admin.id })) as { numFailures: number };
    for (let attempt = 0; attempt < 3; attempt++) await people.signIn(admin, 'openid', 'Guessed-by-others-1');
    expect(await access()).toBe('open');
    expect(await failures()).toMatchObject({ numFailures: 0, disabled: false });
    await set('closed');
    expect(await access()).toBe('closed');
    expect(await failures()).toMatchObject({ numFailures: 0, disabled: false });
  });
});
