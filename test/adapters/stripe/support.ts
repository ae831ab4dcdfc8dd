import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBilling, type Billing } from '../../../activities/adapters/stripe/stripe';
import type { PlanBilling } from '../../../activities/adapters/stripe/catalog';
import { startStripeMock } from '../../../stack/stripe/mock';
import { startBench, type Bench } from '../../stack/stripe/support';

/** The local server with stripe-mock's validation before it, the adapter on it, and a prepared catalog. */
export interface BillingBench extends Bench {
  billing: Billing;
}

/** A plan as its template describes it. */
export const PLAN: PlanBilling = {
  subscriptionPlan: 'starter',
  templateName: 'Starter',
  billing: {
    currency: 'eur',
    prices: { monthly: 1900, yearly: 19_000 },
    meters: [{ eventName: 'api_calls', displayName: 'API calls' }],
  },
};

/** stripe-mock is built by Go; without it requests reach the local server unchecked, which is said in every report. */
const checked = spawnSync('go', ['version']).status === 0;
if (!checked) {
  test.todo(
    "not run: stripe-mock's validation of every request in this file, because there is no Go on PATH (https://go.dev/dl)",
  );
}

/** Starts one. */
export async function startBillingBench(): Promise<BillingBench> {
  const dir = mkdtempSync(join(tmpdir(), 'stripe-mock-'));
  const mock = checked ? await startStripeMock({ dir }) : undefined;
  const bench = await startBench(mock === undefined ? {} : { validate: mock.url });
  const billing = createBilling({ apiKey: 'sk_test_bench', url: bench.url, allowLiveKey: false });
  await billing.prepareBilling([PLAN]);
  const { close } = bench;
  return Object.assign(bench, {
    billing,
    close: async () => {
      await billing.close();
      await mock?.process.stop();
      await close();
      rmSync(dir, { recursive: true });
    },
  });
}
