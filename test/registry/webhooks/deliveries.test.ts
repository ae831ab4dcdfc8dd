import { HOLDING_ATTEMPTS, MESSAGES_AT_ONCE, MESSAGES_AT_ONCE_FAILING } from '../../../contract/webhooks/webhooks';
import { transaction } from '../../../registry/database';
import { recordAttempt, type EndpointNotice, type Verdict } from '../../../registry/webhooks/attempts';
import { createTest, listDeliveries, readDelivery, redeliver } from '../../../registry/webhooks/deliveries';
import { listDueDeliveries, markStarted } from '../../../registry/webhooks/due';
import { deleteEndpoint, readSigningSecrets, rotateSecret } from '../../../registry/webhooks/endpoint-secrets';
import { disableEndpoint, enableEndpoint, findEndpoint } from '../../../registry/webhooks/endpoints';
import { rotateTenantKey } from '../../../registry/keys/rotation';
import { PROBE_TENANT_ID } from '../../../contract/ids';
import { commitEvents, testEvent } from '../../helpers/events/events';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { fanOutAll, makeEndpoint, messagesTo } from '../../helpers/webhooks/endpoints';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('deliveries of webhooks: not run, this machine has no PostgreSQL');

const A = 'aaaaaaaaaaaaaaaa';
const B = 'bbbbbbbbbbbbbbbb';
const RETRY: Verdict = { outcome: 'retry', waitSeconds: 60 };

