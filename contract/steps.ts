/** The ten steps of provisioning, in their order; the names appear in the ledger, the API, search attributes and history. */
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
  'finalize',
] as const;

/** One of the ten steps. */
export type Step = (typeof STEPS)[number];

/** What a person reads for each step, in the Temporal Web UI, the API and the terminal. */
export const STEP_LABELS: Record<Step, string> = {
  validate: 'Validate the order',
  reserve: 'Reserve name, keys and capacity',
  database: 'Provision the database share',
  'storage-and-compute': 'Provision storage and compute',
  security: 'Configure security',
  configuration: 'Configure the application',
  identity: 'Create the organization and its first admin',
  integrations: 'Set up billing and integrations',
  verify: 'Verify from outside',
  finalize: 'Finalize and hand over',
};

/** What each step needs to have finished; compensation runs in the reverse of this order. */
export const STEP_NEEDS: Record<Step, readonly Step[]> = {
  validate: [],
  reserve: ['validate'],
  database: ['reserve'],
  'storage-and-compute': ['reserve'],
  configuration: ['reserve'],
  security: ['database', 'storage-and-compute'],
  identity: ['configuration'],
  integrations: ['configuration'],
  verify: ['security', 'identity', 'integrations'],
  finalize: ['verify'],
};

/** Steps that only look, or only move the registry's state: they own no ledger rows, so there is nothing of them to compensate. */
export const MAKES_NOTHING: readonly Step[] = ['validate', 'verify', 'finalize'];

/** Where a step stands. `compensated` means its resources were released again. */
export const STEP_STATES = ['pending', 'running', 'done', 'failed', 'compensating', 'compensated', 'skipped'] as const;

/** One of {@link STEP_STATES}. */
export type StepState = (typeof STEP_STATES)[number];
