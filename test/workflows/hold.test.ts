import type { WorkflowHandle } from '@temporalio/client';
import { CANCEL_UPDATE, type RecoverySettings } from '../../contract/messages';
import { permanent, resetHarness, startHarness, type Harness } from '../helpers/workflow-harness';
import { failureOf, resolve, untilQuiet, untilStatus } from '../helpers/workflow-runs';

const HOLDS: RecoverySettings = { onPermanentFailure: 'hold', holdSeconds: 24 * 3600, skippable: ['integrations'] };

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
}, 120_000);
afterAll(async () => harness.stop());
beforeEach(() => resetHarness(harness));

const compensated = (): string[] => harness.journal.filter((entry) => entry.startsWith('-'));

/** Until `mend()` is called, setting up integrations fails for good. */
function breakIntegrations(): { mend: () => void } {
  const { setUpIntegrations } = harness.activities;
  harness.activities.setUpIntegrations = () => Promise.reject(permanent('PaymentMethodDeclined'));
  return { mend: () => void (harness.activities.setUpIntegrations = setUpIntegrations) };
}

/** Ends a run in its own way: after one that was terminated the test server lets no time pass any more. */
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

test('a step that fails for good waits for an operator: nothing is undone, and the run says until when', async () => {
  breakIntegrations();
  const { run, progress } = await startHeld();
  expect(progress.failure).toMatchObject({ type: 'PaymentMethodDeclined', step: 'integrations' });
  expect(Date.parse(progress.holdUntil!) - Date.now()).toBeGreaterThan(20 * 3600 * 1000);
  expect(harness.journal).toContain('status on_hold');
  expect(compensated()).toEqual([]);
  await giveUp(run);
});

test('retry does the failed step again and no other', async () => {
  const { mend } = breakIntegrations();
  const { run } = await startHeld();
  mend();
  await resolve(run, 'retry');
  await expect(run.result()).resolves.toMatchObject({ status: 'active' });
  expect(harness.journal.filter((entry) => entry === '+identity')).toHaveLength(1);
  expect(harness.journal).toContain('resolution retry');
  expect(compensated()).toEqual([]);
});

test('a retry that fails again is held again', async () => {
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

test('skip undoes what the step had begun, leaves it out, and nothing is charged', async () => {
  breakIntegrations();
  const { run } = await startHeld();
  await resolve(run, 'skip', { reason: 'billed by hand' });
  await expect(run.result()).resolves.toMatchObject({ status: 'active' });
  expect(compensated()).toEqual(['-integrations']);
  expect(harness.journal).not.toContain('subscription');
  expect(harness.journal).toContain('=verify');
});

test('compensate undoes everything, and the original failure is reported', async () => {
  breakIntegrations();
  const { run } = await startHeld();
  await resolve(run, 'compensate');
  expect((await failureOf(run)).type).toBe('PaymentMethodDeclined');
  expect(compensated()).toContain('-reserve');
  expect(harness.journal).toContain('status failed');
});

test('without a decision in time everything is undone', async () => {
  breakIntegrations();
  const { run } = await startHeld();
  expect((await failureOf(run)).type).toBe('PaymentMethodDeclined');
  expect(compensated()).toContain('-reserve');
});

test('cancel ends a hold like anything else before the pivot', async () => {
  breakIntegrations();
  const { run } = await startHeld();
  await run.executeUpdate(CANCEL_UPDATE, { args: [{ requestedBy: 'test' }] });
  await failureOf(run);
  expect(harness.journal).toContain('status cancelled');
});

test('a step that the template does not let be skipped, a skip without a reason and details that only the API takes are refused', async () => {
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

test('a verb is refused while nothing waits for an operator', async () => {
  let release = (): void => {};
  harness.activities.provisionDatabase = () => new Promise((done) => (release = done));
  const run = await harness.start({ recovery: HOLDS });
  await untilStatus(run, 'provisioning');
  for (const verb of ['retry', 'compensate', 'accept'] as const)
    await expect(resolve(run, verb, { resolutionId: crypto.randomUUID() })).rejects.toThrow();
  release();
  await expect(run.result()).resolves.toMatchObject({ status: 'active' });
});

test('two steps that fail side by side are held once and tried again together', async () => {
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
