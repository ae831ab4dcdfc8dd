import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startFaultProxy, type FaultProxy } from '../helpers/providers/fault-proxy';
import { failAtRandom } from './faults/faults';
import { percentile } from './report/statistics';

let provider: Server;
let line: FaultProxy;

beforeAll(async () => {
  provider = createServer((_request, response) => void response.end('done'));
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  line = await startFaultProxy(`http://127.0.0.1:${(provider.address() as AddressInfo).port}`);
});
afterAll(async () => {
  await line.close();
  await new Promise((resolve) => provider.close(resolve));
});

/** Outcomes of this many calls, one after the other. */
async function callsWithSeed(
  seed: number,
  count: number,
): Promise<{ answers: string[]; failed: number; made: number }> {
  const faults = failAtRandom({ provider: line }, { seed, share: 0.2 });
  const answers: string[] = [];
  for (let call = 0; call < count; call++)
    answers.push(
      await fetch(`${line.url}/v1/things/t-${call}`).then(
        ({ status, headers }) => `${status} ${headers.get('retry-after') ?? ''}`.trim(),
        () => 'broken',
      ),
    );
  const { failed, made } = faults.calls().provider!;
  faults.end();
  return { answers, failed, made };
}

test('the requested share of the calls fails, with every kind of fault', async () => {
  const { answers, failed, made } = await callsWithSeed(1, 300);
  expect(made).toBe(300);
  expect(failed).toBe(answers.filter((answer) => answer !== '200').length);
  expect(failed).toBeGreaterThan(30);
  expect(failed).toBeLessThan(90);
  expect(new Set(answers)).toEqual(new Set(['200', '500', '503', '429 1', 'broken']));
});

test('the same seed makes the same calls fail, and another seed others', async () => {
  const first = await callsWithSeed(7, 60);
  expect(await callsWithSeed(7, 60)).toEqual(first);
  expect((await callsWithSeed(8, 60)).answers).not.toEqual(first.answers);
});

test('a percentile is one of the values', () => {
  const values = Array.from({ length: 100 }, (_, index) => index + 1);
  expect([0.5, 0.95, 0.99, 1].map((share) => percentile(values, share))).toEqual([50, 95, 99, 100]);
  expect(percentile([], 0.99)).toBe(0);
});
