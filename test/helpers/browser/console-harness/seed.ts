import { randomUUID } from 'node:crypto';
import { stepsOf } from '../../../../contract/operations/kinds';
import { backupIdOf } from '../../../../contract/backups/backups';
import { sweepIdOf } from '../../../../contract/maintenance/sweeps';
import { endpointIdOf } from '../../../../contract/webhooks/webhooks';
import { appendAudit } from '../../../../registry/audit/trail';
import { noteDiscrepancy } from '../../../../registry/audit/findings';
import { recordFindings } from '../../../../registry/billing/findings';
import { requestBackup } from '../../../../registry/backups/backups';
import { registerCells } from '../../../../registry/capacity/capacity';
import { registerRegionPlans } from '../../../../registry/capacity/region-offers';
import { registerRegions } from '../../../../registry/capacity/regions';
import { storeApiKeys } from '../../../../registry/credentials/api-keys';
import { transaction } from '../../../../registry/database';
import { recordEvidence } from '../../../../registry/evidence/evidence';
import { quarantine } from '../../../../registry/ledger/quarantine';
import { concludeSweep, openSweep, recordSweepPart } from '../../../../registry/maintenance/sweeps';
import { recordTemplateVersion } from '../../../../registry/templates/versions';
import { createTest } from '../../../../registry/webhooks/deliveries';
import { createEndpoint } from '../../../../registry/webhooks/endpoint-secrets';
import { templateFingerprint } from '../../../../templates/stored';
import { PUBLIC_URL, type ApiHarness } from '../../api';
import { testSigner } from '../../audit/audit-chain';
import { issueCertificate } from '../../audit/certificates';
import { makeExport } from '../../tenants/exports';
import { addResource, placeOrder, putInState } from '../../tenants/operations';
import { ALL_GRANTS } from '../../webhooks/endpoints';

/** A text that would do harm if it were not shown as text. */
export const HOSTILE = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>'"&`;

/** The address of the endpoint in {@link seedConsole}. */
export const ENDPOINT_URL = 'https://hooks.example.com/<b>provisioner';

/** What {@link seedConsole} has made. */
export interface Seeded {
  tenantId: string;
  tenantName: string;
  operationId: string;
  endpointId: string;
  deliveryId: string;
  sweepId: string;
}

/** Fills a registry with one of everything that the console shows, with hostile texts wherever somebody outside could write them. */
export async function seedConsole(api: ApiHarness): Promise<Seeded> {
  const { pool, keys } = api.registry;
  await seedRegions(api);
  const orderer = await api.as(['tenants:order']);
  const placed = await placeOrder(orderer, { customizations: { storageQuotaGb: 20 } });
  const { tenantId, operationId } = placed;
  await putInState(api, placed, 'active');
  await addResource(api, placed, { kind: 'bucket', step: 'storage-and-compute', facts: { note: HOSTILE } });
  await addResource(api, placed, { kind: 'pooled-share', step: 'database', facts: { database: 'app_pool' } });
  await transaction(pool, (client) => recordEvidence(client, [check(placed, true), check(placed, false)]));
  await storeApiKeys(pool, tenantId, [{ name: 'default', scopes: ['records:read'], key: 'ak_0a1b2c3d_k' }]);
  await seedBackup(api, tenantId);
  await issueCertificate(pool, testSigner(), { tenantId, operationId });
  await makeExport(api.registry, { tenantId, operationId, token: 'x'.repeat(43) });
  await (await api.as(['legal-hold:manage'])).put(`/v1/tenants/${tenantId}/legal-hold`, { reason: HOSTILE });
  const detail = { reason: HOSTILE };
  await appendAudit(pool, { tenantId, operationId, actor: 'token:operator', action: 'note.taken', detail });

  const held = await placeOrder(orderer);
  const failure = { type: 'PaymentMethodDeclined', message: HOSTILE, step: 'integrations' };
  await putInState(api, held, 'on_hold', { failure, holdUntil: new Date(Date.now() + 3_600_000) });
  for (let more = 0; more < 3; more += 1) await placeOrder(orderer);
  await seedPast(api, operationId);
  await seedVersions(api);
  return { tenantId, operationId, tenantName: placed.order.tenantName, ...(await seedPlatform(api)) };

  async function seedPlatform({ registry }: ApiHarness) {
    const endpointId = endpointIdOf(randomUUID());
    const endpoint = { url: ENDPOINT_URL, eventTypes: ['operation.status'], grants: ALL_GRANTS };
    await createEndpoint(pool, keys, { endpointId, actor: 'token:person', ...endpoint });
    const deliveryId = await createTest(pool, endpointId, PUBLIC_URL);
    await registry.asOwner(`
      update webhook_delivery set state = 'failed', attempts = 1, ended_at = now() where delivery_id = '${deliveryId}';
      update webhook_endpoint set failing_since = now() - interval '3 hours' where endpoint_id = '${endpointId}'`);
    await pool.query(
      `insert into webhook_attempt (delivery_id, attempt, at, milliseconds, status, answer) values ($1, 1, now(), 41, 500, $2)`,
      [deliveryId, HOSTILE],
    );
    const sweepId = sweepIdOf(randomUUID());
    await openSweep(pool, { sweepId, requestedBy: 'schedule', dryRun: false });
    const place = { provider: 'versity', kind: 'bucket', region: 'eu-central' };
    const orphan = { ...place, reason: 'orphan' as const, cell: '', name: HOSTILE, externalId: HOSTILE, tenantId };
    await quarantine(pool, place, [{ ...orphan, operationId: null }], { sweepId, graceSeconds: 3600 });
    const problem = `The listing of buckets did not answer: ${HOSTILE}`;
    await recordSweepPart(pool, sweepId, 'buckets', { counts: { orphans: 1 }, problems: [problem], findings: [] });
    await concludeSweep(pool, sweepId);
    await noteDiscrepancy(pool, {
      tenantId,
      region: 'eu-central',
      sequence: 1,
      problem: `Entry 1 was edited: ${HOSTILE}`,
    });
    const changed = 'subscription_changed' as const;
    await transaction(pool, (client) =>
      recordFindings(client, tenantId, { asked: [changed], found: [{ problem: changed, objectId: HOSTILE }] }),
    );
    return { endpointId, deliveryId, sweepId };
  }
}

