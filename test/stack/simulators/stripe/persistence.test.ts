import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Effect } from '../../../../stack/simulators/stripe/state/effects';
import { clientFor, furnish, inDays, startBench } from './support';

function effectsOf(stateFile: string): Effect[] {
  const lines = readFileSync(stateFile.replace(/\.jsonl$/, '.effects.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Effect);
}

async function startProcess(stateFile: string): Promise<{ child: ChildProcess; url: string }> {
  const args = ['--import', 'tsx', 'stack/simulators/stripe/main.ts', '--port', '0', '--state', stateFile];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: /http:\S+/.exec(line.toString())![0] };
}

test('everything that was answered survives kill -9, including idempotency keys', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'stripe-kill-'));
  const stateFile = join(dir, 'state.jsonl');
  let { child, url } = await startProcess(stateFile);
  try {
    const acknowledged: string[] = [];
    const stripe = clientFor(url);
    const busy = (async () => {
      for (let i = 0; ; i++) acknowledged.push((await stripe.customers.create({}, { idempotencyKey: `k${i}` })).id);
    })();
    while (acknowledged.length < 20) await new Promise((resolve) => setImmediate(resolve));
    child.kill('SIGKILL');
    await expect(busy).rejects.toBeDefined();
    ({ child, url } = await startProcess(stateFile));
    const again = clientFor(url);
    for (const [index, id] of acknowledged.entries()) {
      expect((await again.customers.create({}, { idempotencyKey: `k${index}` })).id).toBe(id);
    }
    const made = effectsOf(stateFile).filter((effect) => effect.effect === 'created');
    expect(new Set(made.map((effect) => effect.id)).size).toBe(made.length);
    expect(made.map((effect) => effect.id)).toEqual(expect.arrayContaining(acknowledged));
  } finally {
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
    rmSync(dir, { recursive: true });
  }
});

test('an incomplete last line is dropped, and the effect log catches up with the state', async () => {
  const bench = await startBench();
  const { customer, price, method } = await furnish(bench.stripe);
  const items = [{ price: price.id }];
  await bench.stripe.subscriptions.create({
    customer: customer.id,
    items,
    default_payment_method: method.id,
    trial_end: inDays(3),
  });
  appendFileSync(bench.stateFile, '{"objects":[{"id":"cus_half');
  await bench.restart();
  expect((await bench.stripe.customers.list()).data.map(({ id }) => id)).toEqual([customer.id]);
  expect((await bench.stripe.subscriptions.list({ customer: customer.id })).data).toHaveLength(1);
  const effects = effectsOf(bench.stateFile);
  expect(effects.map(({ seq }) => seq)).toEqual(effects.map((_, index) => index + 1));
  await bench.close();
});

test('the effect log records tenant and idempotency key of each effect, and every charge', async () => {
  const bench = await startBench();
  const { customer, price, method } = await furnish(bench.stripe);
  await bench.stripe.subscriptions.create(
    {
      customer: customer.id,
      items: [{ price: price.id }],
      default_payment_method: method.id,
      metadata: { tenantId: 'tenant1' },
    },
    { idempotencyKey: 'op:subscription:1' },
  );
  const effects = effectsOf(bench.stateFile);
  expect(effects).toContainEqual(
    expect.objectContaining({
      effect: 'created',
      object: 'subscription',
      tenantId: 'tenant1',
      idempotencyKey: 'op:subscription:1',
    }),
  );
  expect(effects.filter(({ effect }) => effect === 'charged')).toEqual([
    expect.objectContaining({ amount: 1000, currency: 'eur', tenantId: 'tenant1' }),
  ]);
  await bench.close();
});
