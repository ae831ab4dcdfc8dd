import { setTimeout as sleep } from 'node:timers/promises';
import type { Reads } from './reads';

/**
 * A separate process, so that its latencies are those of the API and not of the process that sends the load. From `begin` until `end` it
 * reads a page of operations, one operation and a page of tenants, alternating, ten times a second, without waiting for the previous
 * answer.
 */
const EVERY_MS = 100;

type Message = { url: string; token: string } | 'begin' | 'end';

let api: { url: string; token: string };
let reading: Promise<Reads> | undefined;
let stopped = false;
let known = '';

process.on('message', (message: Message) => {
  if (message === 'begin') {
    stopped = false;
    reading = readUntilStopped();
  } else if (message === 'end') {
    stopped = true;
    void reading?.then((reads) => process.send!(reads));
  } else api = message;
});
process.once('disconnect', () => process.exit(0));

async function readUntilStopped(): Promise<Reads> {
  const reads: Reads = { milliseconds: [], failed: [] };
  const paths = [() => '/v1/operations', () => `/v1/operations/${known}`, () => '/v1/tenants'];
  const under: Promise<void>[] = [];
  for (let turn = 0; !stopped; turn++, await sleep(EVERY_MS)) {
    const path = paths[turn % paths.length]!();
    if (!path.endsWith('/')) under.push(read(path, reads));
  }
  await Promise.all(under);
  return reads;
}

async function read(path: string, reads: Reads): Promise<void> {
  const begun = performance.now();
  try {
    const response = await fetch(`${api.url}${path}`, {
      headers: { authorization: `Bearer ${api.token}` },
      signal: AbortSignal.timeout(30_000),
    });
    const body = (await response.json()) as { items?: { operationId?: string }[] };
    reads.milliseconds.push(performance.now() - begun);
    if (!response.ok) reads.failed.push(`${response.status} ${path}`);
    known = body.items?.find(({ operationId }) => operationId !== undefined)?.operationId ?? known;
  } catch (error) {
    reads.failed.push(`${path}: ${String(error)}`);
  }
}
