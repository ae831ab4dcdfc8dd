import { CHANGE_STATES } from './access';
import type { KindRule } from './kind-rule';

/** Serves a tenant's own domain at the edge, or ends that. The route is billing's neighbour in `integrations`, which suspends and removes it. */
export const CONNECT_DOMAIN = {
  workflow: 'connectDomain',
  title: 'Connect the custom domain',
  from: ['active'],
  pivot: { step: 'finalize', status: 'completed' },
  steps: {
    integrations: { label: 'Configure the edge', needs: [] },
    verify: { label: 'Verify the domain over TLS', needs: ['integrations'], leavesNothing: true },
    finalize: { label: 'Finish', needs: ['verify'], leavesNothing: true },
  },
  states: CHANGE_STATES,
} as const satisfies KindRule;
