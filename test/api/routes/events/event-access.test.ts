import type { Role } from '../../../../api/access/roles';
import { EVENTS, type EventType } from '../../../../contract/events/events';
import { eventPageSchema } from '../../../../contract/schemas/event-schema';
import { newestSequence } from '../../../../registry/events/read';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness } from '../../../helpers/api';
import { placeOrder, type Ordered } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('who may see which events: not run, this machine has no PostgreSQL');

const OPERATION: EventType[] = [
  'operation.status',
  'operation.held',
  'operation.leftovers',
  'step.state',
  'step.attempt',
  'resource.state',
  'approval.asked',
  'approval.decided',
  'approval.expired',
  'resolution.taken',
];
const TENANT: EventType[] = [
  'tenant.state',
  'legal-hold.placed',
  'legal-hold.changed',
  'legal-hold.lifted',
  'legal-hold.ended',
  'trial.began',
  'trial.moved',
  'trial.ended',
  'billing.state',
  'billing.payment',
  'export.state',
  'flags.changed',
  'backup.state',
  'restore-test.state',
  'restore.state',
  'evidence.recorded',
  'domain.state',
  'sso.metadata',
  'usage.quota-near',
  'usage.quota-reached',
  'alert.firing',
  'alert.resolved',
];
const OPERATORS: EventType[] = ['quarantine.found', 'quarantine.ended', 'billing.finding'];

suite('events are seen like what they are part of', () => {
  let api: ApiHarness;
  let own: Ordered;
  let start: number;

  beforeAll(async () => {
    api = await startApiHarness();
    own = await placeOrder(await api.as(await api.token(['tenants:order'], 'signup')));
    const foreign = await placeOrder(await api.as(await api.token(['tenants:order'], 'partner')));
    start = await newestSequence(api.registry.pool);
    for (const about of [own, foreign]) await insert(Object.keys(EVENTS), about);
  });
  afterAll(() => api.stop());

  /** Events without data: their types and what they are about decide who sees them. */
  async function insert(types: string[], { tenantId, operationId }: Ordered): Promise<void> {
    await api.registry.pool.query(
      `insert into event (type, tenant_id, operation_id, data) select unnest($1::text[]), $2, $3, '{}'`,
      [types, tenantId, operationId],
    );
  }

  /** The types that a token sees, of its own things and of others. */
  async function seen(roles: Role[], name: string): Promise<{ own: string[]; foreign: string[] }> {
    const client = await api.as(await api.token(roles, name));
    const answer = await client.get(`/v1/events?after=${start}&limit=500`);
    const { items } = expectAnswer(answer, 200, eventPageSchema);
    const typesOf = (isOwn: boolean): string[] =>
      items.filter(({ tenantId }) => (tenantId === own.tenantId) === isOwn).map(({ type }) => type);
    return { own: typesOf(true).sort(), foreign: typesOf(false).sort() };
  }
  const sorted = (...types: string[][]): string[] => types.flat().sort();

  test('a token that may only order sees events of what it has ordered, and none of sweeps', async () => {
    expect(await seen(['tenants:order'], 'signup')).toEqual({ own: sorted(OPERATION, TENANT), foreign: [] });
  });

  test.each<[Role, string[]]>([
    ['tenants:read', sorted(OPERATION, TENANT)],
    ['tenants:suspend', sorted(OPERATION, TENANT)],
    ['tenants:deprovision', sorted(OPERATION, TENANT)],
    ['legal-hold:manage', sorted(OPERATION, TENANT)],
    ['approvals:decide', sorted(OPERATION)],
    ['operations:operate', sorted(OPERATION, TENANT, OPERATORS)],
  ])('%s sees of others what it may read', async (role, types) => {
    expect((await seen([role], 'reader')).foreign).toEqual(types);
  });

  test('an approver who has also ordered sees everything about that, besides what approvers see', async () => {
    const both = await seen(['tenants:order', 'approvals:decide'], 'signup');
    expect(both).toEqual({ own: sorted(OPERATION, TENANT), foreign: sorted(OPERATION) });
  });

  test('the events of an operation that a caller may not see are not found', async () => {
    const client = await api.as(await api.token(['tenants:order'], 'partner'));
    for (const accept of ['text/event-stream', 'application/json'])
      expectProblem(await client.get(`/v1/operations/${own.operationId}/events`).set('accept', accept), 'not-found');
  });

  test('an event whose type this version does not know is shown to no one', async () => {
    await insert(['tenant.renamed'], own);
    const everything = await seen(['operations:operate'], 'reader');
    expect(everything.own).not.toContain('tenant.renamed');
  });
});
