import { createTrials } from '../../../activities/trials/trials';
import type { TrialInput } from '../../../contract/tenants/trials';
import { destroyKey } from '../../../registry/keys/generations';
import { acceptChange } from '../../../registry/operations/change-acceptance';
import { payTrial } from '../../../registry/tenants/trial-changes';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { tenantOnTrial } from '../../helpers/tenants/trials';
import { activeTenant } from '../../helpers/tenants/accepted';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the activities of trials: not run, this machine has no PostgreSQL');

suite('the activities of a trial', () => {
  let registry: TestRegistry;
  let started: TrialInput[];
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());
  beforeEach(() => void (started = []));

  const activities = () => {
    const { pool, keys } = registry;
    return createTrials({ pool, keys, trialRuns: { begin: async (input) => void started.push(input) } });
  };
  const end = (tenantId: string) => activities().endTrial({ tenantId });
  /** An active tenant whose trial has just reached its end. */
  async function due(plan?: Parameters<typeof tenantOnTrial>[1]): Promise<string> {
    const { tenantId } = await tenantOnTrial(registry, plan);
    await registry.pool.query(`update tenant set trial_ends_at = clock_timestamp() where tenant_id = $1`, [tenantId]);
    return tenantId;
  }
  const changes = async (tenantId: string) =>
    (
      await registry.pool.query<{ kind: string; caller: string; parameters: object }>(
        `select kind, caller, parameters from operation where tenant_id = $1 and kind <> 'provision'`,
        [tenantId],
      )
    ).rows;

  test('start the run of a trial that has begun, and none for a tenant without one', async () => {
    const { tenantId, operationId } = await tenantOnTrial(registry);
    await activities().startTrial({ operationId });
    expect(started).toEqual([{ tenantId, operationId }]);
    const without = await activeTenant(registry);
    await activities().startTrial({ operationId: without.operationId });
    expect(started).toHaveLength(1);
  });

  test('suspend the tenant at the end, once, however many of them try', async () => {
    const tenantId = await due();
    const answers = await Promise.all(Array.from({ length: 5 }, () => end(tenantId)));
    expect(answers.filter(({ answer }) => answer === 'ended')).toHaveLength(1);
    expect(await end(tenantId)).toEqual({ answer: 'changed' });
    const parameters = { access: 'closed', reason: 'trial_ended' };
    expect(await changes(tenantId)).toEqual([{ kind: 'suspend', caller: 'trial', parameters }]);
    expect(await activities().readTrial({ tenantId })).toEqual({ state: 'over' });
  });

  test('remove the tenant if the plan says so, with the plan’s grace period and export', async () => {
    const trial = { days: 7, then: 'deprovision' } as const;
    const tenantId = await due({ trial, removal: { graceDays: 5, export: 'always' } });
    await end(tenantId);
    const parameters = { access: 'closed', reason: 'trial_ended', graceDays: 5, export: true };
    expect(await changes(tenantId)).toEqual([{ kind: 'deprovision', caller: 'trial', parameters }]);
    const plain = await due({ trial, removal: undefined });
    await end(plain);
    expect(await changes(plain)).toMatchObject([{ parameters: { graceDays: 30, export: false } }]);
  });

  test('wait while another operation of the tenant is open', async () => {
    const tenantId = await due();
    const parameters = { access: 'closed', reason: 'abuse' } as const;
    const request = { kind: 'suspend', tenantId, parameters, caller: 'token:test' } as const;
    await acceptChange(registry.pool, registry.keys, { ...request, requestHash: Buffer.alloc(32) });
    expect(await end(tenantId)).toEqual({ answer: 'wait' });
    expect(await changes(tenantId)).toHaveLength(1);
  });

  test.each(['suspended', 'leaving'] as const)('wait while the tenant is %s, even for its removal', async (state) => {
    const tenantId = await due({ trial: { days: 7, then: 'deprovision' } });
    await registry.pool.query(`update tenant set state = $2 where tenant_id = $1`, [tenantId, state]);
    expect(await end(tenantId)).toEqual({ answer: 'wait' });
    expect(await changes(tenantId)).toEqual([]);
  });

  test('do nothing at the end of a trial that was ended or moved before', async () => {
    const paid = await due();
    await payTrial(registry.pool, { tenantId: paid, actor: 'token:sales' });
    const { tenantId: moved } = await tenantOnTrial(registry);
    for (const tenantId of [paid, moved]) {
      expect(await end(tenantId)).toEqual({ answer: 'changed' });
      expect(await changes(tenantId)).toEqual([]);
    }
  });

  test('end the trial of a tenant whose key is destroyed, which cannot be changed any more', async () => {
    const tenantId = await due();
    await destroyKey(registry.pool, { tenantId, actor: 'test', reason: 'A test.' });
    expect(await end(tenantId)).toEqual({ answer: 'ended' });
    expect(await activities().readTrial({ tenantId })).toEqual({ state: 'over' });
  });
});
