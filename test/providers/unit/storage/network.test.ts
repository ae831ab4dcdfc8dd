import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { classifyStorage } from '../../../../providers/storage/classify';
import { createStorage } from '../../../../providers/storage/storage';
import { resourceContext } from '../../kind-suite';
import { storageRegion } from '../../../helpers/providers/storage/storage-regions';

/** The classified outcome of creating a bucket at a store that behaves like this. */
async function bucketAt(listener: RequestListener): Promise<unknown> {
  const server: Server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const storage = createStorage([
    storageRegion('eu', {
      provider: 'versity',
      name: 'eu',
      endpoint,
      adminEndpoint: endpoint,
      region: 'eu',
      accessKeyId: 'a',
      secretAccessKey: 'SECRET-OF-THE-ADMINISTRATOR',
      capacity: 1,
    }),
  ]);
  const { kinds } = storage.forRegion('eu');
  try {
    return await kinds.bucket
      .create(resourceContext(kinds.bucket, 'eu', { versioning: true, corsOrigins: [] }))
      .catch((error: unknown) => classifyStorage(error, 'bucket of tenant t'));
  } finally {
    storage.close();
    server.closeAllConnections();
    server.close();
  }
}

describe('a store that misbehaves, through the real client', () => {
  test.each<[string, RequestListener, object]>([
    ['resets the connection', (request) => request.socket.resetAndDestroy(), { type: 'AnswerLost' }],
    [
      'asks to slow down',
      (_, answer) => {
        answer.writeHead(503, { 'retry-after': '3' });
        answer.end('<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>');
      },
      { type: 'ProviderThrottled', nextRetryDelay: 3000 },
    ],
    [
      'is behind a proxy that cannot reach it',
      (_, answer) => {
        answer.writeHead(503, { 'content-type': 'text/html' });
        answer.end('<html><body>no backend</body></html>');
      },
      { type: 'ProviderUnavailable' },
    ],
    [
      'answers a success that cannot be parsed',
      (_, answer) => {
        answer.writeHead(200, { 'content-type': 'application/xml' });
        answer.end('<Tagging><TagSet><Ta');
      },
      { nonRetryable: false },
    ],
  ])('%s', async (_, listener, expected) => {
    const outcome = await bucketAt(listener);
    expect(outcome).toMatchObject(expected);
    expect(JSON.stringify(outcome)).not.toContain('SECRET-OF-THE-ADMINISTRATOR');
  });

  test('is called only once by the client: Temporal does the retries', async () => {
    let requests = 0;
    await bucketAt((_, answer) => {
      requests++;
      answer.writeHead(500);
      answer.end();
    });
    expect(requests).toBe(1);
  });
});
