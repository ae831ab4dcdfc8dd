import { randomUUID } from 'node:crypto';
import { backupIdOf } from '../../../contract/backups/backups';
import type { TenantState } from '../../../contract/tenants/states';
import { beginBackup, completeBackup, requestBackup } from '../../../registry/backups/backups';
import { requestRestore } from '../../../registry/backups/restores';
import { retireBackup } from '../../../registry/backups/retirement';
import { transaction } from '../../../registry/database';
import { announceDestruction, destroyKey } from '../../../registry/keys/generations';
import { rotateTenantKey } from '../../../registry/keys/rotation';
import { acceptChange } from '../../../registry/operations/change-acceptance';
import {
  endPastHolds,
  liftLegalHold,
  putLegalHold,
  type HoldOutcome,
} from '../../../registry/tenants/legal-hold-changes';
import { findLegalHold, LegalHoldStands, refuseWhileHeld } from '../../../registry/tenants/legal-holds';
import { listLegalHolds } from '../../../registry/views/legal-holds';
import { listTenants, readTenant } from '../../../registry/views/tenants';
import { acceptTenant, activeTenant } from '../../helpers/tenants/accepted';
import { eventsAbout, expectCatalogued } from '../../helpers/events/events';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('legal holds in the registry: not run, this machine has no PostgreSQL');

