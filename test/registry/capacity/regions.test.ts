import { randomBytes } from 'node:crypto';
import { reserve } from '../../../registry/capacity/capacity';
import { transaction } from '../../../registry/database';
import { evidenceDigest, recordEvidence, type Evidence } from '../../../registry/evidence/evidence';
import { acceptOrder } from '../../../registry/operations/acceptance';
import { recordOutcome } from '../../../registry/operations/transitions';
import { listProcessors, listRegions, registerProcessors, registerRegions } from '../../../registry/capacity/regions';
import { loadTemplates } from '../../../templates/load';
import { order } from '../../helpers/api';
import { createTestRegistry, type TestRegistry } from '../../helpers/registry';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await createTestRegistry();
  await registry.pool.query(`insert into cell (region, kind, cell, capacity)
    select region, kind, region || '-' || kind, 100 from unnest(array['eu-central', 'us-east']) region,
      unnest(array['database', 'storage', 'compute']) kind`);
});
afterAll(() => registry.drop());

/** An operation in this region, for an order whose data must stay in the EU. */
async function operation(region?: string): Promise<{ operationId: string; tenantId: string }> {
  const { pool, keys } = registry;
  const accepted = await acceptOrder(pool, keys, {
    caller: 'test',
    requestHash: randomBytes(32),
    order: order({ compliance: { dataResidency: 'EU', retentionPeriod: 30, encryptionLevel: 'standard' } }),
    template: loadTemplates('templates').get('starter'),
    approvalsRequired: [],
  });
  if (accepted.outcome !== 'accepted') throw new Error('not accepted');
  const { operationId, tenantId } = accepted;
  if (region !== undefined)
    expect(await recordOutcome(pool, { operationId, status: 'validating', region })).toBe('committed');
  return { operationId, tenantId };
}

async function placed(): Promise<{ operationId: string; tenantId: string }> {
  const made = await operation('eu-central');
  const units = { database: 1, storage: 1, compute: 1 };
  const hostname = `${made.tenantId}.example`;
  const demand = { region: 'eu-central', units, computeCells: ['eu-central-compute'], hostname };
  expect(await reserve(registry.pool, { tenantId: made.tenantId, ...demand })).toEqual({ missing: [] });
  return made;
}

const placeOf = async (operationId: string): Promise<unknown> =>
  (await registry.pool.query('select region, residency from operation where operation_id = $1', [operationId])).rows[0];

describe('the region and residency of a tenant', () => {
  test('follow the order until capacity is reserved, because an operator may amend it', async () => {
    const { operationId } = await operation('eu-central');
    await recordOutcome(registry.pool, { operationId, status: 'validating', region: 'us-east', residency: 'US' });
    expect(await placeOf(operationId)).toEqual({ region: 'us-east', residency: 'US' });
    await recordOutcome(registry.pool, { operationId, status: 'validating', residency: null });
    expect(await placeOf(operationId)).toEqual({ region: 'us-east', residency: null });
  });

  test('cannot change once reserved, whichever code asks the registry', async () => {
    const { operationId } = await placed();
    for (const change of [{ region: 'us-east' }, { residency: 'US' }, { residency: null }])
      await expect(recordOutcome(registry.pool, { operationId, status: 'provisioning', ...change })).rejects.toThrow(
        /stays in region eu-central with residency EU/,
      );
    await expect(registry.pool.query(`update operation set residency = 'US', region = 'us-east'`)).rejects.toThrow(
      /stays/,
    );
    expect(await placeOf(operationId)).toEqual({ region: 'eu-central', residency: 'EU' });
  });

  test('stay when the tenant is active, even without a reservation, and other changes remain possible', async () => {
    const { operationId, tenantId } = await placed();
    await recordOutcome(registry.pool, { operationId, status: 'provisioning', region: 'eu-central' });
    expect(await recordOutcome(registry.pool, { operationId, status: 'active' })).toBe('committed');
    await registry.pool.query('delete from reservation where tenant_id = $1', [tenantId]);
    await expect(
      registry.pool.query(`update operation set region = 'us-east' where operation_id = $1`, [operationId]),
    ).rejects.toThrow(/stays/);
  });
});

describe('a region', () => {
  test('keeps the jurisdiction it was registered with', async () => {
    const { pool } = registry;
    await registerRegions(pool, [{ region: 'eu-central', jurisdiction: 'EU' }]);
    await registerRegions(pool, [{ region: 'eu-central', jurisdiction: 'EU' }]);
    await expect(registerRegions(pool, [{ region: 'eu-central', jurisdiction: 'US' }])).rejects.toThrow(
      /registered in EU, but the regions file says US/,
    );
    expect(await listRegions(pool)).toEqual([{ region: 'eu-central', jurisdiction: 'EU' }]);
  });

  test('shares its processors with the others, with the jurisdiction that was stated last', async () => {
    const { pool } = registry;
    await registerProcessors(pool, [{ service: 'billing', name: 'Stripe', jurisdiction: null }]);
    await registerProcessors(pool, [{ service: 'billing', name: 'Stripe', jurisdiction: 'US' }]);
    expect(await listProcessors(pool)).toEqual([{ service: 'billing', name: 'Stripe', jurisdiction: 'US' }]);
  });
});

describe('evidence', () => {
  const entry = (tenantId: string, operationId: string): Evidence => ({
    tenantId,
    operationId,
    askedBy: 'test',
    probe: 'thing',
    check: 'thing.open',
    claim: 'It opens',
    passed: true,
    provider: 'memory',
    region: 'eu-central',
    answered: '200',
    at: new Date(),
  });

  const record = (entries: Evidence[]): Promise<void> =>
    transaction(registry.pool, (client) => recordEvidence(client, entries));

  test('can be neither changed nor deleted', async () => {
    const { operationId, tenantId } = await operation();
    await record([entry(tenantId, operationId)]);
    await expect(registry.pool.query('update evidence set passed = true')).rejects.toThrow(
      /append-only|permission denied/,
    );
    await expect(registry.pool.query('delete from evidence')).rejects.toThrow(/append-only|permission denied/);
  });

  test('for an activation is named in the audit trail, so that it cannot be replaced later', async () => {
    const { operationId, tenantId } = await placed();
    await record([entry(tenantId, operationId), entry(tenantId, operationId)]);
    await recordOutcome(registry.pool, { operationId, status: 'provisioning' });
    await recordOutcome(registry.pool, { operationId, status: 'active' });
    const { rows } = await registry.pool.query<{ detail: { evidence: object } }>(
      `select detail from audit_entry where tenant_id = $1 and action = 'operation.active'`,
      [tenantId],
    );
    const digest = await evidenceDigest(registry.pool, tenantId);
    expect(digest.entries).toBe(2);
    expect(rows[0]!.detail.evidence).toEqual(digest);
  });
});
