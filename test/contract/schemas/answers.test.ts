import { OpenApiGeneratorV31, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import type { z } from 'zod';
import { pageOf } from '../../../contract/schemas/common';
import {
  acceptedSchema,
  operationPageSchema,
  operationSchema,
  type Operation,
} from '../../../contract/schemas/operation-schema';
import { orderSchema } from '../../../contract/schemas/order-schema';
import { parseBody } from '../../../contract/schemas/parse-body';
import { problemSchema, type Problem } from '../../../contract/schemas/problem-schema';
import {
  approvalRequestSchema,
  cancelRequestSchema,
  claimRequestSchema,
  credentialsSchema,
} from '../../../contract/schemas/request-schemas';
import { tenantPageSchema, tenantSchema, type Tenant } from '../../../contract/schemas/tenants/tenant-schema';
import { stepRule, stepsOf } from '../../../contract/operations/kinds';
import { templateSchema } from '../../../templates/template-schema';

const NOW = '2026-01-31T12:00:00.000Z';
const TENANT_ID = 'k3v9x2m4q7w8r5ta';
const OPERATION_ID = 'op_a2b3c4d5e6f7g2h3i4j5';

const operation: Operation = {
  operationId: OPERATION_ID,
  tenantId: TENANT_ID,
  tenantName: 'acme-bikes',
  kind: 'provision',
  status: 'needs_operator',
  plan: 'starter',
  requestedBy: 'token:signup',
  region: 'eu-central',
  createdAt: NOW,
  updatedAt: NOW,
  steps: stepsOf('provision').map((id) => ({
    id,
    label: stepRule('provision', id).label,
    state: 'compensated',
    startedAt: NOW,
    endedAt: NOW,
    attempts: 1,
  })),
  approval: { state: 'approved', required: ['storageQuotaGb'], deadline: NOW },
  completed: 7,
  total: 10,
  failure: { type: 'PaymentMethodDeclined', message: 'Declined.', step: 'integrations', pointer: '/paymentMethod' },
  leftovers: [{ kind: 'bucket', provider: 'versity', region: 'eu-central', id: 't-x', lastError: 'timed out' }],
  verbs: [],
  result: {
    tenantId: TENANT_ID,
    status: 'pending',
    resources: {
      database: [
        {
          kind: 'pooled-share',
          provider: 'postgres',
          region: 'eu-central',
          id: 't_x',
          facts: { database: 'app_pool' },
        },
      ],
      storage: [],
      compute: [],
    },
    configuration: { modules: ['core'] },
    credentials: { adminAccessUrl: 'https://id.example.com/' },
  },
};

const tenant: Tenant = {
  tenantId: TENANT_ID,
  tenantName: 'acme-bikes',
  plan: 'starter',
  state: 'active',
  stateSince: NOW,
  access: 'open',
  status: 'active',
  createdAt: NOW,
  verbs: ['suspend', 'deprovision'],
  legalHold: { since: NOW, until: NOW },
  trial: { endsAt: NOW, then: 'suspend' },
  resources: [{ kind: 'bucket', provider: 'versity', region: 'eu-central', id: 't-x', state: 'present' }],
};

const problem: Problem = {
  type: 'https://api.example.com/problems/invalid-order',
  title: 'The order is not valid',
  status: 422,
  requestId: 'r1',
  errors: [{ pointer: '/tenantName', detail: 'Is reserved.' }],
};

test.each<[string, z.ZodType, unknown]>([
  ['an operation', operationSchema, operation],
  ['a page of operations', operationPageSchema, { items: [operation], nextCursor: 'abc' }],
  ['an accepted order', acceptedSchema, { tenantId: TENANT_ID, operationId: OPERATION_ID, status: 'pending' }],
  ['a tenant', tenantSchema, tenant],
  ['a page of tenants', tenantPageSchema, { items: [] }],
  ['a problem', problemSchema, problem],
  [
    'credentials',
    credentialsSchema,
    { adminAccessUrl: 'https://id.example.com/', temporaryPassword: 'x', apiKeys: { default: 'y' } },
  ],
])('%s matches its schema, and an extra member is rejected', (_, schema, answer) => {
  expect(schema.parse(answer)).toEqual(answer);
  expect(schema.safeParse({ ...(answer as object), more: 1 }).success).toBe(false);
});

test.each<[string, z.ZodType, unknown, string[]]>([
  ['approval', approvalRequestSchema, { decision: 'approve' }, []],
  ['approval', approvalRequestSchema, { decision: 'reject', comment: 'Not\nnow.' }, []],
  ['approval', approvalRequestSchema, { decision: 'maybe' }, ['/decision']],
  ['approval', approvalRequestSchema, {}, ['/decision']],
  ['approval', approvalRequestSchema, { decision: 'approve', comment: 'a\0' }, ['/comment']],
  ['approval', approvalRequestSchema, { decision: 'approve', comment: 'x'.repeat(1001) }, ['/comment']],
  ['approval', approvalRequestSchema, { decision: 'approve', by: 'me' }, ['/by']],
  ['cancel', cancelRequestSchema, {}, []],
  ['cancel', cancelRequestSchema, { reason: '\u202e' }, ['/reason']],
  ['claim', claimRequestSchema, { token: 'a'.repeat(43) }, []],
  ['claim', claimRequestSchema, { token: 'short' }, ['/token']],
  ['claim', claimRequestSchema, { token: ['a'.repeat(43)] }, ['/token']],
])('the body of %s %#: violations point at the faulty members', (_, schema, body, pointers) => {
  const parsed = parseBody(schema, body);
  expect(parsed.ok ? [] : parsed.violations.map(({ pointer }) => pointer)).toEqual(pointers);
});

test('every schema can be described in OpenAPI under its own name', () => {
  const registry = new OpenAPIRegistry();
  const bodies = { orderSchema, approvalRequestSchema, cancelRequestSchema, claimRequestSchema };
  const answers = { acceptedSchema, operationPageSchema, tenantPageSchema, problemSchema, credentialsSchema };
  const templates = { templatePage: pageOf(templateSchema, 'TemplatePage') };
  for (const [name, schema] of Object.entries({ ...bodies, ...answers, ...templates }))
    registry.registerPath({
      method: 'get',
      path: `/${name}`,
      responses: { 200: { description: name, content: { 'application/json': { schema } } } },
    });
  const document = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'x', version: '1' },
  });
  expect(Object.keys(document.components?.schemas ?? {}).sort()).toEqual(
    expect.arrayContaining(['Operation', 'Problem', 'ProvisioningTemplate', 'Tenant', 'TenantProvisioningRequest']),
  );
  const order = document.components?.schemas?.['TenantProvisioningRequest'];
  expect(order).toMatchObject({
    type: 'object',
    additionalProperties: false,
    properties: { customizations: { type: 'object' } },
  });
  // OpenAPI patterns cannot carry JavaScript's flags.
  expect(JSON.stringify(document)).not.toMatch(/"pattern":"[^"]*\/[a-z]{1,3}"/);
});
