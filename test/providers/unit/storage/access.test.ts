import { bucketPolicyFor, type PolicyState } from '../../../../providers/storage/bucket/bucket-policy';
import { createStorage, type Storage } from '../../../../providers/storage/storage';
import type { StorageSettings } from '../../../../config/regions';
import type { Access } from '../../../../contract/tenants/access';
import { startCannedServer, type CannedAnswer, type CannedServer } from '../../../helpers/providers/canned-server';
import { storageRegion } from '../../../helpers/providers/storage/storage-regions';
import { memorySecrets, resourceContext } from '../../kind-suite';

let server: CannedServer;
let storage: Storage | undefined;
beforeEach(async () => {
  server = await startCannedServer();
});
afterEach(async () => {
  storage?.close();
  await server.close();
});

const USER = 'arn:aws:iam::1:user/tenants/eu/u';
const KEY_ID = 'AKIATENANT';

const xml = (status: number, body: string): CannedAnswer => ({ status, contentType: 'application/xml', body });
const error = (status: number, code: string): CannedAnswer => xml(status, `<Error><Code>${code}</Code></Error>`);
const DONE: CannedAnswer = { status: 200 };
const NO_SUCH_KEY = error(404, 'NoSuchKey');
const DENIED = error(403, 'AccessDenied');
const UNKNOWN_KEY = error(403, 'InvalidAccessKeyId');

/** A store as the tenant's key meets it. */
interface Scene {
  provider?: 'aws' | 'versity';
  /** Answers to the key's attempts. */
  write: CannedAnswer;
  read: CannedAnswer;
  list: CannedAnswer;
  erase: CannedAnswer;
  /** State of the bucket's policy. */
  policy?: Partial<PolicyState>;
  keyStatus?: 'Active' | 'Inactive';
}

const OPEN: Scene = { write: DONE, read: DONE, list: xml(200, '<ListBucketResult/>'), erase: { status: 204 } };
const READ_ONLY: Scene = { ...OPEN, write: DENIED, read: NO_SUCH_KEY, erase: DENIED, policy: { access: 'read-only' } };
const CLOSED: Scene = { write: DENIED, read: DENIED, list: DENIED, erase: DENIED, policy: { access: 'closed' } };

function tried(scene: Scene): Promise<Access> {
  const { provider = 'aws', policy, keyStatus = 'Active' } = scene;
  const endpoints = { endpoint: server.url, iamEndpoint: server.url, adminEndpoint: server.url };
  const keys = { accessKeyId: 'AKIA', secretAccessKey: 'x', capacity: 1 };
  const settings: StorageSettings = { provider, name: 'eu', region: 'eu-central-1', ...endpoints, ...keys };
  storage = createStorage([storageRegion('eu', settings)]);
  const { accessKey } = storage.forRegion('eu').kinds;
  const stored = new Map([
    ['accessKeyId', KEY_ID],
    ['secretAccessKey', 'secret'],
  ]);
  const context = { ...resourceContext(accessKey, 'eu', {}), spec: undefined, secrets: memorySecrets(stored) };
  const principal = provider === 'aws' ? USER : context.name;
  const options = { access: 'open' as const, overQuota: false, ...policy };
  const Policy = bucketPolicyFor({ settings, conditions: provider === 'aws' }, context.name, principal, options);
  server.script = ({ method, path, body }) => {
    if (body.includes('Action=GetUser&')) return iam('GetUser', `<User><Arn>${USER}</Arn></User>`);
    if (body.includes('Action=ListAccessKeys&')) {
      const member = `<member><AccessKeyId>${KEY_ID}</AccessKeyId><Status>${keyStatus}</Status></member>`;
      return iam('ListAccessKeys', `<AccessKeyMetadata>${member}</AccessKeyMetadata>`);
    }
    if (path.includes('?policy')) return { status: 200, contentType: 'application/json', body: JSON.stringify(Policy) };
    if (path.includes('list-type=2')) return scene.list;
    if (path.includes('versions')) return xml(200, '<ListVersionsResult/>');
    if (path.includes('uploads')) return xml(200, '<ListMultipartUploadsResult/>');
    return { PUT: scene.write, GET: scene.read, DELETE: scene.erase }[method] ?? { status: 500 };
  };
  return accessKey.access!(context);
}

function iam(action: string, result: string): CannedAnswer {
  return xml(200, `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);
}

describe.each(['aws', 'versity'] as const)('the access of a key at %s', (provider) => {
  test.each<[string, Access, Scene]>([
    ['writes, reads, lists and deletes', 'open', OPEN],
    [
      'is above its quota, so it deletes but does not write',
      'open',
      { ...OPEN, write: DENIED, read: NO_SUCH_KEY, policy: { overQuota: true } },
    ],
    ['reads and lists only', 'read-only', READ_ONLY],
    ['is refused everything', 'closed', CLOSED],
  ])('%s: %s', async (_, access, scene) => {
    expect(await tried({ ...scene, provider })).toBe(access);
  });

  test.each<[string, Scene]>([
    ['may not write although it is within its quota', { ...OPEN, write: DENIED, read: NO_SUCH_KEY }],
    ['may write but not delete', { ...OPEN, erase: DENIED }],
    ['may list in a closed bucket', { ...CLOSED, list: OPEN.list }],
    ['is not known to the store', { ...CLOSED, write: UNKNOWN_KEY }],
    ['gets no answer', { ...CLOSED, list: { status: 503 } }],
    ['meets a clock that differs', { ...CLOSED, write: error(403, 'RequestTimeTooSkewed') }],
  ])('is undecided, and tried again later, if the key %s', async (_, scene) => {
    const caught: unknown = await tried({ ...scene, provider }).catch((thrown: unknown) => thrown);
    expect(storage?.classify(caught, 'access')).toMatchObject({ nonRetryable: false });
    expect(String(caught)).not.toContain('secret');
  });
});

test('a key that AWS refuses because it is inactive is closed', async () => {
  const all = { write: UNKNOWN_KEY, read: UNKNOWN_KEY, list: UNKNOWN_KEY, erase: UNKNOWN_KEY };
  expect(await tried({ ...all, policy: { access: 'closed' }, keyStatus: 'Inactive' })).toBe('closed');
});

test('AWS may still follow an earlier policy, so an access other than the policy’s is undecided', async () => {
  await expect(tried({ ...OPEN, policy: { access: 'closed' } })).rejects.toMatchObject({ type: 'ProviderUnavailable' });
  await expect(tried({ ...CLOSED, policy: {} })).rejects.toMatchObject({ type: 'ProviderUnavailable' });
});

test('nothing is deleted by the administrator where the key could change nothing', async () => {
  await tried(CLOSED);
  expect(server.received.filter(({ path }) => path.includes('versions'))).toEqual([]);
});
