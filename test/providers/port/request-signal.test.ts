import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requestSignal } from '../../../providers/port/request-signal';
import { whileCollecting } from '../../helpers/garbage';

describe('a request to a server that never answers', () => {
  const server = createServer(() => {});
  let url: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });

  test('ends in time, however much garbage is collected meanwhile', async () => {
    const asked = whileCollecting(() => fetch(url, { signal: requestSignal(new AbortController().signal, 500) }));
    await expect(asked).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('ends with a signal that nothing else refers to, however much garbage is collected meanwhile', async () => {
    const asked = whileCollecting(() => fetch(url, { signal: requestSignal(AbortSignal.timeout(500), 60_000) }));
    await expect(asked).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('ends when the activity is cancelled', async () => {
    const activity = new AbortController();
    const asked = fetch(url, { signal: requestSignal(activity.signal, 60_000) });
    activity.abort(new Error('cancelled'));
    await expect(asked).rejects.toThrow('cancelled');
  });
});