function check({ tenantId, operationId }: { tenantId: string; operationId: string }, passed: boolean) {
  return {
    tenantId,
    operationId,
    askedBy: 'test',
    probe: 'storage.read',
    check: passed ? 'storage.own.read' : 'storage.anonymous.read',
    claim: passed ? 'The tenant’s own login reads its bucket.' : 'Nobody without a login reads the bucket.',
    passed,
    provider: 'versity',
    region: 'eu-central',
    answered: HOSTILE,
    at: new Date(),
  };
}

/** An earlier template of a plan, and the one in force. */
async function seedVersions({ registry: { pool }, dependencies: { templates } }: ApiHarness): Promise<void> {
  const now = templates.get('professional');
  for (const template of [{ ...now, version: '0.9.0', trial: { days: 7, then: 'suspend' as const } }, now])
    await recordTemplateVersion(pool, templateFingerprint(template), template);
}

async function seedRegions({ registry: { pool } }: ApiHarness): Promise<void> {
  const region = 'eu-central';
  await registerRegions(pool, [{ region, jurisdiction: 'EU' }]);
  await registerCells(pool, [
    { region, kind: 'database', cell: 'eu-central-db-1', capacity: 3 },
    { region, kind: 'storage', cell: 'eu-central-s3', capacity: 500 },
    { region, kind: 'compute', cell: 'eu-central-pool', capacity: 100_000 },
  ]);
  await registerRegionPlans(pool, [{ region, plan: 'starter', cpuMillis: 100, computeCells: ['eu-central-pool'] }]);
}

async function seedBackup({ registry: { pool } }: ApiHarness, tenantId: string): Promise<void> {
  const backupId = backupIdOf(randomUUID());
  await requestBackup(pool, {
    backupId,
    tenantId,
    region: 'eu-central',
    reason: 'requested',
    requestedBy: 'token:operator',
  });
  await pool.query(
    `update backup set state = 'good', parts = 1, bytes = 5300000, sha256 = decode(repeat('ab', 32), 'hex'), taken_at = now(), ended_at = now(),
       restore_state = 'failed', restore_problem = $2 where backup_id = $1`,
    [backupId, HOSTILE],
  );
}

/** Operations of the last days that have ended, copies of one, for the numbers. One in five has failed. */
async function seedPast({ registry }: ApiHarness, operationId: string): Promise<void> {
  const plan = `(array['starter', 'professional', 'enterprise'])[1 + n % 3]`;
  const status = `case when n % 5 = 0 then 'failed' else 'active' end`;
  await registry.asOwner(`
    insert into operation (operation_id, tenant_id, status, tenant_name, plan, region, template, caller, request_hash, order_ciphertext,
      created_at, updated_at, completed_at, started_at)
    select 'op_' || rpad(translate(n::text, '0123456789', 'abcdefghij'), 20, 'z'), 'p' || lpad(n::text, 15, '0'), ${status}, 'past-' || n, ${plan},
      'eu-central', template, caller, request_hash, order_ciphertext, began, began, began + make_interval(secs => 4 + n % 7), began
    from operation, generate_series(1, 40) as n, lateral (select now() - n * interval '3 hours' as began) as time
    where operation_id = '${operationId}';
    insert into operation_figures (operation_id, kind, status, caller, plan, region, template, created_at, seconds, failure_step, failure_type,
      attempts, retries, retry_seconds, path, path_seconds, resources)
    select operation_id, kind, status, caller, plan, region, plan || ' 1.0.0', created_at, extract(epoch from completed_at - created_at),
      case when status = 'failed' then 'integrations' end, case when status = 'failed' then 'PaymentMethodDeclined' end, 12, 1, 0.5,
      case when status = 'failed' then '' else 'validate identity waiting' end,
      case when status = 'failed' then '{}' else '{1,2.5,0.4}' end::float8[], 'versity/bucket'
    from operation where tenant_name like 'past-%'`);
  const steps = stepsOf('provision');
  const levels = [0, 1, 2, 2, 3, 2, 3, 3, 4, 5];
  await registry.asOwner(`
    insert into step_event (operation_id, activity_id, attempt, step, direction, started_at, ended_at)
    select operation_id, step, 1, step, 'forward', created_at + make_interval(secs => level * 0.7),
      created_at + make_interval(secs => (level + 1) * 0.7)
    from operation, unnest(array['${steps.join("','")}'], array[${levels.join()}]) as done (step, level)
    where tenant_name like 'past-%' and status = 'active'`);
}
