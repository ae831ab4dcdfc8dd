import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { classifyKubernetes } from '../../../../providers/kubernetes/classify';
import { openCluster, type Client } from '../../../../providers/kubernetes/cluster';
import { failure } from '../../../../providers/port/failures';

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 't-a' } };

/** The discovery of an API server, and the test's answer to everything else. */
function api(answer: RequestListener): RequestListener {
  return (request, response) => {
    if (request.url !== '/api/v1') return answer(request, response);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ resources: [{ name: 'namespaces', kind: 'Namespace', namespaced: false }] }));
  };
}

const status =
  (code: number, body: object = {}, headers: Record<string, string> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', code, ...body }));
  };

describe('classification of an API server’s answers', () => {
  let dir: string;
  const servers: Server[] = [];

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kubernetes-classify-'));
  });
  afterEach(async () => {
    rmSync(dir, { recursive: true });
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  function clientOf(url: string, timeoutMs = 2_000): Client {
    const kubeconfig = join(dir, 'kubeconfig.json');
    const cluster = { server: url, 'insecure-skip-tls-verify': true };
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        clusters: [{ name: 'a', cluster }],
        users: [{ name: 'a', user: { token: 'geheim' } }],
        contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
        'current-context': 'a',
      }),
    );
    return openCluster('a', kubeconfig, timeoutMs).client(new AbortController().signal);
  }

  async function serve(listener: RequestListener, timeoutMs?: number): Promise<Client> {
    const started = createServer(listener);
    servers.push(started);
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    return clientOf(`http://127.0.0.1:${(started.address() as AddressInfo).port}`, timeoutMs);
  }

  const classified = (attempt: Promise<unknown>) =>
    attempt.then(
      () => undefined,
      (error: unknown) => classifyKubernetes(error, 'namespace t-a'),
    );

  test.each([
    ['401', 401, {}, 'ProviderRefused'],
    ['403', 403, { reason: 'Forbidden' }, 'ProviderRefused'],
    [
      '403 of an authorizer that has just started',
      403,
      { reason: 'Forbidden', message: 'pods is forbidden: RBAC: clusterrole.rbac.authorization.k8s.io "x" not found' },
      'ProviderUnavailable',
    ],
    [
      '403 before the quota is counted',
      403,
      { reason: 'Forbidden', message: 'pods "verify" is forbidden: status unknown for quota: tenant, resources: pods' },
      'ProviderUnavailable',
    ],
    [
      '403 before an account is known everywhere',
      403,
      {
        reason: 'Forbidden',
        message: 'pods "verify" is forbidden: error looking up service account t-a/tenant: not found',
      },
      'ProviderUnavailable',
    ],
    [
      '403 while the namespace is being deleted',
      403,
      { details: { causes: [{ reason: 'NamespaceTerminating' }] } },
      'ProviderUnavailable',
    ],
    ['404 for a prerequisite', 404, { reason: 'NotFound' }, 'ProviderUnavailable'],
    ['409', 409, { reason: 'AlreadyExists' }, 'ProviderUnavailable'],
    ['410', 410, { reason: 'Expired' }, 'ProviderUnavailable'],
    ['422', 422, { reason: 'Invalid' }, 'ProviderRefused'],
    ['429', 429, { reason: 'TooManyRequests' }, 'ProviderThrottled'],
    ['500', 500, { reason: 'InternalError' }, 'OutcomeUnknown'],
    ['503', 503, { reason: 'ServiceUnavailable' }, 'ProviderUnavailable'],
    ['504', 504, { reason: 'Timeout' }, 'AnswerLost'],
  ])('%s', async (_, code, body, type) => {
    const client = await serve(api(status(code, body)));
    expect(await classified(client.create(NAMESPACE))).toMatchObject({ type });
  });

  test('the delay that a server asks for is honoured', async () => {
    const client = await serve(api(status(429, {}, { 'retry-after': '7' })));
    expect(await classified(client.create(NAMESPACE))).toMatchObject({ nextRetryDelay: 7_000 });
  });

  test('the account’s name and the token stay out of the message', async () => {
    const message = 'User "jane@example.com" cannot create resource "namespaces"';
    const client = await serve(api(status(403, { reason: 'Forbidden', message })));
    const known = await classified(client.create(NAMESPACE));
    expect(JSON.stringify([known?.message, known?.cause])).not.toMatch(/jane|geheim/);
    expect(known?.message).toContain('403 Forbidden');
  });

  test('a refused connection had no effect; a time-out, a broken connection and an HTML page may have had one', async () => {
    expect(await classified(clientOf('http://127.0.0.1:1').create(NAMESPACE))).toMatchObject({
      type: 'ProviderUnavailable',
    });
    const silent = await serve(
      api(() => undefined),
      150,
    );
    expect(await classified(silent.create(NAMESPACE))).toMatchObject({ type: 'AnswerLost' });
    const broken = await serve(api((request) => request.socket.destroy()));
    expect(await classified(broken.create(NAMESPACE))).toMatchObject({ type: 'AnswerLost' });
    const html = await serve(
      api((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')),
    );
    expect(await classified(html.create(NAMESPACE))).toMatchObject({ type: 'OutcomeUnknown' });
    const nonsense = await serve(
      api((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"kind":')),
    );
    expect(await classified(nonsense.create(NAMESPACE))).toMatchObject({ type: 'OutcomeUnknown' });
  });

  test('a missing kubeconfig is refused with the name of the cluster', async () => {
    const cluster = openCluster('a', join(dir, 'none'), 1_000);
    expect(() => cluster.client(new AbortController().signal)).toThrow(/kubeconfig of cluster a/);
  });

  test('an untrusted certificate is refused, a classified error is unchanged, and an unknown one is left to other classifiers', () => {
    const untrusted = Object.assign(new Error('x'), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    expect(classifyKubernetes(untrusted, 'x')).toMatchObject({ type: 'ProviderRefused' });
    const known = failure('CapacityExhausted', 'full');
    expect(classifyKubernetes(known, 'x')).toBe(known);
    expect(classifyKubernetes(new Error('a defect'), 'x')).toBeUndefined();
  });
});
