import { randomUUID } from 'node:crypto';
import { attentionSchema, MOST_NAMED } from '../../../../contract/schemas/platform/attention-schema';
import { sweepIdOf } from '../../../../contract/maintenance/sweeps';
import { noteDiscrepancy } from '../../../../registry/audit/findings';
import { registerCells } from '../../../../registry/capacity/capacity';
import { registerRegionPlans } from '../../../../registry/capacity/region-offers';
import { registerRegions } from '../../../../registry/capacity/regions';
import { quarantine } from '../../../../registry/ledger/quarantine';
import { openSweep } from '../../../../registry/maintenance/sweeps';
import type { Role } from '../../../../api/access/roles';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness } from '../../../helpers/api';
import { placeOrder, putInState } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';
import { attempted, running } from '../../../helpers/past-runs';
import { makeEndpoint } from '../../../helpers/webhooks/endpoints';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('what waits for a person, over HTTP: not run, this machine has no PostgreSQL');

const ORDER: readonly Role[] = ['tenants:order'];

suite('what waits for a person', () => {
  let api: ApiHarness;
  beforeEach(async () => void (api = await startApiHarness()));
  afterEach(() => api.stop());

  const attention = async (roles: readonly Role[] = ['operations:operate']) =>
    expectAnswer(await (await api.as(roles)).get('/v1/attention'), 200, attentionSchema);

  test('is nothing in a new registry', async () => {
    const none = { count: 0, items: [] };
    expect(await attention()).toEqual({
      approvals: none,
      holds: none,
      leftovers: none,
      stuck: none,
      quarantine: none,
      auditFindings: none,
      billing: none,
      webhooks: none,
      capacity: none,
      quotas: none,
      unbilled: none,
    });
  });

  test('has approvals and holds by their next deadline, and leftovers by their age', async () => {
    const client = await api.as(ORDER);
    const [late, soon, held, left] = await Promise.all([1, 2, 3, 4].map(() => placeOrder(client)));
    const { pool } = api.registry;
    await putInState(api, late!, 'awaiting_approval', { approvalState: 'waiting' });
    await putInState(api, soon!, 'awaiting_approval', { approvalState: 'waiting' });
    await pool.query(
      `update operation set approval_deadline = now() + interval '1 day' * (case when operation_id = $1 then 1 else 2 end),
         approval_keys = '{storageQuotaGb}' where operation_id = any($2)`,
      [soon!.operationId, [soon!.operationId, late!.operationId]],
    );
    const holdUntil = new Date('2100-01-01T00:00:00Z');
    const failure = { type: 'PaymentMethodDeclined', message: 'Declined.', step: 'integrations' };
    await putInState(api, held!, 'on_hold', { holdUntil, failure });
    const leftover = { kind: 'bucket', provider: 'versity', region: 'eu-central', id: 't-x', lastError: 'timed out' };
    await putInState(api, left!, 'needs_operator', { leftovers: [leftover, leftover] });

    const seen = await attention(['approvals:decide']);
    expect(seen.approvals.items.map(({ operationId }) => operationId)).toEqual([soon!.operationId, late!.operationId]);
    expect(seen.approvals.items[0]).toMatchObject({ required: ['storageQuotaGb'], requestedBy: 'token:tenants-order' });
    expect(seen.holds).toMatchObject({
      count: 1,
      items: [
        {
          operationId: held!.operationId,
          until: holdUntil.toISOString(),
          failure: { type: 'PaymentMethodDeclined', step: 'integrations' },
        },
      ],
    });
    expect(seen.leftovers).toMatchObject({ count: 1, items: [{ operationId: left!.operationId, leftovers: 2 }] });
    expect(Object.keys(seen)).toEqual(['approvals', 'holds', 'leftovers', 'stuck']);
  });

  test('has an operation whose step has not got on for a minute, and none that has just begun to repeat or waits for a person', async () => {
    const client = await api.as(ORDER);
    const [stuck, begun, held] = [
      await running(api, client, { validate: 90, reserve: 90, database: 75, configuration: 75 }),
      await running(api, client, { validate: 5, reserve: 5 }),
      await running(api, client, { validate: 90, reserve: 90 }),
    ];
    const failed = { endedAt: new Date(), errorType: 'ProviderUnavailable', errorMessage: 'Store: no answer.' };
    const repeated = { ...failed, nextTry: new Date(Date.now() + 600_000) };
    await attempted(api, stuck, 'storage-and-compute', { ago: 80, ...repeated });
    await attempted(api, begun, 'storage-and-compute', { ago: 3, ...repeated });
    await attempted(api, held, 'storage-and-compute', { ago: 80, ...repeated });
    await putInState(api, held, 'on_hold');
    await api.registry.pool.query(`update operation set updated_at = now() - interval '90 seconds'`);

    const seen = (await attention(['tenants:read'])).stuck;
    expect(seen.items.map(({ operationId }) => operationId)).toEqual([stuck.operationId]);
    expect(seen).toMatchObject({ count: 1, items: [{ step: 'storage-and-compute' }] });
    expect(seen.items[0]!.reason).toContain('Store: no answer');
  });

  test('counts more than it names', async () => {
    const { operationId } = await placeOrder(await api.as(ORDER));
    await api.registry.asOwner(`
      insert into operation (operation_id, tenant_id, status, tenant_name, plan, template, caller, request_hash, order_ciphertext)
      select 'op_' || rpad(translate(n::text, '0123456789', 'abcdefghij'), 20, 'z'), 'm' || lpad(n::text, 15, '0'), 'on_hold', 'tenant-' || n, 'starter', '{}', 'token:signup', '\\x00', '\\x00'
      from generate_series(1, ${MOST_NAMED + 4}) as n; update operation set status = 'on_hold' where operation_id = '${operationId}'`);
    const { holds } = await attention();
    expect([holds.count, holds.items.length]).toEqual([MOST_NAMED + 5, MOST_NAMED]);
  });

  test('shows a caller that may only order its own operations, and nothing of the platform but room', async () => {
    const [own, other] = [await api.token(ORDER, 'one'), await api.token(ORDER, 'other')];
    const placed = await placeOrder(await api.as(own));
    await putInState(api, placed, 'on_hold');
    const seenBy = async (token: string) =>
      expectAnswer(await (await api.as(token)).get('/v1/attention'), 200, attentionSchema);
    expect((await seenBy(own)).holds.count).toBe(1);
    expect(await seenBy(other)).toMatchObject({ holds: { count: 0 } });
    expect(Object.keys(await seenBy(own))).toEqual(['approvals', 'holds', 'leftovers', 'stuck', 'capacity']);
    expectProblem(await (await api.as(['api-keys:verify'])).get('/v1/attention'), 'forbidden');
  });

  test('has what the platform’s operators must look at', async () => {
    const { pool } = api.registry;
    const sweepId = sweepIdOf(randomUUID());
    await openSweep(pool, { sweepId, requestedBy: 'schedule', dryRun: false });
    const place = { provider: 'versity', kind: 'bucket', region: 'eu-central' };
    const thing = { reason: 'orphan' as const, cell: '', name: 't-x', externalId: 't-x', tenantId: 'k3v9x2m4q7w8r5ta' };
    await quarantine(pool, place, [{ ...place, ...thing, operationId: null }], { sweepId, graceSeconds: 3600 });
    const found = { tenantId: 'control-plane', region: 'eu-central', sequence: 1, problem: 'Entry 1 was edited.' };
    const { findingId } = await noteDiscrepancy(pool, found);
    const [failing, fine, off] = [
      await makeEndpoint(api.registry, { owner: 'one' }),
      await makeEndpoint(api.registry, { owner: 'two' }),
      await makeEndpoint(api.registry, { owner: 'three' }),
    ];
    await pool.query(`update webhook_endpoint set failing_since = now() where endpoint_id = any($1)`, [[failing, off]]);
    await pool.query(
      `update webhook_endpoint set disabled_at = now(), disabled_because = 'requested' where endpoint_id = $1`,
      [off],
    );
    await registerRegions(pool, [{ region: 'eu-central', jurisdiction: 'EU' }]);
    await registerCells(pool, [
      { region: 'eu-central', kind: 'database', cell: 'db', capacity: 3 },
      { region: 'eu-central', kind: 'storage', cell: 's3', capacity: 100 },
      { region: 'eu-central', kind: 'compute', cell: 'pool', capacity: 100_000 },
    ]);
    const offer = { region: 'eu-central', plan: 'starter' as const, cpuMillis: 100, computeCells: ['pool'] };
    await registerRegionPlans(pool, [offer]);

    const seen = await attention();
    expect(seen.quarantine).toMatchObject({ count: 1, items: [{ reason: 'orphan', id: 't-x' }] });
    expect(seen.auditFindings).toMatchObject({ count: 1, items: [{ findingId, problem: found.problem }] });
    expect(seen.webhooks?.items.map(({ endpointId }) => endpointId)).toEqual([failing]);
    expect(seen.webhooks?.items).not.toContainEqual(expect.objectContaining({ endpointId: fine }));
    expect(seen.capacity?.items).toEqual([{ region: 'eu-central', plan: 'starter', places: 3 }]);
    expect((await attention(['webhooks:manage', 'tenants:read'])).webhooks?.count).toBe(0);
  });
});