suite('deliveries of webhooks', () => {
  let registry: TestRegistry;
  let endpointId: string;
  let notices: EndpointNotice[];
  beforeAll(async () => void (registry = await createTestRegistry()));
  beforeEach(async () => {
    await fanOutAll(registry);
    await registry.asOwner('truncate webhook_endpoint, api_token, mail cascade');
    endpointId = await makeEndpoint(registry);
    notices = [];
  });
  afterAll(() => registry.drop());

  const events = async (...tenants: string[]): Promise<void> => {
    await commitEvents(registry.pool, ...tenants.map((tenantId, index) => testEvent(index, { tenantId })));
    await fanOutAll(registry);
  };
  /** The tenants of the deliveries that are due now, which are started. */
  const start = async (): Promise<string[]> => {
    const due = await listDueDeliveries(registry.pool, 100);
    for (const delivery of due) await markStarted(registry.pool, delivery);
    return due.map(({ tenantId, type }) => tenantId ?? type);
  };
  const attempt = async (deliveryId: string, verdict: Verdict, round = 1, status = 200): Promise<number> => {
    const at = new Date();
    const letters = await recordAttempt(
      registry.pool,
      { deliveryId, round, endpointId },
      { at, milliseconds: 12, status, answer: 'ok' },
      verdict,
      (notice) => {
        notices.push(notice);
        return [{ purpose: 'webhook', recipient: 'operator', mailId: `${notice.about}-${notices.length}` }];
      },
    );
    return letters.length;
  };
  const failingFor = (days: number, warnedDays?: number): Promise<unknown> =>
    registry.pool.query(
      `update webhook_endpoint set failing_since = now() - make_interval(days => $1), warned_at = now() - make_interval(days => $2)`,
      [days, warnedDays ?? null],
    );
  const firstMessage = async (): Promise<string> => (await messagesTo(registry, endpointId))[0]!.deliveryId;
  const states = async (): Promise<string[]> => (await messagesTo(registry, endpointId)).map(({ state }) => state);

  test('follow one another for each tenant, and tenants do not wait for each other', async () => {
    await events(A, A, B);
    const [first, , ofB] = await messagesTo(registry, endpointId);
    expect(await start()).toEqual([A, B]);
    expect(await start()).toEqual([]);
    await attempt(ofB!.deliveryId, { outcome: 'delivered' });
    expect(await start()).toEqual([]);
    await attempt(first!.deliveryId, { outcome: 'delivered' });
    expect(await start()).toEqual([A]);
    expect(await states()).toEqual(['delivered', 'trying', 'delivered']);
  });

  test('wait behind a failing message of their tenant for its first attempts, and then pass it', async () => {
    await events(A, A);
    const [first] = await messagesTo(registry, endpointId);
    await start();
    for (let count = 1; count < HOLDING_ATTEMPTS; count++) {
      await attempt(first!.deliveryId, RETRY);
      expect(await start()).toEqual([]);
    }
    await attempt(first!.deliveryId, RETRY);
    expect(await start()).toEqual([A]);
  });

  test('are limited in number per endpoint, and to a few while it fails', async () => {
    const tenants = Array.from({ length: 30 }, (_, index) => `tenant${String(index).padStart(10, '0')}`);
    await events(...tenants);
    await failingFor(0);
    expect(await start()).toHaveLength(MESSAGES_AT_ONCE_FAILING);
    const [first] = await messagesTo(registry, endpointId);
    await attempt(first!.deliveryId, { outcome: 'delivered' });
    expect(await start()).toHaveLength(MESSAGES_AT_ONCE - MESSAGES_AT_ONCE_FAILING + 1);
    expect(await start()).toEqual([]);
  });

  test('are found again when their run is lost', async () => {
    await events(A);
    expect(await start()).toEqual([A]);
    await registry.pool.query(`update webhook_delivery set next_try_at = now() - interval '1 hour'`);
    expect(await start()).toEqual([A]);
    expect(await start()).toEqual([]);
  });

  test('of tests are sent at once, also beside messages that wait', async () => {
    await events(A, A);
    await start();
    await createTest(registry.pool, endpointId, 'https://api.example.com');
    expect(await start()).toEqual(['webhook.test']);
  });

  test('keep every attempt, and their id when they are delivered again', async () => {
    await events(A);
    const deliveryId = await firstMessage();
    await start();
    await attempt(deliveryId, RETRY, 1, 500);
    const ended = { endpointId, states: ['delivered', 'failed'] as const, limit: 10 };
    expect(await redeliver(registry.pool, ended)).toBe(0);
    await attempt(deliveryId, { outcome: 'delivered' });
    expect(await redeliver(registry.pool, { ...ended, before: new Date(0) })).toBe(0);
    expect(await redeliver(registry.pool, { ...ended, deliveryId })).toBe(1);
    expect(await start()).toEqual([A]);
    // The run of the first round is late.
    expect(await attempt(deliveryId, { outcome: 'failed' }, 1)).toBe(0);
    await attempt(deliveryId, { outcome: 'delivered' }, 2);
    const read = await readDelivery(registry.pool, endpointId, deliveryId);
    expect(read).toMatchObject({ state: 'delivered', attempts: 3, lastAttempt: { attempt: 3, answer: 'ok' } });
    expect(read!.history.map(({ status }) => status)).toEqual([500, 200, 200]);
    expect(read!.lastAttempt!.at).toBeInstanceOf(Date);
    const page = await listDeliveries(registry.pool, { endpointId, limit: 10 });
    expect(page.items.map((item) => item.deliveryId)).toEqual([deliveryId]);
  });

  test('are listed newest first, page by page', async () => {
    await events(A, B, A);
    const first = await listDeliveries(registry.pool, { endpointId, limit: 2 });
    expect(first.items.map(({ tenantId }) => tenantId)).toEqual([A, B]);
    const after = { micros: (await positions())[1]!, id: first.items[1]!.deliveryId };
    const rest = await listDeliveries(registry.pool, { endpointId, limit: 2, after, state: 'waiting' });
    expect(rest).toMatchObject({ items: [{ tenantId: A, attempts: 0, lastAttempt: null }] });
    expect(rest.nextCursor).toBeUndefined();
  });
  const positions = async (): Promise<string[]> =>
    (
      await registry.pool.query<{ position: string }>(`select position from webhook_delivery order by position desc`)
    ).rows.map(({ position }) => position);

  test('end with the endpoint that answers 410: it is disabled, and the operators are told once', async () => {
    await events(A, B);
    await start();
    const [first, second] = await messagesTo(registry, endpointId);
    expect(await attempt(first!.deliveryId, { outcome: 'gone' })).toBe(1);
    expect(await states()).toEqual(['failed', 'cancelled']);
    expect(await attempt(second!.deliveryId, { outcome: 'gone' })).toBe(0);
    expect(notices).toMatchObject([{ about: 'gone', owner: 'token:signup' }]);
    expect(await findEndpoint(registry.pool, endpointId)).toMatchObject({ disabledBecause: 'gone' });
    await transaction(registry.pool, (client) => enableEndpoint(client, { endpointId, actor: 'token:signup' }));
    expect(await redeliver(registry.pool, { endpointId, states: ['cancelled'], limit: 10 })).toBe(1);
    expect(await start()).toEqual([B]);
  });

  test('that only fail for days lead to a warning, and a day later at the earliest to the end of the endpoint', async () => {
    await events(A);
    await start();
    const deliveryId = await firstMessage();
    const about = async (): Promise<string | undefined> => {
      notices = [];
      await attempt(deliveryId, RETRY, 1, 500);
      return notices[0]?.about;
    };
    expect(await about()).toBeUndefined();
    await failingFor(2);
    expect([await about(), await about()]).toEqual(['warning', undefined]);
    await failingFor(6, 0);
    expect(await about()).toBeUndefined();
    await failingFor(6, 1);
    expect(await about()).toBe('failing');
    expect(await findEndpoint(registry.pool, endpointId)).toMatchObject({ disabledBecause: 'failing' });
    expect(await states()).toEqual(['cancelled']);
    const { rows } = await registry.pool.query<{ mail_id: string }>(`select mail_id from mail order by mail_id`);
    expect(rows).toHaveLength(2);
  });

  test('forget failures at the first success', async () => {
    await events(A, A);
    await start();
    await failingFor(4, 2);
    const deliveryId = await firstMessage();
    await attempt(deliveryId, { outcome: 'delivered' });
    expect(await findEndpoint(registry.pool, endpointId)).toMatchObject({ failingSince: null });
  });

  test('are deleted a month after their end', async () => {
    await events(A, B);
    await start();
    const [first, second] = await messagesTo(registry, endpointId);
    await attempt(first!.deliveryId, { outcome: 'delivered' });
    await registry.pool.query(
      `update webhook_delivery set ended_at = now() - interval '31 days' where ended_at is not null`,
    );
    await attempt(second!.deliveryId, RETRY);
    expect(await states()).toEqual(['trying']);
  });

  test('are signed with the newest secret, and with the one before it for a day', async () => {
    const { pool, keys } = registry;
    const [first] = await readSigningSecrets(pool, keys, endpointId);
    expect(first).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const second = (await rotateSecret(pool, keys, { endpointId, actor: 'token:signup' }))!;
    expect(second.previousUntil.getTime()).toBeGreaterThan(Date.now() + 86_000_000);
    expect(await readSigningSecrets(pool, keys, endpointId)).toEqual([second.secret, first]);
    const third = (await rotateSecret(pool, keys, { endpointId, actor: 'token:signup' }))!;
    expect(await readSigningSecrets(pool, keys, endpointId)).toEqual([third.secret, second.secret]);
    await pool.query(`update webhook_endpoint set previous_secret_until = now()`);
    expect(await readSigningSecrets(pool, keys, endpointId)).toEqual([third.secret]);
  });

  test('keep their secrets through a rotation of the control plane’s key, and lose them with the endpoint', async () => {
    const { pool, keys } = registry;
    const before = await readSigningSecrets(pool, keys, endpointId);
    const { rows } = await pool.query<{ text: string }>(`select encode(ciphertext, 'escape') as text from secret`);
    expect(rows.filter(({ text }) => text.includes('whsec'))).toEqual([]);
    await rotateTenantKey(pool, keys, { tenantId: PROBE_TENANT_ID, actor: 'test' });
    expect(await readSigningSecrets(pool, keys, endpointId)).toEqual(before);
    await deleteEndpoint(pool, { endpointId, actor: 'token:signup' });
    const left = await pool.query(`select from secret where kind = $1`, [`webhook:${endpointId}`]);
    expect(left.rowCount).toBe(0);
    expect(await messagesTo(registry, endpointId)).toEqual([]);
  });

  test('do not deadlock with an endpoint that is disabled meanwhile', async () => {
    await events(...Array.from({ length: 20 }, (_, index) => `tenant${String(index).padStart(10, '0')}`));
    await start();
    const messages = await messagesTo(registry, endpointId);
    const actor = 'token:signup';
    await Promise.all([
      ...messages.map(({ deliveryId }) => attempt(deliveryId, RETRY)),
      ...[1, 2, 3].map(() =>
        transaction(registry.pool, (client) => disableEndpoint(client, { endpointId, actor }, 'requested')),
      ),
    ]);
    expect(new Set(await states())).toEqual(new Set(['cancelled']));
  });
});
