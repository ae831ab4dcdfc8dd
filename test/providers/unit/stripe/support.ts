import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBilling, type Billing } from '../../../../providers/stripe/stripe';
import type { PlanBilling } from '../../../../providers/stripe/catalog';
import { startStripeMock } from '../../../../stack/simulators/stripe/mock';
import { startBench, type Bench } from '../../../stack/simulators/stripe/support';

/** The local server behind stripe-mock's validation, the adapter on it, and a prepared catalog. */
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

/** stripe-mock is a Go program; without Go, requests reach the local server unvalidated, which every report mentions. */
const checked = spawnSync('go', ['version']).status === 0;
if (!checked) {
  test.todo(
    "not run: stripe-mock's validation of every request in this file, because there is no Go on PATH (https://go.dev/dl)",
  );
}

/** Starts a bench. */
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
