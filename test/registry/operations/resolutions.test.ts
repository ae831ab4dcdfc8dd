import { randomUUID } from 'node:crypto';
import type { Step } from '../../../contract/operations/steps';
import { closeStep, listResources, listUnreleased, markAbsent, markPresent } from '../../../registry/ledger/ledger';
import { intended } from '../../helpers/ledger';
import { acceptOrder } from '../../../registry/operations/acceptance';
import { loadOperation } from '../../../registry/operations/operations';
import {
  findRequested,
  listTaken,
  refuseResolution,
  requestResolution,
  takeResolution,
  type ResolutionAnswer,
  type Resolution,
} from '../../../registry/operations/resolutions';
import { tenantCipher } from '../../../registry/keys/tenant-keys';
import { readTenant } from '../../../registry/views/tenants';
import { loadTemplates } from '../../../templates/load';
import { order } from '../../helpers/api';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('resolutions in the registry: not run, this machine has no PostgreSQL');

suite('a resolution in the registry', () => {
  const templates = loadTemplates('templates');
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());

  async function newOperation(): Promise<{ operationId: string; tenantId: string }> {
    const accepted = await acceptOrder(registry.pool, registry.keys, {
      caller: 'token:signup',
      requestHash: Buffer.alloc(32),
      order: order(),
      template: templates.get('starter'),
      approvalsRequired: [],
    });
    if (!('operationId' in accepted)) throw new Error(accepted.outcome);
    return accepted;
  }

  const request = (operationId: string, more: Partial<Resolution> = {}): Promise<Resolution> =>
    requestResolution(registry.pool, {
      resolutionId: randomUUID(),
      operationId,
      verb: 'retry',
      reason: '',
      requestedBy: 'token:operator',
      verified: true,
      idempotencyKey: null,
      requestHash: null,
      orderCiphertext: null,
      leftovers: null,
      ...more,
    });
  const take = ({ operationId, resolutionId, verb }: Resolution, steps: Step[] = []): Promise<ResolutionAnswer> =>
    takeResolution(registry.pool, { operationId, resolutionId, verb, steps });
  const audited = async (operationId: string): Promise<unknown[]> =>
    (
      await registry.pool.query<object>(
        `select actor, action, detail from audit_entry where operation_id = $1 and action like 'resolution.%' order by sequence`,
        [operationId],
      )
    ).rows;

  test('is carried out once, however many concurrent attempts, and the trail records actor, verb, reason and steps', async () => {
    const { operationId, tenantId } = await newOperation();
    const resolution = await request(operationId, { verb: 'skip', reason: 'Billed by hand.' });
    const answers = await Promise.all([1, 2, 3].map(() => take(resolution, ['integrations'])));
    expect(answers).toEqual(['taken', 'taken', 'taken']);
    expect(await take(resolution, ['integrations'])).toBe('taken');
    expect(await audited(operationId)).toEqual([
      {
        actor: 'token:operator',
        action: 'resolution.skip',
        detail: {
          resolutionId: resolution.resolutionId,
          status: 'pending',
          steps: ['integrations'],
          reason: 'Billed by hand.',
        },
      },
    ]);
    const told = await registry.pool.query(
      `select tenant_id as "tenantId", data from event where operation_id = $1 and type = 'resolution.taken'`,
      [operationId],
    );
    expect(told.rows).toEqual([
      { tenantId, data: { resolutionId: resolution.resolutionId, verb: 'skip', steps: ['integrations'] } },
    ]);
    expect((await readTenant(registry.pool, tenantId))?.skippedSteps).toEqual([
      { step: 'integrations', reason: 'Billed by hand.', by: 'token:operator', at: expect.any(String) },
    ]);
    expect(await listTaken(registry.pool, operationId)).toMatchObject([{ verb: 'skip', takenAt: expect.any(Date) }]);
  });

  test('that only retries changes nothing else of the operation, whatever data comes with it', async () => {
    const { operationId, tenantId } = await newOperation();
    const leftovers = [{ kind: 'tenant-key', id: tenantId }];
    await take(await request(operationId, { leftovers }), ['integrations']);
    expect((await readTenant(registry.pool, tenantId))?.skippedSteps ?? []).toEqual([]);
    expect(await listResources(registry.pool, tenantId)).toMatchObject([{ kind: 'tenant-key', state: 'present' }]);
  });

  test('without steps, a reason or leftovers has none of them in the trail', async () => {
    const { operationId } = await newOperation();
    const resolution = await request(operationId, { verb: 'accept' });
    expect(await take(resolution)).toBe('taken');
    expect(await audited(operationId)).toEqual([
      {
        actor: 'token:operator',
        action: 'resolution.accept',
        detail: { resolutionId: resolution.resolutionId, status: 'pending' },
      },
    ]);
  });

  test('applies to its own operation only', async () => {
    const [own, other] = [await newOperation(), await newOperation()];
    const resolution = await request(own.operationId);
    expect(await take({ ...resolution, operationId: other.operationId })).toBe('unknown');
    expect(await take({ ...resolution, resolutionId: randomUUID() })).toBe('unknown');
    expect(await take({ ...resolution, verb: 'compensate' })).toBe('unknown');
    expect(await audited(other.operationId)).toEqual([]);
  });

  test('that amends replaces the order', async () => {
    const { operationId, tenantId } = await newOperation();
    const amended = { ...order(), paymentMethod: 'pm_card_visa' };
    const cipher = await tenantCipher(registry.pool, registry.keys, tenantId);
    await take(
      await request(operationId, { verb: 'amend', orderCiphertext: cipher.seal('order', JSON.stringify(amended)) }),
    );
    expect((await loadOperation(registry.pool, registry.keys, operationId))?.order).toEqual(amended);
    expect(JSON.stringify(await audited(operationId))).not.toContain('pm_card_visa');
  });

  test('that accepts leftovers marks exactly those it names', async () => {
    const { operationId, tenantId } = await newOperation();
    for (const kind of ['bucket', 'storage-access-key', 'idp-groups']) {
      const resourceId = await intended(registry.pool, {
        ...{ tenantId, operationId, step: 'storage-and-compute', kind },
        ...{ provider: 'test', region: 'eu-central', cell: '', name: `t-${tenantId}` },
      });
      // A resource that is not known to exist has no provider id and is identified by its name.
      if (kind !== 'idp-groups') await markPresent(registry.pool, resourceId, `${kind}-1`, {});
    }
    const leftovers = [
      { kind: 'bucket', id: 'bucket-1' },
      { kind: 'idp-groups', id: `t-${tenantId}` },
      { kind: 'storage-access-key', id: 'bucket-1' },
    ];
    await take(await request(operationId, { verb: 'accept', reason: 'Removed by hand.', leftovers }));
    const states = (await listResources(registry.pool, tenantId)).map(({ kind, state }) => [kind, state]);
    expect(Object.fromEntries(states)).toMatchObject({
      bucket: 'accepted',
      'idp-groups': 'accepted',
      'storage-access-key': 'present',
    });
    const left = (await listUnreleased(registry.pool, operationId)).map(({ kind }) => kind);
    expect(left).toEqual(['tenant-key', 'storage-access-key']);
    expect(await audited(operationId)).toMatchObject([{ detail: { leftovers, reason: 'Removed by hand.' } }]);
  });

  test('that accepts what could not be changed back keeps it as the tenant’s, as it was before; no other verb does', async () => {
    const { operationId, tenantId } = await newOperation();
    const resourceId = await intended(registry.pool, {
      ...{ tenantId, operationId, step: 'storage-and-compute', kind: 'bucket' },
      ...{ provider: 'test', region: 'eu-central', cell: '', name: `t-${tenantId}` },
    });
    await markPresent(registry.pool, resourceId, 'bucket-1', {});
    await registry.pool.query(
      `update resource set state = 'changing', settings = '{"access": "closed"}', settings_before = '{"access": "open"}', changed_by = $2
       where resource_id = $1`,
      [resourceId, operationId],
    );
    const bucket = async (): Promise<unknown> =>
      (
        await registry.pool.query(
          `select state, settings, settings_before as before, changed_by as by from resource where resource_id = $1`,
          [resourceId],
        )
      ).rows[0];
    const leftovers = [{ kind: 'bucket', id: 'bucket-1' }];
    await take(await request(operationId, { verb: 'retry', leftovers }));
    expect(await bucket()).toMatchObject({ state: 'changing', settings: { access: 'closed' } });
    await take(await request(operationId, { verb: 'accept', leftovers }));
    expect(await bucket()).toMatchObject({ settings: { access: 'open' }, before: null, by: null });
  });

  test('that accepts leftovers leaves alone those released in the meantime', async () => {
    const { operationId, tenantId } = await newOperation();
    const [absent, open] = await Promise.all(
      ['bucket', 'storage-access-key'].map(async (kind) => {
        const resourceId = await intended(registry.pool, {
          ...{ tenantId, operationId, step: 'storage-and-compute', kind },
          ...{ provider: 'test', region: 'eu-central', cell: '', name: `t-${tenantId}` },
        });
        await markPresent(registry.pool, resourceId, `${kind}-1`, {});
        return resourceId;
      }),
    );
    await closeStep(registry.pool, operationId, 'storage-and-compute');
    expect(await markAbsent(registry.pool, absent!)).toBe(0);
    const leftovers = [
      { kind: 'bucket', id: 'bucket-1' },
      { kind: 'storage-access-key', id: 'storage-access-key-1' },
    ];
    await take(await request(operationId, { verb: 'accept', reason: 'Removed by hand.', leftovers }));
    const states = (await listResources(registry.pool, tenantId)).map(({ resourceId, state }) => [resourceId, state]);
    expect(Object.fromEntries(states)).toMatchObject({ [absent!]: 'absent', [open!]: 'accepted' });
  });

  test('with an idempotency key used before is the first one again, even for concurrent requests', async () => {
    const { operationId } = await newOperation();
    const asked = await Promise.all(
      [1, 2, 3].map(() => request(operationId, { idempotencyKey: `key-${operationId}` })),
    );
    expect(new Set(asked.map(({ resolutionId }) => resolutionId)).size).toBe(1);
    const found = await findRequested(registry.pool, 'token:operator', `key-${operationId}`);
    expect(found?.resolutionId).toBe(asked[0]!.resolutionId);
    expect(await findRequested(registry.pool, 'token:another', `key-${operationId}`)).toBeUndefined();
  });

  test('that was refused cannot be carried out, and one that was carried out cannot be refused', async () => {
    const { operationId } = await newOperation();
    const [refused, taken] = [await request(operationId), await request(operationId)];
    await refuseResolution(registry.pool, refused.resolutionId);
    expect(await take(refused)).toBe('unknown');
    await take(taken);
    await refuseResolution(registry.pool, taken.resolutionId);
    expect((await listTaken(registry.pool, operationId)).map(({ resolutionId }) => resolutionId)).toEqual([
      taken.resolutionId,
    ]);
  });
});
