import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { verifyWebhook, WebhookVerificationError } from '../../../clients/typescript/src/index';

const newSecret = (): string => `whsec_${randomBytes(24).toString('base64')}`;
const secret = newSecret();
const body = JSON.stringify({ type: 'tenant.state', timestamp: '2026-01-31T12:00:00.000Z', data: { sequence: 7 } });

function headersBy(signer: string, sentAt = new Date()): Record<string, string> {
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
    'webhook-signature': new Webhook(signer).sign('msg_1', sentAt, body),
  };
}

const message = { id: 'msg_1', type: 'tenant.state', timestamp: '2026-01-31T12:00:00.000Z', data: { sequence: 7 } };

test('a signed message is returned with its id, whatever holds its headers and its body', () => {
  const headers = headersBy(secret);
  expect(verifyWebhook(headers, body, secret)).toEqual(message);
  expect(verifyWebhook(new Headers(headers), new TextEncoder().encode(body), secret)).toEqual(message);
  const { 'webhook-id': id, ...rest } = headers;
  expect(verifyWebhook({ 'Webhook-Id': [id!], ...rest }, Buffer.from(body), secret)).toEqual(message);
});

test('during a rotation either secret verifies', () => {
  expect(verifyWebhook(headersBy(secret), body, [newSecret(), secret])).toEqual(message);
  expect(verifyWebhook(headersBy(secret), body, [secret, newSecret()])).toEqual(message);
});

test.each([
  ['a changed body', () => verifyWebhook(headersBy(secret), body.replace('7', '8'), secret)],
  ['another secret', () => verifyWebhook(headersBy(newSecret()), body, secret)],
  ['no secret', () => verifyWebhook(headersBy(secret), body, [])],
  [
    'a message of ten minutes ago',
    () => verifyWebhook(headersBy(secret, new Date(Date.now() - 600_000)), body, secret),
  ],
  ['missing headers', () => verifyWebhook({}, body, secret)],
])('%s is refused', (_what, verify) => {
  expect(verify).toThrow(WebhookVerificationError);
});
