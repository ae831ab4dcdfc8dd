import { emptyVault } from '../../helpers/providers/storage/memory-vault';
import type { BucketUpkeepResult, BucketUpkeep } from '../../../providers/storage/objects/upkeep';
import type { Mail } from '../../../providers/mail/mailer';
import { failure } from '../../../providers/port/failures';
import type { UpkeepPortionResult } from '../../../activities/maintenance/interface-upkeep';
import { createStorageUpkeep } from '../../../activities/maintenance/storage-upkeep';
import type { LoginKind } from '../../../providers/postgres/logins/login';
import type { Drift } from '../../../providers/postgres/logins/login-drift';
import { listEvidence } from '../../../registry/evidence/evidence';
import { markPresent } from '../../../registry/ledger/ledger';
import { intended } from '../../helpers/ledger';
import { liftLegalHold, putLegalHold } from '../../../registry/tenants/legal-hold-changes';
import { readTenant } from '../../../registry/views/tenants';
import { acceptTenant } from '../../helpers/tenants/accepted';
import { mailDependencies } from '../../helpers/events/mailing';
import { memorySecrets } from '../../providers/kind-suite';
import { createTestRegistry, type TestRegistry } from '../../helpers/registry';

const REGION = 'eu-central';
const NOTHING = { versions: 0, markers: 0, uploads: 0 };

let registry: TestRegistry;
beforeAll(async () => {
  registry = await createTestRegistry();
});
afterAll(() => registry.drop());
// A round covers every tenant in the registry, so each test starts without the others' tenants.
beforeEach(() => registry.pool.query(`delete from storage_usage`));
beforeEach(() => registry.pool.query(`update operation set status = 'failed'`));

type Answer = Partial<BucketUpkeepResult> | undefined;

type Login = Pick<LoginKind, 'create' | 'drift'>;

/** Calls on a login that the upkeep should leave alone. */
const UNTOUCHED: Login = {
  create: () => Promise.reject(new Error('The upkeep reset a login.')),
  drift: () => Promise.reject(new Error('The upkeep read a login.')),
};

/** An object store and a mailbox in memory. */
function world(answer: (upkeep: BucketUpkeep) => Answer | Promise<Answer>, login: Partial<Login> = {}) {
  const asked: BucketUpkeep[] = [];
  const mails: Mail[] = [];
  const maintain = async (upkeep: BucketUpkeep): Promise<BucketUpkeepResult | undefined> => {
    asked.push(upkeep);
    const found = await answer(upkeep);
    return found && { bytes: 0, versions: 0, deleted: NOTHING, over: false, ...found };
  };
  const activities = createStorageUpkeep({
    ...mailDependencies(
      registry,
      { send: async (mail) => void mails.push(mail) },
      { operatorMail: ['ops@example.org'] },
    ),
    regions: [{ name: REGION }],
    activity: () => 'run/1',
    effects: { secrets: () => memorySecrets() },
    postgres: {
      login: { kind: 'postgres-login', ...UNTOUCHED, ...login },
      readonlyLogin: { kind: 'postgres-readonly', ...UNTOUCHED },
      classify: () => undefined,
      measure: () => Promise.resolve(undefined),
    },
    storage: { forRegion: () => ({ maintain, vault: emptyVault() }), classify: () => undefined },
  });
  const round = async (): Promise<UpkeepPortionResult> => {
    const portion = await activities.maintainBuckets({ region: REGION });
    await activities.mailQuotaChanges();
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

test('every active tenant’s bucket is maintained with the settings in the ledger, and no other bucket', async () => {
  const active = [await tenant(), await tenant('active', {})].sort();
  for (const status of ['provisioning', 'compensating', 'failed', 'needs_operator']) await tenant(status);
  const { asked, round } = world(() => ({}));
  expect(await round()).toMatchObject({ counts: { buckets: 2, over: 0 }, problems: [] });
  expect(asked.map(({ tenantId }) => tenantId)).toEqual(active);
  expect(asked.map(({ retentionDays }) => retentionDays).sort()).toEqual([30, undefined]);
});

test('a suspended tenant’s bucket is maintained too, but not that of a tenant that is leaving', async () => {
  const [suspended, leaving] = [await tenant(), await tenant()];
  for (const [tenantId, state] of Object.entries({ [suspended]: 'suspended', [leaving]: 'leaving' }))
    await registry.pool.query(`update tenant set state = $2 where tenant_id = $1`, [tenantId, state]);
  const { asked, round } = world(() => ({}));
  await round();
  expect(asked.map(({ tenantId }) => tenantId)).toEqual([suspended]);
});

test('deletions are recorded as evidence, the search runs once a day, and the remaining usage is visible', async () => {
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
    bytes: 70,
    versions: 7,
    quotaBytes: 100,
    writable: true,
  });
});

