import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { startStack } from '../../stack/stack';
import type { Stack } from '../../stack/types';

// Here a control plane of our own is started, whatever the other tests work on.
delete process.env.STACK_ENDPOINTS;
delete process.env.STACK_KUBECONFIG;

describe('the control plane of the stack', () => {
  const dir = mkdtempSync(join(tmpdir(), 'control-plane-test-'));
  let stack: Stack | undefined;

  const start = async (): Promise<{ kubeconfig: string; server: string }> => {
    stack = await startStack({ dir, servers: ['kubernetes'] });
    await stack.ready('kubernetes');
    return stack.endpoints.kubernetes!;
  };
  const coreOf = (kubeconfig: string) => {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    return config.makeApiClient(CoreV1Api);
  };
  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  afterAll(async () => {
    await stack?.stop();
    rmSync(dir, { recursive: true });
  });

  test('keeps what was made, its address and tokens over a restart; stops in seconds and leaves no process', async () => {
    const first = await start();
    const namespace = { metadata: { name: 'kept' } };
    await coreOf(first.kubeconfig).createNamespace({ body: namespace });
    const token = await coreOf(first.kubeconfig).createNamespacedServiceAccountToken({
      name: 'default',
      namespace: 'default',
      body: { spec: { audiences: [], expirationSeconds: 600 } },
    });
    const pids = stack!.processes().map(({ pid }) => pid);
    expect(pids).toHaveLength(3);

    const began = Date.now();
    await stack!.stop();
    expect(Date.now() - began).toBeLessThan(30_000);
    expect(pids.filter(isAlive)).toEqual([]);

    const second = await start();
    expect(second).toEqual(first);
    expect((await coreOf(second.kubeconfig).readNamespace({ name: 'kept' })).metadata?.name).toBe('kept');
    expect(await statusOf(second, '/version', token.status!.token)).toBe(200);
  });

  test('listens on loopback only, with etcd on no port at all', () => {
    const sockets = execFileSync('ss', ['-ltnpH'], { encoding: 'utf8' }).split('\n');
    const listening = stack!.processes().map(({ name, pid }) => ({
      name,
      addresses: sockets.filter((line) => line.includes(`pid=${pid},`)).map((line) => line.split(/\s+/)[3]!),
    }));
    expect(listening).toEqual([
      { name: 'kubernetes.etcd', addresses: [] },
      { name: 'kubernetes.apiserver', addresses: [expect.stringMatching(/^127\.0\.0\.1:\d+$/)] },
      { name: 'kubernetes.controller-manager', addresses: [expect.stringMatching(/^127\.0\.0\.1:\d+$/)] },
    ]);
  });

  test('lets nobody in without a token, and nobody else read one', async () => {
    const kubernetes = stack!.endpoints.kubernetes!;
    expect(await statusOf(kubernetes, '/api')).toBe(401);
    expect(await statusOf(kubernetes, '/api', 'wrong')).toBe(401);
    for (const file of [kubernetes.kubeconfig, join(dir, 'kubernetes', 'tokens.csv')])
      expect(statSync(file).mode & 0o077).toBe(0);
    expect(statSync(join(dir, 'kubernetes', 'etcd')).mode & 0o077).toBe(0);
  });

  function statusOf({ kubeconfig, server }: { kubeconfig: string; server: string }, path: string, token?: string) {
    const { clusters } = JSON.parse(readFileSync(kubeconfig, 'utf8')) as {
      clusters: [{ cluster: { 'certificate-authority-data': string } }];
    };
    const ca = Buffer.from(clusters[0].cluster['certificate-authority-data'], 'base64');
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return new Promise<number | undefined>((resolve, reject) => {
      request(`${server}${path}`, { ca, headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
  }
});
