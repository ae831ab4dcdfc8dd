import { createEventUpkeep } from '../../../activities/maintenance/event-upkeep';
import { listEvents, newestSequence } from '../../../registry/events/read';
import { openStaffSession } from '../../../registry/staff/sessions';
import { commitEvents, numbersOf, testEvent } from '../../helpers/events/events';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('upkeep of the event log: not run, this machine has no PostgreSQL');

suite('upkeep of the event log', () => {
  let registry: TestRegistry;
  beforeEach(async () => {
    registry = await createTestRegistry();
    await commitEvents(registry.pool, testEvent(1), testEvent(2), testEvent(3));
    expect(await newestSequence(registry.pool)).toBe(3);
    await registry.pool.query(`update event set at = now() - interval '8 days' where sequence < 3`);
  });
  afterEach(() => registry.drop());

  const forget = (eventRetentionDays: number): Promise<number> =>
    createEventUpkeep({ pool: registry.pool, settings: { eventRetentionDays } }).forgetOldEvents();

  test('deletes events that are older than the retention', async () => {
    expect(await forget(7)).toBe(2);
    const { events } = await listEvents(registry.pool, { after: 2, limit: 10 });
    expect(numbersOf(events)).toEqual([3]);
  });

  test('keeps everything if no retention is set', async () => {
    expect(await forget(0)).toBe(0);
    expect((await listEvents(registry.pool, { after: 0, limit: 10 })).events).toHaveLength(3);
  });

  test('deletes people’s expired sessions, and leaves open ones', async () => {
    const expiry = { idle: new Date(Date.now() + 60_000), absolute: new Date(Date.now() + 120_000) };
    const session = { issuer: 'https://login.example.com', subject: 'ada', userId: 'user:ada', name: 'Ada', roles: [] };
    const open = (hash: Buffer, idleExpiresAt: Date): Promise<void> =>
      openStaffSession(
        registry.pool,
        {
          ...session,
          ...{ hash, sid: undefined, tokens: Buffer.alloc(1), now: new Date(), idleExpiresAt },
          expiresAt: expiry.absolute,
        },
        undefined,
      );
    await open(Buffer.from('open'), expiry.idle);
    await open(Buffer.from('expired'), new Date(Date.now() - 1_000));
    await forget(0);
    const { rows } = await registry.pool.query<{ hash: Buffer }>('select session_hash as hash from staff_session');
    expect(rows.map(({ hash }) => hash.toString())).toEqual(['open']);
  });

  test('keeps what a reader has not handled yet', async () => {
    await registry.pool.query(`insert into event_reader (name, position) values ('slow', 1)`);
    expect(await forget(7)).toBe(1);
  });
});
