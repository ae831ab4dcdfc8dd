import { gzipSync } from 'node:zlib';
import { Webhook } from 'standardwebhooks';
import { parseNetwork } from '../../../../contract/webhooks/addresses';
import { ANSWER_BYTES } from '../../../../contract/webhooks/webhooks';
import type { Resolve } from '../../../../providers/port/pinned-lookup';
import { createWebhookSender, type SenderSettings, type WebhookSender } from '../../../../providers/webhooks/sender';
import { whileCollecting } from '../../../helpers/garbage';
import { startReceiver, type Receiver } from '../../../helpers/webhooks/receiver';

const SECRETS = [0, 1].map((index) => `whsec_${Buffer.alloc(32, index).toString('base64')}`);
const PAYLOAD = JSON.stringify({ type: 'webhook.test', timestamp: '2026-01-31T12:00:00Z', data: { name: 'Zoë' } });
/** Loopback counts as internal here, except for 127.0.0.2. */
const INTERNAL = [parseNetwork('127.0.0.1/32')!];

let receiver: Receiver;
let secretReceiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
  // The same port on another address, which must never be reached.
  secretReceiver = await startReceiver('127.0.0.2', Number(new URL(receiver.url).port));
});
afterEach(async () => {
  expect(secretReceiver.received).toEqual([]);
  await Promise.all([receiver.stop(), secretReceiver.stop()]);
});

function sender(settings: Partial<SenderSettings> = {}): WebhookSender {
  const limits = { connect: 500, headers: 1_000, whole: 1_500 };
  return createWebhookSender({ internalNetworks: INTERNAL, version: '1.0.0', limits, ...settings });
}

const send = (url = receiver.url, settings: Partial<SenderSettings> = {}, signal = new AbortController().signal) =>
  sender(settings).send({ id: 'msg_1', url, payload: PAYLOAD, secrets: SECRETS }, signal);

const port = (): string => new URL(receiver.url).port;

test('a message arrives as it was signed, and verifies with the new and the old secret', async () => {
  expect(await send()).toMatchObject({ status: 204 });
  const [{ headers, body }] = receiver.received as [Receiver['received'][number]];
  expect(body).toBe(PAYLOAD);
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'user-agent': 'tenant-provisioner/1.0.0',
    'webhook-id': 'msg_1',
  });
  const signed = headers as Record<string, string>;
  for (const secret of SECRETS) expect(new Webhook(secret).verify(body, signed)).toEqual(JSON.parse(PAYLOAD));
  const wrong = new Webhook(Buffer.alloc(32, 9).toString('base64'));
  expect(() => wrong.verify(body, signed)).toThrow('No matching signature');
  expect(() => new Webhook(SECRETS[0]!).verify(body.replace('Zoë', 'Zoe'), signed)).toThrow('No matching signature');
});

