import { toActivityFailure } from '../../providers/port/failures';
import { createRegistryPool, isUnavailable, RegistryUnavailable, transaction } from '../../registry/database';

const NOWHERE = 'postgres://registry:secret@127.0.0.1:1/registry';

test.each([
  ['a query', (pool: ReturnType<typeof createRegistryPool>) => pool.query('select 1')],
  ['a transaction', (pool: ReturnType<typeof createRegistryPool>) => transaction(pool, (client) => client.query('x'))],
])('%s on an unreachable registry reports the outage, without an address', async (_, ask) => {
  const pool = createRegistryPool(NOWHERE, 1, 'test');
  const error: unknown = await ask(pool).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RegistryUnavailable);
  const shown = toActivityFailure(error, 'database of tenant x');
  expect(shown).toMatchObject({ type: 'RegistryUnavailable', nonRetryable: false });
  expect(JSON.stringify([shown.message, shown.cause?.message])).not.toMatch(/127\.0\.0\.1|:1\b|secret/);
  await pool.end();
});

test.each(['57P01', '57P03', '53300', '08006', '40P01', '25006', 'ECONNRESET'])('%s counts as an outage', (code) => {
  expect(isUnavailable(Object.assign(new Error('x'), { code }))).toBe(true);
});

test.each(['23505', '22021', '42P01'])('%s is a defect of the statement, and not an outage', (code) => {
  expect(isUnavailable(Object.assign(new Error('x'), { code }))).toBe(false);
});
