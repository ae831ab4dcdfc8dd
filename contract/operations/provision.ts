import type { KindRule } from './kind-rule';

/** Provisions a tenant: ten steps, of which the independent ones run side by side. */
export const PROVISION = {
  workflow: 'provisionTenant',
  title: 'Provision',
  from: [],
  to: 'active',
  pivot: { step: 'finalize', status: 'active' },
  customerWaits: true,
  steps: {
    validate: { label: 'Validate the order', needs: [], leavesNothing: true },
    reserve: { label: 'Reserve name, keys and capacity', needs: ['validate'] },
    database: { label: 'Provision the database share', needs: ['reserve'] },
    'storage-and-compute': { label: 'Provision storage and compute', needs: ['reserve'] },
    security: { label: 'Configure security', needs: ['database', 'storage-and-compute'] },
    configuration: { label: 'Configure the application', needs: ['reserve'] },
    identity: { label: 'Create the organization and its first admin', needs: ['configuration'] },
    integrations: { label: 'Set up billing and integrations', needs: ['configuration'] },
    verify: { label: 'Verify from outside', needs: ['security', 'identity', 'integrations'], leavesNothing: true },
    finalize: { label: 'Finalize and hand over', needs: ['verify'], leavesNothing: true },
  },
  states: {
    pending: { to: ['validating', 'on_hold', 'compensating'], verbs: ['cancel'] },
    validating: { to: ['awaiting_approval', 'provisioning', 'on_hold', 'compensating'], verbs: ['cancel'] },
    awaiting_approval: { to: ['provisioning', 'on_hold', 'compensating'], verbs: ['approve', 'reject', 'cancel'] },
    provisioning: { to: ['active', 'on_hold', 'compensating'], verbs: ['cancel'] },
    on_hold: {
      to: ['validating', 'provisioning', 'compensating'],
      verbs: ['retry', 'amend', 'skip', 'compensate', 'cancel'],
    },
    compensating: { to: ['rejected', 'cancelled', 'failed', 'needs_operator'], verbs: [] },
    active: { to: [], verbs: [] },
    rejected: { to: [], verbs: [] },
    cancelled: { to: [], verbs: [] },
    failed: { to: [], verbs: [] },
    needs_operator: { to: ['compensating', 'rejected', 'cancelled', 'failed'], verbs: ['retry', 'accept'] },
  },
} as const satisfies KindRule;
