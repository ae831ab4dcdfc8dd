import {
  attributesOfInput,
  attributesOfQueue,
  attributesOfRun,
  errorType,
  exported,
  isHarmless,
} from '../../tracing/attributes';
import { failure } from '../../providers/port/failures';

test.each([
  'op_abcdefghijklmnopqrst',
  'POST /v1/tenants/{tenantId}:suspend',
  'operation/op_a',
  'stripe POST /v1/customers/{id}',
  '404',
])('%s may be exported', (text) => expect(isHarmless(text)).toBe(true));

test.each([
  'edith@quarry.example',
  'select * from tenant',
  'Bearer tp_secret of somebody',
  'Quarry & Sons',
  'x'.repeat(201),
  '',
])('%s may not be exported', (text) => expect(isHarmless(text)).toBe(false));

test('only known attributes with ids, enumerations and numbers are exported', () => {
  const given = {
    'provisioner.step': 'provision_database',
    'provisioner.attempt': 2,
    'provisioner.tenant_id': 'edith@quarry.example',
    'db.statement': 'select',
    memo: { anything: true },
    'exception.message': 'duplicate',
  };
  expect(exported(given)).toEqual({ 'provisioner.step': 'provision_database', 'provisioner.attempt': 2 });
});

test('a run is described by its workflow type, its id and its task queue', () => {
  expect(attributesOfRun('provisionTenant', 'operation/op_1')).toEqual({
    temporalWorkflowId: 'operation/op_1',
    'provisioner.kind': 'provision',
    'provisioner.operation_id': 'op_1',
  });
  expect(attributesOfRun('deliverWebhook', 'webhook/msg_1/1')).toEqual({ temporalWorkflowId: 'webhook/msg_1/1' });
  expect(attributesOfQueue('region.us-east')).toEqual({ 'provisioner.region': 'us-east' });
  expect(attributesOfQueue('provisioning')).toEqual({});
});

test('an activity is described by the ids in its input, and by nothing else of it', () => {
  const input = { operationId: 'op_1', step: 'reserve', region: 'eu-central', requestedBy: 'Edith', patience: {} };
  expect(attributesOfInput(input)).toEqual({
    'provisioner.operation_id': 'op_1',
    'provisioner.step': 'reserve',
    'provisioner.region': 'eu-central',
  });
  expect([attributesOfInput(undefined), attributesOfInput('text')]).toEqual([{}, {}]);
});

test('an error is named by its failure type, code or name, and never by its message', () => {
  expect(errorType(failure('ProviderThrottled', 'a sentence'))).toBe('ProviderThrottled');
  expect(errorType(Object.assign(new Error('a sentence'), { code: 'ECONNRESET' }))).toBe('ECONNRESET');
  expect(errorType(new TypeError('a sentence'))).toBe('TypeError');
  expect(errorType('a sentence')).toBe('Error');
});
