import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import type { StorageSettings } from '../../../config/regions';

/** An object, and how its URL is to behave. */
export interface LinkedObject {
  bucket: string;
  key: string;
  /** The name under which a browser saves it. */
  fileName: string;
  /** How long the URL can be used. */
  seconds: number;
}

/** A URL with a signature that lets its bearer download one object, with ranges, for a while. Sends nothing. */
export async function signedLink(
  { endpoint, region, accessKeyId, secretAccessKey }: StorageSettings,
  { bucket, key, fileName, seconds }: LinkedObject,
): Promise<string> {
  const path = key.split('/').map(encodeURIComponent).join('/');
  // AWS expects the bucket in the host name; other stores use a single host name, with the bucket in the path.
  const url = endpoint
    ? new URL(`/${bucket}/${path}`, endpoint)
    : new URL(`https://${bucket}.s3.${region}.amazonaws.com/${path}`);
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials: { accessKeyId, secretAccessKey },
    sha256: Sha256,
    uriEscapePath: false,
  });
  const { query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port === '' ? {} : { port: Number(url.port) }),
      path: url.pathname,
      query: { 'response-content-disposition': `attachment; filename="${fileName}"` },
      headers: { host: url.host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
    },
    { expiresIn: seconds },
  );
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return url.href.replaceAll('+', '%20');
}
