import { PROGRESS_QUERY, type Leftover, type Progress } from '../../../contract/operations/messages';
import { permanent, REGION } from '../../helpers/temporal/journal';
import { resetHarness, startHarness, type Harness } from '../../helpers/temporal/workflow-harness';
import { failureOf, resolve, untilStatus } from '../../helpers/temporal/workflow-runs';

const LEFTOVER: Leftover = { kind: 'bucket', provider: 'versity', region: REGION, id: 't-x', lastError: 'refused' };

let harness: Harness;
let left: Leftover[];
beforeAll(async () => {
  harness = await startHarness();
}, 120_000);
afterAll(async () => harness.stop());
beforeEach(() => {
  resetHarness(harness);
  left = [LEFTOVER];
  harness.activities.concludeCompensation = ({ status }) => {
    const end = left.length > 0 ? 'needs_operator' : status;
    harness.journal.push(`status ${end}`);
    return Promise.resolve({ status: end, leftovers: left });
  };
});

const undos = (step: string): number => harness.journal.filter((entry) => entry === `-${step}`).length;

async function startWithLeftovers() {
  harness.activities.setUpIntegrations = () => Promise.reject(permanent('PaymentMethodDeclined'));
  const run = await harness.start();
  await untilStatus(run, 'needs_operator');
  return run;
}

test('retry undoes again, and the run ends once nothing is left', async () => {
  const run = await startWithLeftovers();
  await resolve(run, 'retry');
  while (undos('database') < 2) await new Promise((done) => setTimeout(done, 20));
  await untilStatus(run, 'needs_operator');
  left = [];
  await resolve(run, 'retry');
  expect((await failureOf(run)).type).toBe('PaymentMethodDeclined');
  expect(undos('database')).toBe(3);
  expect(harness.journal.at(-1)).toBe('operators told');
  expect(harness.journal).toContain('status failed');
});

test('accept ends the run without another undo, but not while an unaccepted leftover remains', async () => {
  const run = await startWithLeftovers();
  const other = { ...LEFTOVER, id: 't-y' };
  left = [other];
  await resolve(run, 'accept', { resolutionId: crypto.randomUUID(), reason: 'kept for the auditors' });
  for (;;) {
    const { leftovers } = await run.query<Progress>(PROGRESS_QUERY);
    if (leftovers[0]?.id === other.id) break;
    await new Promise((done) => setTimeout(done, 20));
  }
  left = [];
  await resolve(run, 'accept', { resolutionId: crypto.randomUUID(), reason: 'kept for the auditors' });
  expect((await failureOf(run)).type).toBe('PaymentMethodDeclined');
  expect(undos('database')).toBe(1);
  expect(harness.journal.filter((entry) => entry === 'resolution accept')).toHaveLength(2);
});

test('the customer is notified once, before the key that encrypts the address is destroyed', async () => {
  const run = await startWithLeftovers();
  left = [];
  await resolve(run, 'retry');
  await failureOf(run);
  expect(harness.journal.filter((entry) => entry === 'customer told')).toHaveLength(1);
  expect(harness.journal.indexOf('customer told')).toBeLessThan(harness.journal.indexOf('-reserve'));
});

describe('a run that succeeds a lost one', () => {
  test('undoes everything its predecessor may have made, and reports the failure that it had recorded', async () => {
    left = [];
    const failure = { type: 'ProviderRefused', message: 'refused', step: 'identity' } as const;
    const run = await harness.start({ resume: { as: 'compensate', region: REGION, failure, end: 'failed' } });
    expect((await failureOf(run)).type).toBe('ProviderRefused');
    for (const step of [
      'integrations',
      'identity',
      'security',
      'configuration',
      'storage-and-compute',
      'database',
      'reserve',
    ])
      expect(undos(step)).toBe(1);
    expect(harness.journal.some((entry) => entry.startsWith('+'))).toBe(false);
  });

  test('reports RunLost where its predecessor recorded no failure', async () => {
    left = [];
    const run = await harness.start({ resume: { as: 'compensate' } });
    expect((await failureOf(run)).type).toBe('RunLost');
  });

  test('completes the hand-over after the pivot, and undoes nothing', async () => {
    const run = await harness.start({ resume: { as: 'hand-over', region: REGION } });
    await expect(run.result()).resolves.toMatchObject({ status: 'active' });
    expect(harness.journal.filter((entry) => entry.startsWith('-'))).toEqual([]);
    expect(harness.journal).toEqual(expect.arrayContaining(['subscription', 'welcome']));
  });

  test('charges nothing after the pivot where an operator has skipped billing', async () => {
    const run = await harness.start({ resume: { as: 'hand-over', region: REGION, skipped: ['integrations'] } });
    await expect(run.result()).resolves.toMatchObject({ status: 'active' });
    expect(harness.journal).toContain('welcome');
    expect(harness.journal).not.toContain('subscription');
  });
});
