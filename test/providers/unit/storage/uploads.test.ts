import type { AbortMultipartUploadCommand } from '@aws-sdk/client-s3';
import { ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { abortUploads } from '../../../../providers/storage/objects/purge';

const DAY = 86_400_000;

test('an upload that is due is aborted even behind a page of uploads that are not', async () => {
  const uploads = [1, 2, 30, 3].map((days, index) => ({
    Key: `object ${index}`,
    UploadId: `upload-${index}`,
    Initiated: new Date(Date.now() - days * DAY),
  }));
  const s3 = storeOf(uploads);
  const before = new Date(Date.now() - 7 * DAY);
  const signal = AbortSignal.timeout(5_000);
  expect(await abortUploads(s3, 'a-bucket', { signal, pageSize: 2, before })).toBe(1);
  expect(uploads.map(({ UploadId }) => UploadId)).toEqual(['upload-0', 'upload-1', 'upload-3']);
});

interface Upload {
  Key: string;
  UploadId: string;
  Initiated: Date;
}

/** A client whose store has these uploads, and lists them in pages as S3 does: behind the markers, in the order of their keys. */
function storeOf(uploads: Upload[]): S3Client {
  const s3 = new S3Client({ region: 'eu-central-1' });
  s3.send = (async (command: unknown) => {
    if (command instanceof ListMultipartUploadsCommand) {
      const { KeyMarker, MaxUploads = 1000 } = command.input;
      const listed = uploads.filter(({ Key }) => KeyMarker === undefined || Key > KeyMarker);
      const page = listed.slice(0, MaxUploads);
      const last = page.at(-1);
      return {
        Uploads: page,
        IsTruncated: listed.length > page.length,
        NextKeyMarker: last?.Key,
        NextUploadIdMarker: last?.UploadId,
      };
    }
    const { UploadId } = (command as AbortMultipartUploadCommand).input;
    uploads.splice(
      uploads.findIndex((each) => each.UploadId === UploadId),
      1,
    );
    return {};
  }) as typeof s3.send;
  return s3;
}
