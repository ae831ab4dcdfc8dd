import { createEffects } from '../../../activities/effects/effect';
import { failure } from '../../../providers/port/failures';
import { createReissue } from '../../../activities/credentials/reissue';
import { activeTenant } from '../../helpers/tenants/accepted';
import { mailDependencies } from '../../helpers/events/mailing';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('new first credentials: not run, this machine has no PostgreSQL');

const NAMED = 'token:operator';

suite('the audit trail of new first credentials', () => {
  let registry: TestRegistry;
  let tenantId: string;
  /** Entries in the trail at each replacement of the password. */
  let saidBefore: string[][];
  let keycloakIsDown: boolean;
  let mailIsDown: boolean;
  let reissue: (reissueId: string) => Promise<void>;

  beforeAll(async () => {
    registry = await createTestRegistry();
    const signal = (): AbortSignal => AbortSignal.timeout(10_000);
    const { pool, keys } = registry;
    const mailing = mailDependencies(registry, {
      send: () => (mailIsDown ? Promise.reject(new Error('The mail server is away.')) : Promise.resolve()),
    });
    const { reissueCredentials } = createReissue({
      ...mailing,
      effects: createEffects({
        pool,
        keys,
        signal,
        lateRequestSeconds: 15,
        repeatedRequestSeconds: 0,
        kindOf: () => {
          throw new Error('Nothing is made.');
        },
      }),
      registry: { apiKeys: { kind: 'api-keys' } },
      keycloak: {
        ...mailing.keycloak,
        adminUser: { kind: 'idp-admin-user' },
        replacePassword: async () => {
          saidBefore.push(await audited());
          if (keycloakIsDown) throw failure('ProviderUnavailable', 'The identity provider is away.');
        },
        classify: () => undefined,
      },
    });
    reissue = (reissueId) => reissueCredentials({ tenantId, requestedBy: NAMED, reissueId });
  });
  afterAll(() => registry.drop());
  beforeEach(async () => {
    ({ tenantId } = await activeTenant(registry));
    saidBefore = [];
    keycloakIsDown = false;
    mailIsDown = false;
  });

  async function audited(): Promise<string[]> {
    const { rows } = await registry.pool.query<{ entry: string }>(
      `select action || ' ' || (detail ->> 'reissueId') as entry from audit_entry
       where tenant_id = $1 and actor = $2 and action like 'credentials.%' order by sequence`,
      [tenantId, NAMED],
    );
    return rows.map(({ entry }) => entry);
  }

  const [begun, done] = ['credentials.reissue-begun first', 'credentials.reissued first'] as const;

  test('has “begun” before the password is replaced, and “done” together with the API keys', async () => {
    await reissue('first');
    expect(saidBefore).toEqual([[begun]]);
    expect(await audited()).toEqual([begun, done]);
  });

  test('has “begun” only, when the attempt ends at the password', async () => {
    keycloakIsDown = true;
    for (let attempt = 0; attempt < 2; attempt += 1) await expect(reissue('first')).rejects.toThrow();
    expect(await audited()).toEqual([begun]);
    keycloakIsDown = false;
    await reissue('first');
    expect(await audited()).toEqual([begun, done]);
  });

  test('has each entry once, however often the activity is retried, and again for another request', async () => {
    mailIsDown = true;
    for (let attempt = 0; attempt < 2; attempt += 1) await reissue('first');
    mailIsDown = false;
    await reissue('first');
    expect(await audited()).toEqual([begun, done]);
    await reissue('second');
    expect(await audited()).toEqual([begun, done, 'credentials.reissue-begun second', 'credentials.reissued second']);
  });

  test('is written together with the API keys or not at all: if it cannot be written, the old keys stay', async () => {
    const keysOf = async (): Promise<unknown[]> =>
      (await registry.pool.query<object>(`select prefix from api_key where tenant_id = $1`, [tenantId])).rows;
    await reissue('first');
    const before = await keysOf();
    expect(before.length).toBeGreaterThan(0);
    await registry.asOwner(`create function refuse_reissued() returns trigger language plpgsql as
      $$ begin if new.action = 'credentials.reissued' then raise exception 'not now'; end if; return new; end $$;
      create trigger refuse_reissued before insert on audit_entry for each row execute function refuse_reissued()`);
    try {
      await expect(reissue('second')).rejects.toThrow('not now');
      expect(await keysOf()).toEqual(before);
    } finally {
      await registry.asOwner(`drop function refuse_reissued() cascade`);
    }
  });
});
