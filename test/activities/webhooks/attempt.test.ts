import { createWebhookActivities } from '../../../activities/webhooks/attempt';
import type { Mail } from '../../../providers/mail/mailer';
import type { WebhookAnswer, WebhookMessage } from '../../../providers/webhooks/sender';
import { listDueDeliveries, markStarted } from '../../../registry/webhooks/due';
import { readDelivery } from '../../../registry/webhooks/deliveries';
import { deleteEndpoint, readSigningSecrets } from '../../../registry/webhooks/endpoint-secrets';
import { commitEvents, testEvent } from '../../helpers/events/events';
import { mailDependencies } from '../../helpers/events/mailing';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { fanOutAll, makeEndpoint } from '../../helpers/webhooks/endpoints';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('attempts to deliver webhooks: not run, this machine has no PostgreSQL');

suite('an attempt to deliver a message', () => {
  let registry: TestRegistry;
  let endpointId: string;
  let delivery: { deliveryId: string; round: number };
  let sent: WebhookMessage[];
  let mails: Mail[];
  let answer: WebhookAnswer;
  beforeAll(async () => void (registry = await createTestRegistry()));
  beforeEach(async () => {
    await fanOutAll(registry);
    await registry.asOwner('truncate webhook_endpoint, api_token, mail cascade');
    endpointId = await makeEndpoint(registry, { url: 'https://hooks.example.com/secret-path' });
    await commitEvents(registry.pool, testEvent(1, { tenantId: 'k3v9x2m4q7w8r5ta' }));
    await fanOutAll(registry);
    const [due] = await listDueDeliveries(registry.pool, 1);
    await markStarted(registry.pool, due!);
    delivery = due!;
    sent = [];
    mails = [];
  });
  afterAll(() => registry.drop());

  const attempt = () =>
    createWebhookActivities({
      ...mailDependencies(
        registry,
        { send: (mail) => Promise.resolve(void mails.push(mail)) },
        { operatorMail: ['a@ops.example', 'b@ops.example'] },
      ),
      webhookSender: {
        send: (message) => {
          sent.push(message);
          return Promise.resolve(answer);
        },
      },
    }).attemptWebhook(delivery);
  const state = async (): Promise<string> =>
    (await readDelivery(registry.pool, endpointId, delivery.deliveryId))!.state;

  test.each([200, 201, 204, 299])('ends with the answer %i', async (status) => {
    answer = { milliseconds: 5, status };
    expect(await attempt()).toEqual({ ended: true, attempts: 1 });
    expect(await state()).toBe('delivered');
    expect(sent).toMatchObject([{ id: delivery.deliveryId, url: 'https://hooks.example.com/secret-path' }]);
    expect(sent[0]!.secrets).toEqual(await readSigningSecrets(registry.pool, registry.keys, endpointId));
    expect(await attempt()).toEqual({ ended: true, attempts: 0 });
    expect(sent).toHaveLength(1);
  });

  test.each([
    [{ status: 500 }, 'The answer was 500.'],
    [{ status: 302 }, 'The answer was 302.'],
    [{ status: 404 }, 'The answer was 404.'],
    [{ problem: 'There was no answer in time.' }, 'There was no answer in time.'],
  ])('is repeated after %p', async (failed, problem) => {
    answer = { milliseconds: 5, ...failed };
    expect(await attempt()).toMatchObject({ ended: false, attempts: 1, problem });
    expect(await attempt()).toMatchObject({ ended: false, attempts: 2 });
    expect(await state()).toBe('trying');
    expect(new Set(sent.map(({ id, payload }) => id + payload)).size).toBe(1);
  });

  test('waits as long as the receiver asks for', async () => {
    answer = { milliseconds: 5, status: 429, retryAfter: '600' };
    expect(await attempt()).toMatchObject({ ended: false, waitSeconds: 600 });
  });

  test('is the last one when three days have passed', async () => {
    answer = { milliseconds: 5, status: 503 };
    await attempt();
    await registry.pool.query(
      `update webhook_delivery set tried_since = now() - interval '71 hours 59 minutes 50 seconds'`,
    );
    await registry.pool.query(`update webhook_delivery set attempts = 50`);
    expect(await attempt()).toEqual({ ended: true, attempts: 51 });
    expect(await state()).toBe('failed');
  });

  test('disables an endpoint that answers 410, and tells the operators without the URL’s path', async () => {
    answer = { milliseconds: 5, status: 410 };
    expect(await attempt()).toEqual({ ended: true, attempts: 1 });
    expect(mails.map(({ to }) => to)).toEqual(['a@ops.example', 'b@ops.example']);
    expect(mails[0]!.subject).toBe(`[webhooks] Endpoint ${endpointId} disabled: it answers 410 Gone`);
    expect(mails[0]!.text).toContain('hooks.example.com');
    expect(mails[0]!.text + mails[0]!.html).not.toContain('secret-path');
  });

  test('sends nothing once the endpoint is deleted', async () => {
    await deleteEndpoint(registry.pool, { endpointId, actor: 'token:signup' });
    expect(await attempt()).toEqual({ ended: true, attempts: 0 });
    expect(sent).toEqual([]);
  });
});