describe('a receiver that misbehaves', () => {
  test('is not followed when it redirects', async () => {
    receiver.behave((response) =>
      response.writeHead(307, { location: secretReceiver.url, 'retry-after': '7' }).end('elsewhere'),
    );
    expect(await send()).toMatchObject({ status: 307, answer: 'elsewhere', retryAfter: '7' });
    expect(receiver.received).toHaveLength(1);
  });

  test('costs the time limit and no more when it does not answer', async () => {
    receiver.behave(() => {});
    const answer = await send();
    expect(answer).toMatchObject({ problem: 'There was no answer in time.' });
    expect(answer.milliseconds).toBeLessThan(4_000);
  });

  test('is cut off after 4 KB of an answer of 100 MB', async () => {
    let sent = 0;
    receiver.behave((response) => {
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const write = (): void => {
        while (sent < 100_000_000 && !response.destroyed) {
          sent += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', write);
        }
        response.end();
      };
      write();
    });
    const { status, answer } = await send();
    expect({ status, length: answer?.length }).toEqual({ status: 200, length: ANSWER_BYTES });
    expect(sent).toBeLessThan(20_000_000);
  });

  test('has delivered its status even if its body trickles, however much garbage is collected meanwhile', async () => {
    receiver.behave((response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const { status, answer, milliseconds } = await whileCollecting(() => send());
    expect(status).toBe(200);
    expect(answer).toMatch(/^\.+$/);
    expect(milliseconds).toBeLessThan(4_000);
  });

  test('has its compressed answer kept and never expanded', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    receiver.behave((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    const { status, answer } = await send();
    expect(status).toBe(200);
    expect(Buffer.byteLength(answer!)).toBeLessThan(4 * ANSWER_BYTES);
    expect(answer).not.toContain('\0');
  });

  test('is reported when it sends headers without end', async () => {
    receiver.behave((response) => response.writeHead(200, { big: 'x'.repeat(100_000) }).end());
    expect(await send()).toMatchObject({ problem: expect.stringMatching(/^The connection failed/) as string });
  });

  test('is reported when it breaks off or does not listen', async () => {
    receiver.behave((response) => response.destroy());
    expect(await send()).toMatchObject({ problem: expect.stringMatching(/^The connection failed/) as string });
    expect(await send('http://127.0.0.1:1/')).toMatchObject({ problem: 'The connection was refused.' });
  });
});

describe('internal addresses', () => {
  const to =
    (address: string): Resolve =>
    () =>
      Promise.resolve([{ address, family: 4 }]);
  const refused = { problem: 'The host has an address that is not public; no request was sent.' };

  test('are refused as a host', async () => {
    for (const host of ['127.0.0.2', '2130706434', '0x7f.0.0.2', '[::ffff:127.0.0.2]', '[::1]', '10.0.0.1'])
      expect(await send(`http://${host}:${port()}/`)).toMatchObject(refused);
  });

  test('are refused as the answer of a name server, also beside a public one', async () => {
    expect(await send(`http://hooks.example:${port()}/`, { resolve: to('127.0.0.2') })).toMatchObject(refused);
    const both: Resolve = () =>
      Promise.resolve([
        { address: '127.0.0.1', family: 4 },
        { address: '127.0.0.2', family: 4 },
      ]);
    expect(await send(`http://hooks.example:${port()}/`, { resolve: both })).toMatchObject(refused);
    expect(receiver.received).toEqual([]);
  });

  test('are not reached by a name server that answers differently the second time', async () => {
    let asked = 0;
    const rebinding: Resolve = () => {
      asked += 1;
      return Promise.resolve([{ address: asked === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }]);
    };
    expect(await send(`http://hooks.example:${port()}/`, { resolve: rebinding })).toMatchObject({ status: 204 });
    expect(asked).toBe(1);
    expect(receiver.received[0]!.headers.host).toBe(`hooks.example:${port()}`);
    expect(await send(`http://hooks.example:${port()}/`, { resolve: rebinding })).toMatchObject(refused);
  });

  test('may be the only ones that are reached without encryption', async () => {
    const answer = await send(`http://hooks.example:${port()}/`, { resolve: to('93.184.215.14') });
    expect(answer).toMatchObject({ problem: 'Public receivers are only reached by https.' });
  });

  test('are not named in the problem of an endpoint', async () => {
    for (const address of ['127.0.0.2', '10.11.12.13', '127.0.0.1']) {
      const { problem } = await send('http://hooks.example:1/', { resolve: to(address) });
      expect(problem).not.toContain(address);
    }
  });
});

test('a name that does not resolve, or not in time, is a problem of the endpoint', async () => {
  const missing: Resolve = () => Promise.reject(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }));
  expect(await send('http://hooks.example/', { resolve: missing })).toMatchObject({
    problem: 'The host name could not be resolved.',
  });
  const never: Resolve = () => new Promise(() => {});
  expect(await send('http://hooks.example/', { resolve: never })).toMatchObject({
    problem: 'There was no answer in time.',
  });
});

test('a cancelled activity sends nothing on', async () => {
  const cancelled = AbortSignal.abort(new Error('cancelled'));
  await expect(send(receiver.url, {}, cancelled)).rejects.toThrow('cancelled');
});
