import type { BucketTended, BucketTending } from '../../activities/adapters/storage/tend';
import type { Dependencies } from '../../activities/dependencies';
import { failure } from '../../activities/failures';
import type { TendedPortion } from '../../activities/interface-tending';
import { createTendStorage } from '../../activities/tend-storage';
import type { LoginKind } from '../../activities/adapters/postgres/login';
import type { Drift } from '../../activities/adapters/postgres/login-drift';
import { listEvidence } from '../../registry/evidence';
import { markPresent } from '../../registry/ledger';
import { intended } from '../helpers/ledger';
import { readTenant } from '../../registry/tenant-views';
import { acceptTenant } from '../helpers/accepted';
import { createTestRegistry, type TestRegistry } from '../helpers/registry';

const REGION = 'eu-central';
const NOTHING = { versions: 0, markers: 0, uploads: 0 };

let registry: TestRegistry;
beforeAll(async () => {
  registry = await createTestRegistry();
});
afterAll(() => registry.drop());
// A round goes through everything there is.
beforeEach(() => registry.pool.query(`delete from storage_usage`));
beforeEach(() => registry.pool.query(`update operation set status = 'failed'`));

type Answer = Partial<BucketTended> | undefined;

/** A store and a mailbox in memory. */
function world(answer: (tending: BucketTending) => Answer | Promise<Answer>, login: Partial<LoginKind> = {}) {
  const asked: BucketTending[] = [];
  const mails: { subject: string; text: string; messageId: string }[] = [];
  const tend = async (tending: BucketTending): Promise<BucketTended | undefined> => {
    asked.push(tending);
    const found = await answer(tending);
    return found && { bytes: 0, versions: 0, deleted: NOTHING, over: false, ...found };
  };
  const activities = createTendStorage({
    pool: registry.pool,
    regions: [{ name: REGION }],
    activity: () => 'run/1',
    signal: () => AbortSignal.timeout(30_000),
    effects: { secrets: () => ({}) },
    postgres: { login: { kind: 'postgres-login', ...login }, classify: () => undefined },
    storage: { forRegion: () => ({ tend }), classify: () => undefined },
    mailer: { send: async (mail: (typeof mails)[number]) => void mails.push(mail), classify: () => undefined },
    settings: { operatorMail: ['ops@example.org'] },
  } as unknown as Dependencies);
  const round = async (): Promise<TendedPortion> => {
    const portion = await activities.tendBuckets({ region: REGION });
    await activities.tellOfQuotas();
    return portion;
  };
  return { asked, mails, round };
}

/** A tenant with a bucket in the ledger. */
async function tenant(status = 'active', facts: Record<string, unknown> = { retentionDays: 30, quotaBytes: 100 }) {
  const { tenantId, operationId } = await acceptTenant(registry);
  const { pool } = registry;
  await pool.query(`update operation set status = $2 where operation_id = $1`, [operationId, status]);
  const bucket = { step: 'storage-and-compute', kind: 'bucket', provider: 'versity', cell: '' } as const;
  const place = { tenantId, operationId, region: REGION, name: `t-${tenantId}` };
  const resourceId = await intended(pool, { ...bucket, ...place });
  await markPresent(pool, resourceId, `t-${tenantId}`, facts);
  return tenantId;
}

const evidence = async (tenantId: string) =>
  (await listEvidence(registry.pool, tenantId)).map(({ check, passed, answered }) => ({ check, passed, answered }));
const audited = async (tenantId: string): Promise<string[]> => {
  const sql = `select action from audit_entry where tenant_id = $1 and action like 'storage.%' order by sequence`;
  return (await registry.pool.query<{ action: string }>(sql, [tenantId])).rows.map(({ action }) => action);
};

test('every active tenant’s bucket has its turn with what the ledger says of it, and nobody else’s', async () => {
  const active = [await tenant(), await tenant('active', {})].sort();
  for (const status of ['provisioning', 'compensating', 'failed', 'needs_operator']) await tenant(status);
  const { asked, round } = world(() => ({}));
  expect(await round()).toMatchObject({ counts: { buckets: 2, over: 0 }, problems: [] });
  expect(asked.map(({ tenantId }) => tenantId)).toEqual(active);
  expect(asked.map(({ retentionDays }) => retentionDays).sort()).toEqual([30, undefined]);
});

test('what was deleted is evidence, is looked for once a day, and what is left can be seen', async () => {
  const tenantId = await tenant();
  const { asked, round } = world(() => ({ bytes: 70, versions: 7, deleted: { versions: 3, markers: 1, uploads: 0 } }));
  expect(await round()).toMatchObject({ counts: { buckets: 1, versions: 3, markers: 1, uploads: 0 } });
  await round();
  expect(asked.map(({ expire }) => expire)).toEqual([true, false]);
  expect(await evidence(tenantId)).toContainEqual({
    check: 'storage.retention',
    passed: true,
    answered: '3 versions, 1 delete markers and 0 unfinished uploads deleted',
  });
  expect((await readTenant(registry.pool, tenantId))?.storage).toMatchObject({
    ...{ bytes: 70, versions: 7, quotaBytes: 100, writable: true },
  });
});

