import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import type { StorageSettings } from '../../../config/regions';
import type { AccessKey } from '../../../providers/storage/s3-client';

/** A URL that is good for this request for ten minutes, signed as a tenant's application signs one for a browser. */
export async function presigned(
  { endpoint, region }: StorageSettings,
  credentials: AccessKey,
  { method, path }: { method: string; path: string },
): Promise<URL> {
  const url = new URL(path, endpoint);
  const signer = new SignatureV4({ service: 's3', region, credentials, sha256: Sha256, uriEscapePath: false });
  const { query = {} } = await signer.presign(
    {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port === '' ? {} : { port: Number(url.port) }),
      path: url.pathname,
      query: {},
      headers: { host: url.host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
    },
    { expiresIn: 600 },
  );
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return url;
}
