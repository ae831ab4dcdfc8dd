import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Operation } from '../../../contract/schemas/operation-schema';
import type { ApiClient } from '../../../stack/quickstart/api-client';
import { liveOn } from '../../../stack/quickstart/life';
import { operation } from './rows';

const dir = mkdtempSync(join(tmpdir(), 'quickstart-life-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** An API on which each change of the tenant ends with the status that `end` says. */
function api(end: (verb: string) => Operation['status']): ApiClient & { asked: string[] } {
  const asked: string[] = [];
  const not = (): Promise<never> => Promise.reject(new Error('not asked for here'));
  return {
    asked,
    order: not,
    newestOperations: not,
    tenant: not,
    approve: not,
    claim: not,
    change: async (_tenantId, { verb }) => {
      asked.push(verb);
      return { operationId: verb };
    },
    operation: async (verb) => operation({ operationId: verb, status: end(verb) }),
    certificate: async () => ({ certificate: {}, signed: {} }),
    auditKeys: async () => ({ keys: [] }),
  };
}

const live = (server: ApiClient): Promise<string[]> =>
  liveOn({
    api: server,
    tenantId: 'aaaaaaaaaaaaaaaa',
    dir,
    signal: new AbortController().signal,
    say: () => undefined,
  });

describe('the last act of the demonstration', () => {
  test('goes no further once a change has not succeeded', async () => {
    const server = api((verb) => (verb === 'resume' ? 'failed' : 'completed'));
    expect(await live(server)).toEqual([expect.stringMatching(/^resume of tenant aaaaaaaaaaaaaaaa is failed/)]);
    expect(server.asked).toEqual(['suspend', 'resume']);
  });

  test('fails when the certificate does not verify', async () => {
    const server = api(() => 'completed');
    expect(await live(server)).toEqual([
      expect.stringMatching(/^The certificate of tenant aaaaaaaaaaaaaaaa is not valid/),
    ]);
    expect(server.asked).toEqual(['suspend', 'resume', 'deprovision']);
  });
});
