import { createKeys, type Keys } from '../../../../providers/keys/keys';
import { toFailure } from '../../../../providers/port/failures';
import { KeysUnavailable, type WrappedKey } from '../../../../contract/keys/key-wrapping';
import { startCannedServer, type CannedAnswer, type CannedServer } from '../../../helpers/providers/canned-server';
import { testRing } from '../../../helpers/registry';
import { resourceContext } from '../../kind-suite';

const REGION = 'eu-central';
const TENANT = 'k3v9x2m4q7w8r5ta';

describe('answers of key management', () => {
  let server: CannedServer;
  let keys: Keys;
  beforeAll(async () => {
    server = await startCannedServer();
    const access = { region: 'eu-central-1', endpoint: server.url, accessKeyId: 'test', secretAccessKey: 'test' };
    keys = createKeys(testRing(), [{ name: REGION, keys: { provider: 'aws-kms', ...access } }]);
  });
  afterAll(async () => {
    keys.close();
    await server.close();
  });

  const error = (type: string, status = 400): CannedAnswer => ({
    status,
    contentType: 'application/x-amz-json-1.1',
    body: JSON.stringify({ __type: type, message: 'arn:aws:kms:secret-words' }),
  });
  const wrapped: WrappedKey = {
    provider: 'aws-kms',
    keyId: 'arn:aws:kms:eu-central-1:1:key/1',
    region: REGION,
    wrapped: Buffer.from('wrapped'),
  };

  test.each(['KMSInvalidStateException', 'NotFoundException'])(
    '%s: the key is gone, and nothing is decrypted',
    async (type) => {
      server.script = () => error(type);
      expect(await keys.unwrap(TENANT, wrapped)).toBeUndefined();
    },
  );

  test.each<[string, CannedAnswer]>([
    ['DisabledException', error('DisabledException')],
    ['ThrottlingException', error('ThrottlingException')],
    ['AccessDeniedException', error('AccessDeniedException')],
    ['InvalidCiphertextException', error('InvalidCiphertextException')],
    ['an error of the server', { status: 500, body: 'broken' }],
    ['a connection that breaks', 'break'],
  ])('%s: nothing can be decrypted now, and the message quotes no details', async (_, answer) => {
    server.script = () => answer;
    const thrown: unknown = await keys.unwrap(TENANT, wrapped).catch((cause: unknown) => cause);
    expect(thrown).toBeInstanceOf(KeysUnavailable);
    expect((thrown as Error).message).not.toContain('secret-words');
    // The activity is retried.
    expect(toFailure(thrown, 'the order')).toMatchObject({ type: 'ProviderUnavailable', nonRetryable: false });
  });

  test('a successful answer is cached, and errors are not', async () => {
    server.script = () => error('DisabledException');
    await expect(keys.unwrap(TENANT, wrapped)).rejects.toThrow(KeysUnavailable);
    const Plaintext = Buffer.alloc(32, 7).toString('base64');
    server.script = () => ({
      status: 200,
      contentType: 'application/x-amz-json-1.1',
      body: JSON.stringify({ Plaintext }),
    });
    const asked = server.received.length;
    for (let n = 0; n < 3; n++) expect(await keys.unwrap(TENANT, wrapped)).toEqual(Buffer.alloc(32, 7));
    expect(server.received).toHaveLength(asked + 1);
  });

  test.each<[string, CannedAnswer, string]>([
    ['LimitExceededException', error('LimitExceededException'), 'CapacityExhausted'],
    ['ThrottlingException', error('ThrottlingException'), 'ProviderThrottled'],
    ['KMSInternalException', error('KMSInternalException', 500), 'OutcomeUnknown'],
    ['DependencyTimeoutException', error('DependencyTimeoutException', 503), 'ProviderUnavailable'],
    ['AccessDeniedException', error('AccessDeniedException'), 'ProviderRefused'],
    ['a connection that breaks', 'break', 'AnswerLost'],
  ])('%s when a key is to be made', async (_, answer, type) => {
    server.script = () => answer;
    const context = resourceContext(keys.ownKey, REGION, {});
    const thrown: unknown = await keys.ownKey.find(context).catch((cause: unknown) => cause);
    expect(toFailure(thrown, 'kms-key', keys.classify)).toMatchObject({ type });
  });
});
