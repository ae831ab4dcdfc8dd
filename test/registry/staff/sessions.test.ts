import { randomBytes } from 'node:crypto';
import {
  claimStaffCheck,
  findStaffSession,
  forgetStaffSessions,
  noteStaffActivity,
  obeyStaffLogout,
  openStaffSession,
  type NewStaffSession,
} from '../../../registry/staff/sessions';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('sessions of people in the registry: not run, this machine has no PostgreSQL');

const ISSUER = 'https://login.example.com';
const BEGAN = new Date('2026-02-01T10:00:00Z');
const later = (minutes: number): Date => new Date(BEGAN.getTime() + minutes * 60_000);

suite('people’s sessions in the registry', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await createTestRegistry();
  });
  afterAll(() => registry.drop());

  async function open(changes: Partial<NewStaffSession> = {}, replaced?: Buffer): Promise<Buffer> {
    const hash = randomBytes(32);
    const session = {
      ...{ hash, issuer: ISSUER, subject: 'ada', userId: 'user:ada', name: 'Ada', roles: ['tenants:read'] },
      ...{ sid: undefined, tokens: randomBytes(8), now: BEGAN, idleExpiresAt: later(30), expiresAt: later(600) },
      ...changes,
    };
    await openStaffSession(registry.pool, session, replaced);
    return hash;
  }
  const isOpen = async (hash: Buffer, at = BEGAN): Promise<boolean> =>
    (await findStaffSession(registry.pool, hash, at)) !== undefined;

  test('a session is open until its idle end, which activity moves, but not beyond its absolute end', async () => {
    const hash = await open({ expiresAt: later(40) });
    expect([await isOpen(hash, later(29)), await isOpen(hash, later(30))]).toEqual([true, false]);
    await noteStaffActivity(registry.pool, hash, later(29), later(59));
    expect([await isOpen(hash, later(39)), await isOpen(hash, later(40))]).toEqual([true, false]);
  });

  test('activity does not open a session again that has ended', async () => {
    const hash = await open();
    await noteStaffActivity(registry.pool, hash, later(31), later(61));
    expect(await isOpen(hash, later(31))).toBe(false);
  });

  test('a session that replaces another one ends it', async () => {
    const before = await open();
    const now = await open({}, before);
    expect([await isOpen(before), await isOpen(now)]).toEqual([false, true]);
  });

  test('of all requests at once, one asks the issuer', async () => {
    const hash = await open();
    const asked = await Promise.all(
      Array.from({ length: 10 }, () => claimStaffCheck(registry.pool, hash, later(6), later(1))),
    );
    expect(asked.filter(Boolean)).toHaveLength(1);
    expect(await claimStaffCheck(registry.pool, hash, later(7), later(2))).toBe(false);
  });

  test('a logout of one session of the issuer leaves the person’s others open', async () => {
    const subject = randomBytes(4).toString('hex');
    const [one, other] = [await open({ subject, sid: `${subject}-1` }), await open({ subject, sid: `${subject}-2` })];
    const order = { issuer: ISSUER, subject, expiresAt: later(10) };
    expect(await obeyStaffLogout(registry.pool, { ...order, sid: `${subject}-1`, tokenHash: randomBytes(32) })).toBe(1);
    expect([await isOpen(one), await isOpen(other)]).toEqual([false, true]);
    expect(await obeyStaffLogout(registry.pool, { ...order, sid: undefined, tokenHash: randomBytes(32) })).toBe(1);
    expect(await isOpen(other)).toBe(false);
  });

  test('a logout of another issuer ends nothing, and the same logout is obeyed once', async () => {
    const subject = randomBytes(4).toString('hex');
    const hash = await open({ subject });
    const order = { issuer: 'https://other.example', sid: undefined, subject, expiresAt: later(10) };
    const tokenHash = randomBytes(32);
    expect(await obeyStaffLogout(registry.pool, { ...order, tokenHash })).toBe(0);
    expect(await obeyStaffLogout(registry.pool, { ...order, tokenHash })).toBeUndefined();
    expect(await isOpen(hash)).toBe(true);
  });

  test('upkeep deletes what has expired, and nothing else', async () => {
    const [old, young] = [await open(), await open({ idleExpiresAt: later(31) })];
    const tokenHash = randomBytes(32);
    const order = { issuer: ISSUER, sid: 'none', subject: undefined, tokenHash };
    await obeyStaffLogout(registry.pool, { ...order, expiresAt: later(30) });
    await forgetStaffSessions(registry.pool, later(30));
    const { rows } = await registry.pool.query<{ hash: Buffer }>('select session_hash as hash from staff_session');
    const left = rows.map(({ hash }) => hash.toString('hex'));
    expect([left.includes(old.toString('hex')), left.includes(young.toString('hex'))]).toEqual([false, true]);
    expect(await obeyStaffLogout(registry.pool, { ...order, expiresAt: later(60) })).toBe(0);
  });

  test('lookups use indexes', async () => {
    const client = await registry.pool.connect();
    try {
      await client.query('set enable_seqscan = off');
      for (const where of [
        `session_hash = '\\x00'`,
        `issuer = 'a' and subject = 'b'`,
        `issuer = 'a' and sid = 'b'`,
        `idle_expires_at <= now()`,
      ]) {
        const { rows } = await client.query<{ 'QUERY PLAN': string }>(
          `explain select from staff_session where ${where}`,
        );
        expect(rows.map((row) => row['QUERY PLAN']).join()).toMatch(/Index/);
      }
    } finally {
      client.release(true);
    }
  });
});
