import { parseNetwork } from '../../../contract/webhooks/addresses';
import { webhookPayload } from '../../../contract/webhooks/payload';
import { createWebhookSender } from '../../../providers/webhooks/sender';
import { pythonMissing, startPythonReceiver, type PythonReceiver } from '../../helpers/webhooks/python-receiver';

const missing = pythonMissing();
const suite = missing === undefined ? describe : describe.skip;
if (missing !== undefined) test.todo(`a receiver in Python: not run, ${missing}`);

const [OLD, NEW, OTHER] = [1, 2, 3].map((fill) => `whsec_${Buffer.alloc(32, fill).toString('base64')}`) as [
  string,
  string,
  string,
];

suite('a receiver in Python', () => {
  let receiver: PythonReceiver;
  beforeAll(async () => void (receiver = await startPythonReceiver(OLD)), 120_000);
  afterAll(() => receiver?.stop());

  const payload = webhookPayload(
    {
      sequence: 1,
      at: new Date(),
      type: 'tenant.state',
      tenantId: 'k3v9x2m4q7w8r5ta',
      operationId: null,
      data: { state: 'active', note: 'Zoë' },
    },
    'https://api.example.com',
  );
  const send = (secrets: string[]) =>
    createWebhookSender({ internalNetworks: [parseNetwork('127.0.0.0/8')!], version: '1.0.0' }).send(
      { id: 'msg_1', url: receiver.url, payload, secrets },
      AbortSignal.timeout(30_000),
    );

  test('verifies and reads a message with its library, also during a rotation', async () => {
    for (const secrets of [[OLD], [NEW, OLD]]) {
      const { status, answer } = await send(secrets);
      expect({ status, message: JSON.parse(answer!) as unknown }).toEqual({
        status: 200,
        message: JSON.parse(payload) as unknown,
      });
    }
  });

  test('refuses a message that is signed with other secrets', async () => {
    expect(await send([NEW, OTHER])).toMatchObject({ status: 400, answer: 'No matching signature found' });
  });
});