test('who comes to be above the quota, and below it again, is told of once each, with evidence and an audit entry', async () => {
  const tenantId = await tenant();
  let bytes = 50;
  const { mails, round } = world(() => ({ bytes, over: bytes > 100 }));
  for (const now of [50, 150, 160, 80, 80]) {
    bytes = now;
    await round();
  }
  expect(mails.map(({ subject }) => subject)).toEqual([
    '[storage] 1 tenant is above the storage quota',
    '[storage] 1 tenant is below it again',
  ]);
  expect(mails[0]?.text).toContain(tenantId);
  expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(2);
  expect(await audited(tenantId)).toEqual(['storage.write-withdrawn', 'storage.write-restored']);
  expect((await evidence(tenantId)).map(({ passed }) => passed)).toEqual([true, false, true]);
  expect((await readTenant(registry.pool, tenantId))?.storage).toMatchObject({ bytes: 80, writable: true });
});

test('that a tenant’s right to write is about to be taken away is in the trail first, once however often it is tried', async () => {
  const tenantId = await tenant();
  let storeIsDown = true;
  const { round } = world(async ({ beforeChange }) => {
    await beforeChange?.(false);
    if (storeIsDown) throw failure('ProviderRefused', 'no');
    return { bytes: 150, over: true };
  });
  for (let n = 0; n < 2; n += 1) await round();
  expect(await audited(tenantId)).toEqual(['storage.write-withdrawing']);
  storeIsDown = false;
  await round();
  expect(await audited(tenantId)).toEqual(['storage.write-withdrawing', 'storage.write-withdrawn']);
});

test('a bucket that is gone or somebody else’s is a problem, keeps no other from its turn, and nothing is kept of it', async () => {
  const [first, second] = [await tenant(), await tenant()].sort();
  const { round } = world(({ tenantId }) => (tenantId === first ? undefined : {}));
  expect(await round()).toMatchObject({ counts: { buckets: 1 }, problems: [expect.stringContaining(first!)] });
  expect(await evidence(first!)).toEqual([]);
  expect((await readTenant(registry.pool, second!))?.storage).toBeDefined();
});

test('a store that does not answer three times in a row is away', async () => {
  for (let count = 0; count < 4; count++) await tenant();
  const { asked, round } = world(() => {
    throw failure('ProviderUnavailable', 'no answer');
  });
  await expect(round()).rejects.toMatchObject({ type: 'ProviderUnavailable' });
  expect(asked).toHaveLength(3);
});

describe('logins that change themselves', () => {
  async function tenantWithLogin(): Promise<string> {
    const tenantId = await tenant();
    const { rows } = await registry.pool.query<{ operationId: string }>(
      `select operation_id as "operationId" from operation where tenant_id = $1`,
      [tenantId],
    );
    const place = { tenantId, operationId: rows[0]!.operationId, region: REGION, cell: 'cell-1' };
    const login = {
      step: 'database',
      kind: 'postgres-login',
      provider: 'postgres',
      name: `t_${tenantId}_app`,
    } as const;
    await markPresent(registry.pool, await intended(registry.pool, { ...place, ...login }), login.name, {});
    return tenantId;
  }
  const trail = async (tenantId: string): Promise<unknown[]> =>
    (
      await registry.pool.query<object>(
        `select action, detail from audit_entry where tenant_id = $1 and action like 'login.%' order by sequence`,
        [tenantId],
      )
    ).rows;

  test('are set again, and the trail says so before and after', async () => {
    const tenantId = await tenantWithLogin();
    let drifted: Drift[] = ['password'];
    const set: unknown[] = [];
    const { round } = world(() => ({}), {
      drift: () => Promise.resolve(drifted),
      create: async ({ name, cell, spec }) => {
        set.push({ name, cell, isolation: spec.isolation, said: (await trail(tenantId)).length });
        drifted = [];
        return { id: name };
      },
    });
    expect((await round()).problems).toEqual([]);
    expect((await round()).problems).toEqual([]);
    const login = `t_${tenantId}_app`;
    expect(set).toEqual([{ name: login, cell: 'cell-1', isolation: 'pooled', said: 1 }]);
    const detail = { login, changed: ['password'] };
    expect(await trail(tenantId)).toEqual([
      { action: 'login.restoring', detail },
      { action: 'login.restored', detail },
    ]);
  });

  test('are announced once however often setting them again fails, and keep no bucket from its turn', async () => {
    const tenantId = await tenantWithLogin();
    const { round } = world(() => ({}), {
      drift: () => Promise.resolve(['settings']),
      create: () => Promise.reject(failure('ProviderUnavailable', 'no answer')),
    });
    expect(await round()).toMatchObject({ counts: { buckets: 1 }, problems: ['no answer'] });
    await round();
    expect(await trail(tenantId)).toMatchObject([{ action: 'login.restoring' }]);
  });

  test('are not asked about any more when three in a row could not be', async () => {
    for (let count = 0; count < 5; count++) await tenantWithLogin();
    const { round } = world(() => ({}), { drift: () => Promise.reject(failure('ProviderUnavailable', 'no answer')) });
    const { counts, problems } = await round();
    expect([counts.buckets, problems.length]).toEqual([5, 3]);
  });
});
