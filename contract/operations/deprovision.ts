import { CLOSING } from './access';
import type { KindRule } from './kind-rule';

/**
 * Removes a tenant: closes it at once, exports it if asked, waits, and then removes everything and proves it. Until the pivot it can be called
 * off, and the tenant is as it was.
 */
export const DEPROVISION = {
  workflow: 'deprovisionTenant',
  title: 'Deprovision',
  from: ['active', 'suspended'],
  meanwhile: 'leaving',
  to: 'gone',
  pivot: { step: 'legal-hold', status: 'removing' },
  steps: {
    ...CLOSING,
    announce: { label: 'Announce the removal', needs: ['verify'], leavesNothing: true },
    export: { label: 'Export what the tenant has', needs: ['announce'] },
    grace: { label: 'Wait for the end of the grace period', needs: ['export'], leavesNothing: true },
    'legal-hold': { label: 'Wait until no legal hold stands', needs: ['grace'], leavesNothing: true },
    remove: { label: 'Remove what the tenant has', needs: ['legal-hold'], leavesNothing: true },
    prove: { label: 'Ask every provider again', needs: ['remove'], leavesNothing: true },
    finalize: { label: 'Certify the removal and free the name', needs: ['prove'], leavesNothing: true },
  },
  states: {
    pending: { to: ['running', 'on_hold', 'compensating'], verbs: ['cancel'] },
    running: { to: ['grace', 'on_hold', 'compensating'], verbs: ['cancel'] },
    grace: { to: ['removing', 'on_hold', 'compensating'], verbs: ['cancel'] },
    on_hold: { to: ['running', 'compensating'], verbs: ['retry', 'compensate', 'cancel'] },
    removing: { to: ['completed', 'needs_operator'], verbs: [] },
    compensating: { to: ['cancelled', 'failed', 'needs_operator'], verbs: [] },
    completed: { to: [], verbs: [] },
    cancelled: { to: [], verbs: [] },
    failed: { to: [], verbs: [] },
    // Leftovers of the undo, or, after the pivot, of the removal.
    needs_operator: {
      to: ['compensating', 'cancelled', 'failed', 'removing', 'completed'],
      verbs: ['retry', 'accept'],
    },
  },
} as const satisfies KindRule;
