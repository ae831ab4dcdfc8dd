import { EVENTS } from '../../../contract/events/events';
import { audienceOf } from '../../../contract/events/audience';
import { testPayload, webhookPayload } from '../../../contract/webhooks/payload';

const EVENT = {
  sequence: 17,
  at: new Date('2026-01-31T12:00:00.000Z'),
  type: 'operation.status',
  tenantId: 'k3v9x2m4q7w8r5ta',
  operationId: 'op_a2b3c4d5e6f7g2h3i4j5',
  data: { from: 'pending', status: 'provisioning' },
} as const;

test('a message holds type, time, the event’s data and ids, and links into the API', () => {
  expect(JSON.parse(webhookPayload(EVENT, 'https://api.example.com'))).toEqual({
    type: 'operation.status',
    timestamp: '2026-01-31T12:00:00.000Z',
    data: {
      from: 'pending',
      status: 'provisioning',
      sequence: 17,
      tenantId: 'k3v9x2m4q7w8r5ta',
      operationId: 'op_a2b3c4d5e6f7g2h3i4j5',
      links: {
        operation: 'https://api.example.com/v1/operations/op_a2b3c4d5e6f7g2h3i4j5',
        tenant: 'https://api.example.com/v1/tenants/k3v9x2m4q7w8r5ta',
      },
    },
  });
});

test('a message about no tenant leaves ids and links out', () => {
  const { data } = JSON.parse(webhookPayload({ ...EVENT, tenantId: null, operationId: null }, 'https://a.example')) as {
    data: object;
  };
  expect(data).toEqual({ from: 'pending', status: 'provisioning', sequence: 17, links: {} });
});

test('a test message names its endpoint', () => {
  expect(JSON.parse(testPayload('we_1', 'https://a.example', EVENT.at))).toEqual({
    type: 'webhook.test',
    timestamp: EVENT.at.toISOString(),
    data: { endpointId: 'we_1', links: { endpoint: 'https://a.example/v1/webhook-endpoints/we_1' } },
  });
});

test('no event has a field that the ids and links of a message would replace', () => {
  const taken = Object.entries(EVENTS).flatMap(([type, { data }]) =>
    ['sequence', 'tenantId', 'operationId', 'links'].filter((name) => name in data).map((name) => `${type}.${name}`),
  );
  expect(taken).toEqual([]);
});

test('what sweeps find is for operators, what a tenant has is for callers that see the tenant, and the rest follows its operation', () => {
  const audience = (type: string, operationId: string | null = 'op_1') => audienceOf({ type, operationId });
  expect(audience('quarantine.found')).toBe('operators');
  expect(audience('tenant.state')).toBe('tenant');
  expect(audience('legal-hold.placed', null)).toBe('tenant');
  expect(audience('resource.state', null)).toBe('tenant');
  expect(audience('step.state')).toBe('operation');
  expect(audience('of.tomorrow')).toBe('operation');
  expect(audience('of.tomorrow', null)).toBe('operators');
});
