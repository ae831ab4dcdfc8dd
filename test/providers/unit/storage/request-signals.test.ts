import { getEventListeners } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListBucketsCommand, type S3Client } from '@aws-sdk/client-s3';
import { s3Client } from '../../../../providers/storage/s3-client';
import { eventually } from '../../../stack/eventually';

/** Accepts requests and never answers. */
let server: Server;
let waiting: number;
let client: S3Client;

beforeEach(async () => {
  waiting = 0;
  server = createServer(() => (waiting += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = s3Client({
    provider: 'versity',
    name: 'eu-central',
    region: 'eu-central',
    capacity: 1,
    accessKeyId: 'id',
    secretAccessKey: 'secret',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
});
afterEach(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

test('many concurrent requests add no listener to the caller’s signal, and end when it aborts', async () => {
  const caller = new AbortController();
  const answers = Array.from({ length: 12 }, () =>
    client.send(new ListBucketsCommand({}), { abortSignal: caller.signal }),
  );
  const ended = Promise.allSettled(answers);
  await eventually(() => waiting === 12);
  expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
  caller.abort();
  expect((await ended).map((each) => each.status === 'rejected' && (each.reason as Error).name)).toEqual(
    Array.from({ length: 12 }, () => 'AbortError'),
  );
});