suite('a legal hold', () => {
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());

  const later = (minutes = 60): Date => new Date(Date.now() + minutes * 60_000);
  const put = (tenantId: string, until: Date | null = null, reason = 'Ada is sued'): Promise<HoldOutcome> =>
    putLegalHold(registry.pool, registry.keys, { tenantId, actor: 'token:legal', reason, until });
  const lift = (tenantId: string) =>
    liftLegalHold(registry.pool, registry.keys, { tenantId, actor: 'token:legal', reason: 'Ada has won' });
  const find = (tenantId: string) => findLegalHold(registry.pool, tenantId);
  const list = (tenantId: string) => listLegalHolds(registry.pool, registry.keys, tenantId);
  const held = async (): Promise<string> => {
    const { tenantId } = await activeTenant(registry);
    await put(tenantId);
    return tenantId;
  };
  const pass = (tenantId: string): Promise<unknown> =>
    registry.pool.query(`update legal_hold set until = clock_timestamp() where tenant_id = $1`, [tenantId]);
  const move = (tenantId: string, state: TenantState): Promise<unknown> =>
    registry.pool.query(`update tenant set state = $2 where tenant_id = $1`, [tenantId, state]);
  const audited = async (tenantId: string) =>
    (
      await registry.pool.query<{ actor: string; action: string; detail: object }>(
        `select actor, action, detail from audit_entry where tenant_id = $1 and action like 'legal-hold.%' order by sequence`,
        [tenantId],
      )
    ).rows;

  test('stands from its placing until it is lifted, and both are on record without their reasons', async () => {
    const { tenantId } = await activeTenant(registry);
    expect(await put(tenantId)).toMatchObject({ outcome: 'placed', hold: { until: null, placedBy: 'token:legal' } });
    const hold = await find(tenantId);
    expect(await lift(tenantId)).toEqual({ outcome: 'lifted', run: undefined });
    expect(await find(tenantId)).toBeUndefined();
    const { holdId } = hold!;
    expect(await audited(tenantId)).toEqual([
      { actor: 'token:legal', action: 'legal-hold.placed', detail: { holdId } },
      { actor: 'token:legal', action: 'legal-hold.lifted', detail: { holdId } },
    ]);
    expect((await eventsAbout(registry.pool, tenantId)).slice(-2)).toEqual([
      ['legal-hold.placed', { holdId }],
      ['legal-hold.lifted', { holdId }],
    ]);
    expect(await list(tenantId)).toMatchObject([
      { holdId, state: 'lifted', reason: 'Ada is sued', liftReason: 'Ada has won', liftedBy: 'token:legal' },
    ]);
  });

  test('is changed by another request, and not by the same one again', async () => {
    const { tenantId } = await activeTenant(registry);
    await put(tenantId);
    expect(await put(tenantId)).toMatchObject({ outcome: 'unchanged' });
    const until = later();
    expect(await put(tenantId, until)).toMatchObject({ outcome: 'changed', hold: { until } });
    expect(await put(tenantId, until)).toMatchObject({ outcome: 'unchanged' });
    expect(await put(tenantId, until, 'Another reason')).toMatchObject({ outcome: 'changed' });
    expect((await audited(tenantId)).map(({ action }) => action)).toEqual([
      'legal-hold.placed',
      'legal-hold.changed',
      'legal-hold.changed',
    ]);
    expect(await list(tenantId)).toMatchObject([{ state: 'standing', reason: 'Another reason' }]);
  });

  test('no longer stands when its end has passed, and that is recorded once', async () => {
    const { tenantId } = await activeTenant(registry);
    await put(tenantId, later());
    await pass(tenantId);
    expect(await find(tenantId)).toBeUndefined();
    expect(await lift(tenantId)).toEqual({ outcome: 'none' });
    await endPastHolds(registry.pool);
    await endPastHolds(registry.pool);
    expect((await audited(tenantId)).map(({ actor, action }) => `${action} by ${actor}`)).toEqual([
      'legal-hold.placed by token:legal',
      'legal-hold.ended by schedule',
    ]);
    expect(await list(tenantId)).toMatchObject([{ state: 'ended' }]);
  });

  test('can follow one whose end has passed, even before that was noticed', async () => {
    const { tenantId } = await activeTenant(registry);
    await put(tenantId, later());
    await pass(tenantId);
    expect(await put(tenantId)).toMatchObject({ outcome: 'placed' });
    expect((await list(tenantId)).map(({ state }) => state)).toEqual(['standing', 'ended']);
  });

  test('cannot be placed with an end in the past, which changes nothing', async () => {
    const { tenantId } = await activeTenant(registry);
    expect(await put(tenantId, later(-1))).toEqual({ outcome: 'past' });
    expect(await list(tenantId)).toEqual([]);
  });

  test('is placed once by many requests at the same time', async () => {
    const { tenantId } = await activeTenant(registry);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => put(tenantId)));
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['placed', ...Array<string>(7).fill('unchanged')]);
  });

  test.each(['active', 'suspended', 'leaving'] as const)('can be placed on a tenant that is %s', async (state) => {
    const { tenantId } = await activeTenant(registry);
    await move(tenantId, state);
    expect(await put(tenantId)).toMatchObject({ outcome: 'placed' });
  });

  test.each(['provisioning', 'gone'] as const)('cannot be placed on a tenant that is %s', async (state) => {
    const { tenantId } = await acceptTenant(registry);
    await move(tenantId, state);
    expect(await put(tenantId)).toEqual({ outcome: 'not-now', state });
  });

  /** An open removal of the tenant. */
  async function removal(tenantId: string): Promise<string> {
    const parameters = { access: 'closed', reason: 'customer_request' } as const;
    const request = { kind: 'deprovision', tenantId, parameters, caller: 'token:test' } as const;
    const done = await acceptChange(registry.pool, registry.keys, { ...request, requestHash: Buffer.alloc(32) });
    if (done.outcome !== 'accepted') throw new Error(done.outcome);
    return done.run.operationId;
  }

  test('can be placed before the pivot of a removal, which is to be told of it, and not after', async () => {
    const { tenantId } = await activeTenant(registry);
    const operationId = await removal(tenantId);
    expect(await put(tenantId)).toMatchObject({ outcome: 'placed', run: operationId });
    expect(await lift(tenantId)).toEqual({ outcome: 'lifted', run: operationId });
    await registry.pool.query(`update operation set pivot_at = now() where operation_id = $1`, [operationId]);
    expect(await put(tenantId)).toEqual({ outcome: 'removing', operationId });
  });

  test('waits for a deletion that is under way, and a deletion waits for it', async () => {
    const { tenantId } = await activeTenant(registry);
    const order: string[] = [];
    let placing: Promise<unknown> = Promise.resolve();
    await transaction(registry.pool, async (client) => {
      await refuseWhileHeld(client, tenantId);
      placing = put(tenantId).then(() => order.push('placed'));
      await waiting('for update');
      order.push('deleted');
    });
    await placing;
    expect(order).toEqual(['deleted', 'placed']);
    await expect(transaction(registry.pool, (client) => refuseWhileHeld(client, tenantId))).rejects.toThrow(
      LegalHoldStands,
    );
  });

  /** Resolves when a statement with this text waits for a lock. */
  async function waiting(text: string): Promise<void> {
    for (;;) {
      const { rowCount } = await registry.pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like $1`,
        [`%${text}%`],
      );
      if (rowCount) return;
    }
  }

  describe('while it stands', () => {
    const goodBackup = async (tenantId: string): Promise<string> => {
      const { pool, keys } = registry;
      const backupId = backupIdOf(randomUUID());
      await requestBackup(pool, { backupId, tenantId, region: 'eu', reason: 'requested', requestedBy: 'test' });
      const attempt = (await beginBackup(pool, keys, { backupId, tenantId }, Buffer.from('key')))!;
      const stored = { parts: 1, bytes: 1, sha256: Buffer.alloc(32) };
      const nothing = { takenAt: new Date().toISOString(), tables: [], sequences: [] };
      const manifest = { isolation: 'pooled', schemaVersion: '1', serverVersion: '15', ...nothing } as const;
      await completeBackup(pool, { backupId, attempt }, stored, manifest);
      return backupId;
    };

    test('a good backup cannot be retired, and nothing is restored over the tenant’s data', async () => {
      const tenantId = await held();
      const backupId = await goodBackup(tenantId);
      await expect(retireBackup(registry.pool, backupId)).rejects.toThrow(LegalHoldStands);
      await expect(requestRestore(registry.pool, { backupId, requestedBy: 'test' })).rejects.toThrow(LegalHoldStands);
      await lift(tenantId);
      expect(await requestRestore(registry.pool, { backupId, requestedBy: 'test' })).toBe(true);
      await retireBackup(registry.pool, backupId);
    });

    test('the tenant’s key cannot be destroyed', async () => {
      const tenantId = await held();
      const destruction = { tenantId, actor: 'test', reason: 'A test.' };
      await expect(destroyKey(registry.pool, destruction)).rejects.toThrow(LegalHoldStands);
      await expect(announceDestruction(registry.pool, destruction)).rejects.toThrow(LegalHoldStands);
      expect(await list(tenantId)).toMatchObject([{ reason: 'Ada is sued' }]);
    });

    test('a destruction of the tenant’s own key that has begun before is completed', async () => {
      const { tenantId } = await activeTenant(registry);
      await announceDestruction(registry.pool, { tenantId, actor: 'test', reason: 'A test.' });
      await put(tenantId);
      const destruction = { tenantId, actor: 'test', reason: 'A test.', wrappingKeyGoneAt: later() };
      expect(await destroyKey(registry.pool, destruction)).toBe(true);
    });

    test('a rotation of the tenant’s key keeps the orders that an operator has replaced', async () => {
      const { tenantId, operationId } = await activeTenant(registry);
      const amended = async (): Promise<number> =>
        (
          await registry.pool.query(`select from resolution where operation_id = $1 and order_ciphertext is not null`, [
            operationId,
          ])
        ).rowCount ?? 0;
      await registry.pool.query(
        `insert into resolution (resolution_id, operation_id, verb, requested_by, verified, state, order_ciphertext)
         select gen_random_uuid(), operation_id, 'amend', 'test', true, 'taken', order_ciphertext from operation where operation_id = $1`,
        [operationId],
      );
      await put(tenantId);
      const rotate = () => rotateTenantKey(registry.pool, registry.keys, { tenantId, actor: 'test' });
      expect(await rotate()).toMatchObject({ outcome: 'rotated' });
      expect(await amended()).toBe(1);
      await lift(tenantId);
      expect(await rotate()).toMatchObject({ outcome: 'rotated' });
      expect(await amended()).toBe(0);
      expect(await list(tenantId)).toMatchObject([{ reason: 'Ada is sued', liftReason: 'Ada has won' }]);
    });
  });

  test('stays readable as such when the tenant’s key is gone, and can then be placed and lifted without its reason', async () => {
    const { tenantId } = await activeTenant(registry);
    await put(tenantId);
    await lift(tenantId);
    await destroyKey(registry.pool, { tenantId, actor: 'test', reason: 'A test.' });
    expect(await put(tenantId)).toMatchObject({ outcome: 'placed' });
    expect(await put(tenantId)).toMatchObject({ outcome: 'unchanged' });
    const holds = await list(tenantId);
    expect(holds.map(({ state }) => state)).toEqual(['standing', 'lifted']);
    for (const hold of holds) expect(Object.keys(hold)).not.toContain('reason');
    expect(await lift(tenantId)).toMatchObject({ outcome: 'lifted' });
  });

  test('is shown with the tenant, without its reason, and tenants can be found by it', async () => {
    const { tenantId } = await activeTenant(registry);
    const found = async (): Promise<boolean> =>
      (await listTenants(registry.pool, { legalHold: true, after: undefined, limit: 100 })).items.some(
        (tenant) => tenant.tenantId === tenantId,
      );
    expect(await found()).toBe(false);
    const until = later();
    await put(tenantId, until);
    const { placedAt } = (await find(tenantId))!;
    expect((await readTenant(registry.pool, tenantId))?.legalHold).toEqual({
      since: placedAt.toISOString(),
      until: until.toISOString(),
    });
    expect(await found()).toBe(true);
    await pass(tenantId);
    expect(await found()).toBe(false);
    expect(await readTenant(registry.pool, tenantId)).not.toHaveProperty('legalHold');
  });

  test('all events of these tests hold what the catalogue allows, and no text', async () => {
    await expectCatalogued(registry.pool);
  });
});
