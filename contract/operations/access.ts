import type { KindRule, StateRule } from './kind-rule';
import type { OperationStatus } from './states';
import type { Step } from './steps';

/** The steps that close or open what a tenant has, all side by side. */
const CHANGES: readonly Step[] = ['database', 'storage-and-compute', 'security', 'identity', 'integrations'];

/** The statuses of an operation that changes a tenant and can take everything back until its end. */
export const CHANGE_STATES = {
  pending: { to: ['running', 'on_hold', 'compensating'], verbs: ['cancel'] },
  running: { to: ['completed', 'on_hold', 'compensating'], verbs: ['cancel'] },
  on_hold: { to: ['running', 'compensating'], verbs: ['retry', 'compensate', 'cancel'] },
  compensating: { to: ['cancelled', 'failed', 'needs_operator'], verbs: [] },
  completed: { to: [], verbs: [] },
  cancelled: { to: [], verbs: [] },
  failed: { to: [], verbs: [] },
  needs_operator: { to: ['compensating', 'cancelled', 'failed'], verbs: ['retry', 'accept'] },
} as const satisfies Partial<Record<OperationStatus, StateRule>>;

/** The steps that close what a tenant has and verify it. */
export const CLOSING = {
  database: { label: 'Close the database share', needs: [] },
  'storage-and-compute': { label: 'Close storage and stop compute', needs: [] },
  security: { label: 'Close the database logins', needs: [] },
  identity: { label: 'Disable the organization', needs: [] },
  integrations: { label: 'Pause billing', needs: [] },
  verify: { label: 'Verify from outside that it is closed', needs: CHANGES, leavesNothing: true },
} as const satisfies KindRule['steps'];

/** Closes what a tenant has, and keeps it. */
export const SUSPEND = {
  workflow: 'suspendTenant',
  title: 'Suspend',
  from: ['active'],
  to: 'suspended',
  pivot: { step: 'finalize', status: 'completed' },
  steps: {
    ...CLOSING,
    finalize: { label: 'Suspend', needs: ['verify'], leavesNothing: true },
  },
  states: CHANGE_STATES,
} as const satisfies KindRule;

/** Opens what a suspended tenant has, as it was before. */
export const RESUME = {
  workflow: 'resumeTenant',
  title: 'Resume',
  from: ['suspended'],
  to: 'active',
  pivot: { step: 'finalize', status: 'completed' },
  steps: {
    database: { label: 'Open the database share', needs: [] },
    'storage-and-compute': { label: 'Open storage and start compute', needs: [] },
    security: { label: 'Open the database logins', needs: [] },
    identity: { label: 'Enable the organization', needs: [] },
    integrations: { label: 'Resume billing', needs: [] },
    verify: { label: 'Verify from outside', needs: CHANGES, leavesNothing: true },
    finalize: { label: 'Resume', needs: ['verify'], leavesNothing: true },
  },
  states: CHANGE_STATES,
} as const satisfies KindRule;
