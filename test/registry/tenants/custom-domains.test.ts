import { acceptOrder, type AcceptanceOutcome } from '../../../registry/operations/acceptance';
import { holdDomain, isHeldByAnother } from '../../../registry/tenants/custom-domains';
import { loadTemplates } from '../../../templates/load';
import { order } from '../../helpers/api';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('custom domains in the registry: not run, this machine has no PostgreSQL');

suite('the custom domain of an operation', () => {
  const template = loadTemplates('templates').get('starter');
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());

  const accept = (customDomain?: string): Promise<AcceptanceOutcome> =>
    acceptOrder(registry.pool, registry.keys, {
      caller: 'token:signup',
      requestHash: Buffer.alloc(32),
      template,
      approvalsRequired: [],
      order: order({ configuration: customDomain === undefined ? {} : { customDomain } }),
    });
  async function accepted(customDomain?: string): Promise<string> {
    const outcome = await accept(customDomain);
    if (!('operationId' in outcome)) throw new Error(outcome.outcome);
    return outcome.operationId;
  }
  const hold = (operationId: string, domain: string | null): Promise<boolean> =>
    holdDomain(registry.pool, operationId, domain);

  test('moves with an amended order: the old one is free, the new one held', async () => {
    const operationId = await accepted('old.example.com');
    expect(await hold(operationId, 'new.example.com')).toBe(true);
    expect(await accept('new.example.com')).toEqual({ outcome: 'domain-taken' });
    expect(await accept('old.example.com')).toMatchObject({ outcome: 'accepted' });
  });

  test('stays as it was when another operation holds the new one', async () => {
    await accepted('theirs.example.com');
    const operationId = await accepted('ours.example.com');
    expect(await hold(operationId, 'theirs.example.com')).toBe(false);
    expect(await accept('ours.example.com')).toEqual({ outcome: 'domain-taken' });
    expect(await isHeldByAnother(registry.pool, operationId, 'theirs.example.com')).toBe(true);
    expect(await isHeldByAnother(registry.pool, operationId, 'ours.example.com')).toBe(false);
  });

  test('may be held again by its holder, and given up', async () => {
    const operationId = await accepted('given-up.example.com');
    expect(await hold(operationId, 'given-up.example.com')).toBe(true);
    expect(await hold(operationId, null)).toBe(true);
    expect(await accept('given-up.example.com')).toMatchObject({ outcome: 'accepted' });
  });

  test('goes to exactly one of ten operations that request it at once', async () => {
    const operations = await Promise.all(Array.from({ length: 10 }, () => accepted()));
    const held = await Promise.all(operations.map((operationId) => hold(operationId, 'wanted.example.com')));
    expect(held.filter(Boolean)).toHaveLength(1);
  });

  test('is not reserved by operations without one', async () => {
    await accepted();
    expect(await accept()).toMatchObject({ outcome: 'accepted' });
  });
});
