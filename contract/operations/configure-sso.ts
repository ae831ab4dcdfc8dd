import { CHANGE_STATES } from './access';
import type { KindRule } from './kind-rule';

/** Connects the customer's own identity provider, changes the connection, or ends it. */
export const CONFIGURE_SSO = {
  workflow: 'configureSso',
  title: 'Configure single sign-on',
  from: ['active'],
  pivot: { step: 'finalize', status: 'completed' },
  steps: {
    identity: { label: 'Configure the identity provider', needs: [] },
    verify: { label: 'Verify the identity provider', needs: ['identity'], leavesNothing: true },
    finalize: { label: 'Finish', needs: ['verify'], leavesNothing: true },
  },
  states: CHANGE_STATES,
} as const satisfies KindRule;
