import type { WorkflowHandle } from '@temporalio/client';
import { CANCEL_UPDATE, type RecoverySettings } from '../../../contract/operations/messages';
import { permanent } from '../../helpers/temporal/journal';
import { resetHarness, startHarness, type Harness } from '../../helpers/temporal/workflow-harness';
import { failureOf, resolve, untilQuiet, untilStatus } from '../../helpers/temporal/workflow-runs';

const HOLDS: RecoverySettings = { onPermanentFailure: 'hold', holdSeconds: 24 * 3600, skippable: ['integrations'] };

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
}, 120_000);
afterAll(async () => harness.stop());
beforeEach(() => resetHarness(harness));

const compensated = (): string[] => harness.journal.filter((entry) => entry.startsWith('-'));

/** Makes setting up integrations fail permanently until `mend()` is called. */
function breakIntegrations(): { mend: () => void } {
  const { setUpIntegrations } = harness.activities;
  harness.activities.setUpIntegrations = () => Promise.reject(permanent('PaymentMethodDeclined'));
  return { mend: () => void (harness.activities.setUpIntegrations = setUpIntegrations) };
}

/** Ends a held run through its own compensation: once a run is terminated, the test server no longer skips time. */
async function giveUp(run: WorkflowHandle): Promise<void> {
  await resolve(run, 'compensate');
  await failureOf(run);
}

async function startHeld() {
  const run = await harness.start({ recovery: HOLDS });
  const progress = await untilStatus(run, 'on_hold');
  await untilQuiet(run);
  return { run, progress };
}

test('a permanently failed step waits for an operator: nothing is undone, and the run shows its deadline', async () => {
  breakIntegrations();
  const { run, progress } = await startHeld();
  expect(progress.failure).toMatchObject({ type: 'PaymentMethodDeclined', step: 'integrations' });
  expect(Date.parse(progress.holdUntil!) - Date.now()).toBeGreaterThan(20 * 3600 * 1000);
  expect(harness.journal).toContain('status on_hold');
  expect(compensated()).toEqual([]);
  await giveUp(run);
});

test('retry repeats the failed step and no other', async () => {
  const { mend } = breakIntegrations();
  const { run } = await startHeld();
  mend();
  await resolve(run, 'retry');
  await expect(run.result()).resolves.toMatchObject({ status: 'active' });
  expect(harness.journal.filter((entry) => entry === '+identity')).toHaveLength(1);
  expect(harness.journal).toContain('resolution retry');
  expect(compensated()).toEqual([]);
});

test('a retry that fails puts the run on hold again', async () => {
  const { mend } = breakIntegrations();
  const { run } = await startHeld();
  await resolve(run, 'retry');
  while (harness.journal.filter((entry) => entry === 'status on_hold').length < 2)
    await new Promise((done) => setTimeout(done, 20));
  await untilQuiet(run);
  mend();
  await resolve(run, 'amend', { resolutionId: crypto.randomUUID() });
  await expect(run.result()).resolves.toMatchObject({ status: 'active' });
  expect(harness.journal).toContain('resolution amend');
});

test('skip undoes what the step had begun and continues without it, and nothing is charged', async () => {
  breakIntegrations();
  const { run } = await startHeld();
  await resolve(run, 'skip', { reason: 'billed by hand' });
  await expect(run.result()).resolves.toMatchObject({ status: 'active' });
  expect(compensated()).toEqual(['-integrations']);
  expect(harness.journal).not.toContain('subscription');
  expect(harness.journal).toContain('=verify');
});

test('compensate undoes everything and reports the original failure', async () => {
  breakIntegrations();
  const { run } = await startHeld();
  await resolve(run, 'compensate');
  expect((await failureOf(run)).type).toBe('PaymentMethodDeclined');
  expect(compensated()).toContain('-reserve');
  expect(harness.journal).toContain('status failed');
});

test('a hold without a decision undoes everything at its deadline', async () => {
  breakIntegrations();
  const { run } = await startHeld();
  expect((await failureOf(run)).type).toBe('PaymentMethodDeclined');
  expect(compensated()).toContain('-reserve');
});

test('cancel ends a hold, as it ends any run before the pivot', async () => {
  breakIntegrations();
  const { run } = await startHeld();
  await run.executeUpdate(CANCEL_UPDATE, { args: [{ requestedBy: 'test' }] });
  await failureOf(run);
  expect(harness.journal).toContain('status cancelled');
});

test('a hold refuses to skip an unskippable step, to skip without a reason, and to take details that only the API accepts', async () => {
  harness.activities.createOrganization = () => Promise.reject(permanent());
  const { run } = await startHeld();
  await expect(resolve(run, 'skip', { reason: 'no need' })).rejects.toThrow();
  await expect(resolve(run, 'amend')).rejects.toThrow();
  await expect(resolve(run, 'accept', { resolutionId: crypto.randomUUID() })).rejects.toThrow();
  expect(await untilStatus(run, 'on_hold')).toMatchObject({ status: 'on_hold' });
  await giveUp(run);

  resetHarness(harness);
  breakIntegrations();
  const { run: other } = await startHeld();
  await expect(resolve(other, 'skip', { reason: '' })).rejects.toThrow();
  await giveUp(other);
});

test('decisions are refused while the run is not waiting for an operator', async () => {
  let release = (): void => {};
  harness.activities.provisionDatabase = () => new Promise((done) => (release = done));
  const run = await harness.start({ recovery: HOLDS });
  await untilStatus(run, 'provisioning');
  for (const verb of ['retry', 'compensate', 'accept'] as const)
    await expect(resolve(run, verb, { resolutionId: crypto.randomUUID() })).rejects.toThrow();
  release();
  await expect(run.result()).resolves.toMatchObject({ status: 'active' });
});

test('two steps that fail in parallel cause one hold, and one retry repeats both', async () => {
  const { mend } = breakIntegrations();
  const { createOrganization } = harness.activities;
  harness.activities.createOrganization = () => Promise.reject(permanent());
  const { run } = await startHeld();
  mend();
  harness.activities.createOrganization = createOrganization;
  await resolve(run, 'retry');
  await expect(run.result()).resolves.toMatchObject({ status: 'active' });
  expect(harness.journal.filter((entry) => entry === 'status on_hold')).toHaveLength(1);
});
