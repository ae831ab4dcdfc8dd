import { createNotify } from '../../../activities/notices/notify';
import { KINDS, type OperationKind } from '../../../contract/operations/kinds';
import type { OperationStatus } from '../../../contract/operations/states';
import type { Step } from '../../../contract/operations/steps';
import type { Mail } from '../../../providers/mail/mailer';
import { requestResolution, takeResolution } from '../../../registry/operations/resolutions';
import { activeTenant, changed } from '../../helpers/tenants/accepted';
import { intended } from '../../helpers/ledger';
import { mailDependencies } from '../../helpers/events/mailing';
import { createTestRegistry, type TestRegistry } from '../../helpers/registry';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await createTestRegistry();
});
afterAll(() => registry.drop());

/** An active tenant with a bucket and an organization, of which only the bucket is changed by the operation, up to this status. */
async function changing(kind: Exclude<OperationKind, 'provision'>, ...statuses: OperationStatus[]) {
  const { pool } = registry;
  const { tenantId, operationId: provisioning } = await activeTenant(registry);
  for (const [name, step] of [
    ['bucket', 'storage-and-compute'],
    ['organization', 'identity'],
  ] as const) {
    const of = { operationId: provisioning, tenantId, step, kind: name, provider: 'test', region: 'eu', cell: '' };
    const resourceId = await intended(pool, { ...of, name: `${name}-${tenantId}` });
    await pool.query(`update resource set state = 'present' where resource_id = $1`, [resourceId]);
  }
  if (kind === 'resume')
    await changed(
      registry,
      tenantId,
      { kind: 'suspend', parameters: { access: 'closed', reason: 'abuse' } },
      'running',
      'completed',
    );
  const [to, before] = kind === 'resume' ? (['open', 'closed'] as const) : (['closed', 'open'] as const);
  const operationId = await changed(registry, tenantId, { kind, parameters: { access: to } }, 'running');
  await pool.query(
    `update resource set settings = $3, settings_before = $4, changed_by = $2, last_error = '403' where tenant_id = $1 and kind = 'bucket'`,
    [tenantId, operationId, JSON.stringify({ access: to }), JSON.stringify({ access: before })],
  );
  for (const status of statuses)
    await pool.query(`update operation set status = $2 where operation_id = $1`, [operationId, status]);
  return { tenantId, operationId };
}

async function mailAbout(
  operationId: string,
  status: OperationStatus,
  step: Step = 'storage-and-compute',
): Promise<Mail> {
  const sent: Mail[] = [];
  const send = (mail: Mail): Promise<void> => Promise.resolve(void sent.push(mail));
  const notify = createNotify(mailDependencies(registry, { send }, { operatorMail: ['on-call@example.com'] }));
  const failure = { type: 'ProviderRefused', message: 's3: refused with 403.', step };
  await notify.notifyOperators({ operationId, failure, status, occurrence: 0 });
  return sent[0]!;
}

const KINDS_OF_CHANGE = ['suspend', 'resume', 'deprovision'] as const;

test.each(KINDS_OF_CHANGE)(
  'a %s on hold lists what it has changed and how that was before, and nothing else',
  async (kind) => {
    const { operationId, tenantId } = await changing(kind, 'on_hold');
    const { text, subject } = await mailAbout(operationId, 'on_hold');
    expect(subject).toBe(`[on_hold] ${kind} operation ${operationId}: ProviderRefused`);
    const access = kind === 'resume' ? 'open, before closed' : 'closed, before open';
    expect(text).toContain(`- bucket bucket-${tenantId} (test, eu): ${access}`);
    expect(text).not.toContain('organization-');
    expect(text).toContain(`Step: ${KINDS[kind].steps['storage-and-compute'].label}`);
    expect([...text.matchAll(/"verb":"(\w+)"/g)].map(([, verb]) => verb)).toEqual(['retry', 'compensate']);
  },
);

test('a change on hold that was begun and not answered may have happened', async () => {
  const { operationId } = await changing('suspend', 'on_hold');
  await registry.pool.query(`update resource set state = 'changing' where changed_by = $1`, [operationId]);
  expect((await mailAbout(operationId, 'on_hold')).text).toContain('closed, before open; begun, so it may be either');
});

test.each(KINDS_OF_CHANGE)('leftovers of the undo of a %s are offered to retry and to accept', async (kind) => {
  const { operationId, tenantId } = await changing(kind, 'needs_operator');
  const { text } = await mailAbout(operationId, 'needs_operator');
  expect(text).toContain(
    `could not be changed back, and wait for your decision:\n\n- bucket bucket-${tenantId} (test, eu): 403`,
  );
  expect([...text.matchAll(/"verb":"(\w+)"/g)].map(([, verb]) => verb)).toEqual(['retry', 'accept']);
});

test('leftovers after the pivot of a removal are those of the removal', async () => {
  const { operationId } = await changing('deprovision', 'needs_operator');
  const leftover = { kind: 'bucket', provider: 'test', region: 'eu', id: 'b-1', lastError: 'locked' };
  await registry.pool.query(`update operation set leftovers = $2 where operation_id = $1`, [
    operationId,
    JSON.stringify([leftover]),
  ]);
  const { text } = await mailAbout(operationId, 'needs_operator', 'remove');
  expect(text).toContain('could not be removed, and wait for your decision:\n\n- bucket b-1 (test, eu): locked');
  expect(text).toContain('"leftovers":[{"kind":"bucket","id":"b-1"}]');
  expect(text).toContain('To retry the removal, once its cause is gone:');
});

test.each(KINDS_OF_CHANGE)('the end of a failed %s names what an operator has taken over', async (kind) => {
  const { operationId, tenantId } = await changing(kind, 'needs_operator');
  const resolutionId = `res_${operationId}`;
  await requestResolution(registry.pool, {
    resolutionId,
    operationId,
    verb: 'accept',
    reason: 'Changed by hand.',
    requestedBy: 'token:operator',
    verified: true,
    idempotencyKey: null,
    requestHash: null,
    orderCiphertext: null,
    leftovers: [{ kind: 'bucket', id: `bucket-${tenantId}` }],
  });
  await takeResolution(registry.pool, { operationId, verb: 'accept', resolutionId, steps: [] });
  await registry.pool.query(`update operation set status = 'failed' where operation_id = $1`, [operationId]);
  const { text } = await mailAbout(operationId, 'failed');
  expect(text).toContain(`except for what an operator has taken over:\n\n- bucket bucket-${tenantId}`);
  expect(text).not.toContain('curl');
});

test.each([
  ['suspend', 'The tenant could not be suspended. It is open as before.'],
  ['resume', 'The tenant could not be resumed. It is suspended as before.'],
  ['deprovision', 'The tenant could not be removed. Nothing was deleted, and it is as before.'],
] as const)('the end of a failed %s says how the tenant is, and to request it again', async (kind, sentence) => {
  const { operationId } = await changing(kind, 'failed');
  const { text } = await mailAbout(operationId, 'failed');
  expect(text).toContain(sentence);
  expect(text).toContain('then have it requested again.');
});
