import { recordOutcome } from '../../../registry/operations/transitions';
import { moveTrial, payTrial } from '../../../registry/tenants/trial-changes';
import {
  findBegunTrial,
  listUnwatchedTrials,
  markTrialWatched,
  readTrial,
  recordReminder,
} from '../../../registry/tenants/trials';
import { readTenant } from '../../../registry/views/tenants';
import { activeTenant } from '../../helpers/tenants/accepted';
import { eventsAbout } from '../../helpers/events/events';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { activate, orderedTrial, tenantOnTrial } from '../../helpers/tenants/trials';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('trials in the registry: not run, this machine has no PostgreSQL');

const DAY = 86_400_000;

suite('a trial', () => {
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());

  const begun = () => tenantOnTrial(registry);
  const read = (tenantId: string) => readTrial(registry.pool, tenantId);
  const move = (tenantId: string, endsAt: Date) => moveTrial(registry.pool, { tenantId, endsAt, actor: 'token:sales' });
  const pay = (tenantId: string) => payTrial(registry.pool, { tenantId, actor: 'token:sales' });
  const set = (tenantId: string, sql: string): Promise<unknown> =>
    registry.pool.query(`update tenant set ${sql} where tenant_id = $1`, [tenantId]);
  const soon = (days: number): Date => new Date(Date.now() + days * DAY);
  const trialEvents = async (tenantId: string) =>
    (await eventsAbout(registry.pool, tenantId)).filter(([type]) => type.startsWith('trial.'));

  test('begins with the activation, for as long as the plan says, and is shown with the tenant', async () => {
    const { tenantId, operationId } = await orderedTrial(registry);
    expect(await read(tenantId)).toEqual({ state: 'over' });
    const before = Date.now();
    await activate(registry, operationId);
    await recordOutcome(registry.pool, { operationId, status: 'active' });
    const trial = await read(tenantId);
    if (trial.state === 'over') throw new Error('The trial has not begun.');
    expect(Math.abs(trial.endsAt.getTime() - before - 14 * DAY)).toBeLessThan(60_000);
    const endsAt = trial.endsAt.toISOString();
    expect((await readTenant(registry.pool, tenantId))?.trial).toEqual({ endsAt, then: 'suspend' });
    expect(await trialEvents(tenantId)).toEqual([['trial.began', { endsAt, then: 'suspend' }]]);
    expect(await findBegunTrial(registry.pool, operationId)).toMatchObject({ tenantId, operationId });
  });

  test('is none for a plan without one', async () => {
    const { tenantId, operationId } = await activeTenant(registry);
    expect(await read(tenantId)).toEqual({ state: 'over' });
    expect(await findBegunTrial(registry.pool, operationId)).toBeUndefined();
    expect(await readTenant(registry.pool, tenantId)).not.toHaveProperty('trial');
    expect(await move(tenantId, soon(1))).toEqual({ outcome: 'no-trial' });
    expect(await pay(tenantId)).toEqual({ outcome: 'no-trial' });
  });

  test('reminds once at each of the plan’s moments, but not of one before it began', async () => {
    const { tenantId } = await begun();
    expect(await read(tenantId)).toMatchObject({ remind: false, due: false });
    await set(tenantId, `trial_ends_at = now() + interval '6 days'`);
    expect(await read(tenantId)).toMatchObject({ remind: false });
    await set(tenantId, `trial_reminded_at = now() - interval '2 days'`);
    expect(await read(tenantId)).toMatchObject({ remind: true });
    await recordReminder(registry.pool, tenantId);
    const next = await read(tenantId);
    expect(next).toMatchObject({ remind: false });
    // Until a day before the end.
    expect(next.state === 'open' && Math.abs(next.seconds - (5 * DAY) / 1000)).toBeLessThan(60);
    await set(tenantId, `trial_ends_at = now() + interval '12 hours', trial_reminded_at = now() - interval '13 hours'`);
    expect(await read(tenantId)).toMatchObject({ remind: true });
    await set(tenantId, `state = 'suspended'`);
    expect(await read(tenantId)).toMatchObject({ remind: false });
  });

  test('is due when its time has passed', async () => {
    const { tenantId } = await begun();
    await set(tenantId, `trial_ends_at = clock_timestamp()`);
    expect(await read(tenantId)).toMatchObject({ due: true, remind: false, seconds: 0 });
  });

  test('can be moved, once for each request, and only into the future', async () => {
    const { tenantId } = await begun();
    const endsAt = soon(30);
    expect(await move(tenantId, endsAt)).toMatchObject({ outcome: 'changed', trial: { endsAt, then: 'suspend' } });
    expect(await move(tenantId, endsAt)).toMatchObject({ outcome: 'unchanged' });
    expect(await move(tenantId, soon(-1))).toEqual({ outcome: 'past' });
    expect(await read(tenantId)).toMatchObject({ endsAt });
    expect((await trialEvents(tenantId)).slice(1)).toEqual([
      ['trial.moved', { endsAt: endsAt.toISOString(), then: 'suspend' }],
    ]);
  });

  test('whose time has passed goes on when it is moved', async () => {
    const { tenantId } = await begun();
    await set(tenantId, `trial_over = 'time', state = 'suspended'`);
    expect(await move(tenantId, soon(7))).toMatchObject({ outcome: 'changed' });
    expect(await read(tenantId)).toMatchObject({ state: 'open', due: false });
  });

  test('ends when the customer pays, and then cannot be moved any more', async () => {
    const { tenantId } = await begun();
    expect(await pay(tenantId)).toMatchObject({ outcome: 'changed' });
    expect(await pay(tenantId)).toMatchObject({ outcome: 'unchanged' });
    expect(await read(tenantId)).toEqual({ state: 'over' });
    expect(await move(tenantId, soon(7))).toEqual({ outcome: 'paid' });
    expect((await trialEvents(tenantId)).at(-1)).toEqual(['trial.ended', { because: 'paid' }]);
    expect(await readTenant(registry.pool, tenantId)).not.toHaveProperty('trial');
  });

  test('is found until its run knows the newest end, and when it should have ended long ago', async () => {
    const { tenantId } = await begun();
    const found = async (seconds = 0) =>
      (await listUnwatchedTrials(registry.pool, seconds, 100)).find((trial) => trial.tenantId === tenantId);
    const first = await found();
    expect(first).toBeDefined();
    expect(await found(3600)).toBeUndefined();
    await markTrialWatched(registry.pool, first!);
    expect(await found()).toBeUndefined();
    await move(tenantId, soon(7));
    // The run was told of the earlier end only.
    await markTrialWatched(registry.pool, first!);
    const second = await found();
    expect(second).toBeDefined();
    await markTrialWatched(registry.pool, second!);
    expect(await found()).toBeUndefined();
    await set(tenantId, `trial_ends_at = now() - interval '2 hours'`);
    expect(await found()).toBeUndefined();
    await set(tenantId, `trial_run_at = now() - interval '7 hours'`);
    expect(await found()).toBeDefined();
    await pay(tenantId);
    expect(await found()).toBeUndefined();
  });
});
