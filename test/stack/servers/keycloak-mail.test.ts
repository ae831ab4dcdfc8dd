import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { isAlive } from '../../../stack/processes/pid';
import { startStack } from '../../../stack/stack';
import type { Stack } from '../../../stack/types';
import { listeningAddresses, LOOPBACK, withDescendants } from '../sockets';

// These tests are about starting servers, so running ones must not be used.
delete process.env.STACK_ENDPOINTS;

describe('Keycloak and mail in the stack', () => {
  let dir: string;
  let stack: Stack;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'stack-test-'));
    chmodSync(dir, 0o755);
    stack = await startStack({ dir, servers: ['postgres', 'keycloak', 'mail'] });
    await stack.settled();
  }, 300_000);
  afterAll(async () => {
    await stack.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Runs a test if the server is available on this machine, and reports NOT RUN otherwise. */
  const withServer = (server: 'keycloak' | 'mail', run: () => Promise<void>) => async () => {
    const missing = stack.unavailable.find((entry) => entry.server === server);
    if (missing) process.stderr.write(`NOT RUN: ${missing.why} To get it: ${missing.command}\n`);
    else await run();
  };

  test(
    'the service client has administrator rights, and the administrator can sign in',
    withServer('keycloak', async () => {
      const { url, clientId, clientSecret, adminUser, adminPassword } = stack.endpoints.keycloak!;
      const client = await token(url, {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
      });
      const answer = await fetch(`${url}/admin/realms`, { headers: { authorization: `Bearer ${client}` } });
      expect(((await answer.json()) as { realm: string }[]).map(({ realm }) => realm)).toEqual(['master']);
      const person = { grant_type: 'password', client_id: 'admin-cli', username: adminUser, password: adminPassword };
      expect(await token(url, person)).toBeTruthy();
      expect(await token(url, { ...person, password: 'another' })).toBeUndefined();
    }),
  );

  test(
    'a sent mail is listed',
    withServer('mail', async () => {
      const { smtp, api } = stack.endpoints.mail!;
      const transport = createTransport(smtp);
      await transport.sendMail({ from: 'a@example.org', to: 'b@example.org', subject: 'Seen', text: 'Hello' });
      transport.close();
      const mails = (await (await fetch(api)).json()) as { subject: string }[];
      expect(mails.map(({ subject }) => subject)).toEqual(['Seen']);
    }),
  );

  test('listen on loopback only and leave no process', async () => {
    const pids = withDescendants(stack.processes().map(({ pid }) => pid));
    if (process.platform === 'linux') {
      const addresses = listeningAddresses(pids);
      expect(addresses.length).toBeGreaterThanOrEqual(3);
      expect(addresses.filter((address) => !LOOPBACK.includes(address))).toEqual([]);
    }
    await stack.stop();
    expect(pids.filter(isAlive)).toEqual([]);
  });
});

async function token(url: string, body: Record<string, string>): Promise<string | undefined> {
  const path = '/realms/master/protocol/openid-connect/token';
  const response = await fetch(`${url}${path}`, { method: 'POST', body: new URLSearchParams(body) });
  return ((await response.json()) as { access_token?: string }).access_token;
}
