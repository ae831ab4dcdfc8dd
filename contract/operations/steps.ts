/** The steps of operations. Their names appear in the ledger, the API, search attributes and histories. A kind has some of them. */
export const STEPS = [
  'validate',
  'reserve',
  'database',
  'storage-and-compute',
  'security',
  'configuration',
  'identity',
  'integrations',
  'verify',
  'announce',
  'export',
  'grace',
  'legal-hold',
  'remove',
  'prove',
  'finalize',
] as const;

/** One of the steps. */
export type Step = (typeof STEPS)[number];

/** States of a step. `compensated` means that its resources were released, or that its changes were taken back. */
export const STEP_STATES = ['pending', 'running', 'done', 'failed', 'compensating', 'compensated', 'skipped'] as const;

/** One of {@link STEP_STATES}. */
export type StepState = (typeof STEP_STATES)[number];
