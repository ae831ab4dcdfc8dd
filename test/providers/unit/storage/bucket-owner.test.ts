import { createStorage } from '../../../../providers/storage/storage';
import { resourceContext } from '../../kind-suite';
import { startCannedServer, type CannedServer } from '../../../helpers/providers/canned-server';
import { storageRegion } from '../../../helpers/providers/storage/storage-regions';

let server: CannedServer;
beforeEach(async () => {
  server = await startCannedServer();
});
afterEach(() => server.close());

const xml = (status: number, body: string) => ({ status, contentType: 'application/xml', body });
const denied = xml(403, '<Error><Code>AccessDenied</Code><Message>x</Message></Error>');
const owning = (...names: string[]) =>
  xml(
    200,
    `<ListAllMyBucketsResult><Owner><ID>1</ID></Owner><Buckets>${names
      .map((name) => `<Bucket><Name>${name}</Name><CreationDate>2026-01-01T00:00:00Z</CreationDate></Bucket>`)
      .join('')}</Buckets></ListAllMyBucketsResult>`,
  );

/** Ownership of a bucket whose tags are answered like this, by a store that lists these buckets as our own. */
function found(tags: ReturnType<typeof xml>, own: (name: string) => string[]): Promise<{ state: string }> {
  const endpoints = { endpoint: server.url, iamEndpoint: server.url };
  const keys = { accessKeyId: 'AKIA', secretAccessKey: 'x', capacity: 1 };
  const storage = createStorage([
    storageRegion('eu', { provider: 'aws', name: 'eu', region: 'eu-central-1', ...endpoints, ...keys }),
  ]);
  const { bucket } = storage.forRegion('eu').kinds;
  const context = resourceContext(bucket, 'eu', undefined);
  server.script = ({ path }) => {
    if (path.includes('tagging')) return tags;
    if (path.includes('versions'))
      return xml(200, `<ListVersionsResult><Name>${context.name}</Name></ListVersionsResult>`);
    return owning(...own(context.name));
  };
  return bucket.find(context).finally(() => storage.close());
}

test('a bucket that denies access is foreign only if our account does not own it', async () => {
  expect(await found(denied, () => [])).toEqual({ state: 'foreign' });
  // Otherwise compensation would take the bucket for gone.
  await expect(found(denied, (name) => [name])).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('a bucket without tags that the store does not list yet is undecided', async () => {
  const untagged = xml(404, '<Error><Code>NoSuchTagSet</Code><Message>x</Message></Error>');
  await expect(found(untagged, () => [])).rejects.toMatchObject({ type: 'ProviderUnavailable', nonRetryable: false });
});