test('the size of a bucket counts as its tenant’s usage, once in some hours', async () => {
  const tenantId = await tenant();
  let bytes = 70;
  const { round } = world(() => ({ bytes: bytes++ }));
  await round();
  await round();
  const { rows } = await registry.pool.query(`select source, meter, value from usage_record where tenant_id = $1`, [
    tenantId,
  ]);
  expect(rows).toEqual([{ source: 'provisioner', meter: 'storage_bytes', value: '70' }]);
});

test('while a legal hold stands nothing expires, which is recorded once, and afterwards what was due expires at once', async () => {
  const tenantId = await tenant();
  const { pool, keys } = registry;
  const hold = { tenantId, actor: 'token:legal', reason: 'Sued' };
  await putLegalHold(pool, keys, { ...hold, until: null });
  const { asked, round } = world(() => ({}));
  for (let day = 0; day < 2; day++) expect(await round()).toMatchObject({ counts: { buckets: 1, held: 1 } });
  expect(await audited(tenantId)).toEqual(['storage.kept-by-legal-hold']);
  await liftLegalHold(pool, keys, hold);
  expect(await round()).toMatchObject({ counts: { buckets: 1, held: 0 } });
  expect(asked.map(({ expire }) => expire)).toEqual([false, false, true]);
  expect(await asked[0]!.held!()).toBe(false);
});

test('the bucket of a tenant that is leaving is maintained while a legal hold stands, so that its store keeps everything', async () => {
  const tenantId = await tenant();
  const { pool, keys } = registry;
  await pool.query(`update tenant set state = 'leaving' where tenant_id = $1`, [tenantId]);
  await putLegalHold(pool, keys, { tenantId, actor: 'token:legal', reason: 'Sued', until: null });
  const { asked, round } = world(() => ({}));
  await round();
  expect(asked.map((upkeep) => upkeep.tenantId)).toEqual([tenantId]);
  expect(await asked[0]!.held!()).toBe(true);
});

test('crossing the quota, in either direction, is reported once, with evidence and an audit entry', async () => {
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

test('withdrawing a tenant’s right to write is in the trail beforehand, once, however often it is tried', async () => {
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

test('a missing or foreign bucket is reported as a problem, does not stop the others, and leaves no records', async () => {
  const [first, second] = [await tenant(), await tenant()].sort();
  const { round } = world(({ tenantId }) => (tenantId === first ? undefined : {}));
  expect(await round()).toMatchObject({ counts: { buckets: 1 }, problems: [expect.stringContaining(first!)] });
  expect(await evidence(first!)).toEqual([]);
  expect((await readTenant(registry.pool, second!))?.storage).toBeDefined();
});

test('three buckets in a row without an answer mean that the store is down', async () => {
  for (let count = 0; count < 4; count++) await tenant();
  const { asked, round } = world(() => {
    throw failure('ProviderUnavailable', 'no answer');
  });
  await expect(round()).rejects.toMatchObject({ type: 'ProviderUnavailable' });
  expect(asked).toHaveLength(3);
});

describe('logins that have drifted', () => {
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

  test('are reset, with an audit entry before and after', async () => {
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

  test('are announced once, however often the reset fails, and do not keep buckets from being maintained', async () => {
    const tenantId = await tenantWithLogin();
    const { round } = world(() => ({}), {
      drift: () => Promise.resolve(['settings']),
      create: () => Promise.reject(failure('ProviderUnavailable', 'no answer')),
    });
    expect(await round()).toMatchObject({ counts: { buckets: 1 }, problems: ['no answer'] });
    await round();
    expect(await trail(tenantId)).toMatchObject([{ action: 'login.restoring' }]);
  });

  test('are skipped for the rest of the round once three in a row could not be read', async () => {
    for (let count = 0; count < 5; count++) await tenantWithLogin();
    const { round } = world(() => ({}), { drift: () => Promise.reject(failure('ProviderUnavailable', 'no answer')) });
    const { counts, problems } = await round();
    expect([counts.buckets, problems.length]).toEqual([5, 3]);
  });
});
