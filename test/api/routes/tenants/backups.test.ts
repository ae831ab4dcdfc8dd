import { randomUUID } from 'node:crypto';
import { backupIdOf } from '../../../../contract/backups/backups';
import {
  backupAcceptedSchema,
  backupPageSchema,
  backupSchema,
} from '../../../../contract/schemas/tenants/backup-schema';
import { tenantSchema } from '../../../../contract/schemas/tenants/tenant-schema';
import { beginBackup, completeBackup, failBackup, requestBackup } from '../../../../registry/backups/backups';
import { recordRestore } from '../../../../registry/backups/restores';
import { recordRestoreTest } from '../../../../registry/backups/restore-tests';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { placeOrder, putInState } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('backups over HTTP: not run, this machine has no PostgreSQL');

suite('backups', () => {
  let api: ApiHarness;
  let operator: Client;
  let orderer: Client;
  let tenantId: string;
  let tenantName: string;

  beforeAll(async () => {
    api = await startApiHarness();
    operator = await api.as(['operations:operate']);
    orderer = await api.as(['tenants:order']);
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    Object.assign(api.runs, { down: false, backups: [] });
    const ordered = await placeOrder(orderer);
    ({ tenantId } = ordered);
    ({ tenantName } = ordered.order);
    await api.registry.pool.query(`update operation set region = 'eu-central' where tenant_id = $1`, [tenantId]);
    await putInState(api, ordered, 'active');
  });

  const path = (rest = '') => `/v1/tenants/${tenantId}/backups${rest}`;

  /** Stands in for the worker's part. */
  async function make(backupId: string): Promise<void> {
    const { pool, keys } = api.registry;
    const attempt = (await beginBackup(pool, keys, { tenantId, backupId }, Buffer.from('key')))!;
    const takenAt = new Date().toISOString();
    await completeBackup(
      pool,
      { backupId, attempt },
      { parts: 2, bytes: 4_194_320, sha256: Buffer.alloc(32, 1) },
      {
        isolation: 'pooled',
        schemaVersion: '0001',
        serverVersion: '18.1',
        takenAt,
        sequences: [],
        tables: [{ name: 'project', columns: ['tenant_id', 'id'], rows: 3, sha256: 'a'.repeat(64) }],
      },
    );
  }
  async function start(): Promise<string> {
    const response = await operator.post(path());
    const { backupId } = expectAnswer(response, 202, backupAcceptedSchema);
    expect(response.headers['location']).toBe(path(`/${backupId}`));
    return backupId;
  }

  test('a requested backup starts in the tenant’s region and can be followed at once', async () => {
    const backupId = await start();
    expect(api.runs.backups).toEqual([{ backupId, tenantId, region: 'eu-central', action: 'make' }]);
    const asked = expectAnswer(await orderer.get(path(`/${backupId}`)), 200, backupSchema);
    expect(asked).toMatchObject({ state: 'requested', reason: 'requested', requestedBy: 'token:operations-operate' });
    await make(backupId);
    expect(expectAnswer(await orderer.get(path(`/${backupId}`)), 200, backupSchema)).toMatchObject({
      state: 'good',
      parts: 2,
      bytes: 4_194_320,
      sha256: '01'.repeat(32),
      schemaVersion: '0001',
      tables: [{ name: 'project', rows: 3, sha256: 'a'.repeat(64) }],
    });
  });

  test('a second backup is refused while one runs, and leaves no trace', async () => {
    await start();
    expectProblem(await operator.post(path()), 'state-conflict');
    expect(api.runs.backups).toHaveLength(1);
    expect(expectAnswer(await operator.get(path()), 200, backupPageSchema).items).toHaveLength(1);
  });

  test('a backup is refused while Temporal is down, with that reason, and can be requested again', async () => {
    api.runs.down = true;
    expectProblem(await operator.post(path()), 'temporal-unavailable');
    api.runs.down = false;
    await start();
  });

  test('no backup is made of a tenant that is not active', async () => {
    const ordered = await placeOrder(orderer);
    expectProblem(await operator.post(`/v1/tenants/${ordered.tenantId}/backups`), 'state-conflict');
  });

  test('only a good backup can be verified', async () => {
    const backupId = await start();
    expectProblem(await operator.post(path(`/${backupId}:verify`)), 'state-conflict');
    await make(backupId);
    expectAnswer(await operator.post(path(`/${backupId}:verify`)), 202, backupAcceptedSchema);
    expect(api.runs.backups.at(-1)).toEqual({ backupId, tenantId, region: 'eu-central', action: 'test' });
    await recordRestoreTest(api.registry.pool, { backupId, provider: 'postgres', passed: false, answered: 'cut off' });
    expect(expectAnswer(await operator.get(path(`/${backupId}`)), 200, backupSchema)).toMatchObject({
      state: 'good',
      restoreTest: { state: 'failed', problem: 'cut off' },
    });
  });

  test('a missing backup, or one of another tenant, is not found', async () => {
    const backupId = await start();
    const other = await placeOrder(orderer);
    for (const url of [path(`/${backupIdOf(randomUUID())}`), `/v1/tenants/${other.tenantId}/backups/${backupId}`]) {
      expectProblem(await operator.get(url), 'not-found');
      expectProblem(await operator.post(`${url}:verify`), 'not-found');
    }
  });

  test('a tenant is restored only from a good backup, and only if the request confirms the tenant’s name', async () => {
    const backupId = await start();
    const restore = (confirm = tenantName) => operator.post(path(`/${backupId}:restore`), { confirm });
    expectProblem(await restore(), 'state-conflict');
    await make(backupId);
    expect(expectProblem(await restore(tenantId), 'invalid-body').errors).toMatchObject([{ pointer: '/confirm' }]);
    expect(api.runs.backups).toHaveLength(1);
    expectAnswer(await restore(), 202, backupAcceptedSchema);
    expect(api.runs.backups.at(-1)).toEqual({ backupId, tenantId, region: 'eu-central', action: 'restore' });
    expectProblem(await restore(), 'state-conflict');
    await recordRestore(api.registry.pool, backupId);
    const shown = expectAnswer(await operator.get(path(`/${backupId}`)), 200, backupSchema);
    expect(shown.restore).toMatchObject({ state: 'good', requestedBy: 'token:operations-operate' });
    api.runs.down = true;
    expectProblem(await restore(), 'temporal-unavailable');
    const { restore: failed } = expectAnswer(await operator.get(path(`/${backupId}`)), 200, backupSchema);
    expect(failed).toMatchObject({ state: 'failed', problem: 'No worker has answered.' });
  });

  test('the tenant shows its newest good backup and its newest good restore', async () => {
    const shown = async () => expectAnswer(await orderer.get(`/v1/tenants/${tenantId}`), 200, tenantSchema);
    expect(await shown()).not.toHaveProperty('lastGoodBackup');
    const backupId = await start();
    await make(backupId);
    await recordRestoreTest(api.registry.pool, { backupId, provider: 'postgres', passed: true, answered: 'same' });
    await failBackup(api.registry.pool, await start(), 'no disk');
    expect(await shown()).toMatchObject({ lastGoodBackup: { backupId }, lastGoodRestore: { backupId } });
  });

  test('backups are listed in pages, newest first, each once', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      const backupId = backupIdOf(randomUUID());
      const request = { backupId, tenantId, region: 'eu-central', requestedBy: 'test' };
      await requestBackup(api.registry.pool, { ...request, reason: 'scheduled' });
      await failBackup(api.registry.pool, backupId, 'no disk');
      ids.push(backupId);
    }
    const shown: string[] = [];
    for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
      const more = cursor === undefined ? '' : `&cursor=${cursor}`;
      const page = expectAnswer(await orderer.get(path(`?limit=2${more}`)), 200, backupPageSchema);
      shown.push(...page.items.map(({ backupId }) => backupId));
      cursor = page.nextCursor;
    }
    expect(shown).toEqual(ids.reverse());
  });
});
