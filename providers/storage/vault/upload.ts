import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
  type CompletedPart,
  type S3Client,
} from '@aws-sdk/client-s3';
import { required } from '../errors';

/** Bytes of the first parts of an upload. */
const PART_BYTES = 8 * 1024 * 1024;

/** A store takes at most 10 000 parts, so after each this many parts they get twice as big: 8 GB of 8 MB parts, 16 GB of 16 MB parts. */
const PARTS_OF_ONE_SIZE = 1_000;

/** Milliseconds for one part; a big one takes longer than other requests. */
const PART_TIMEOUT_MS = 300_000;

/** Writes a stream as one object in parts, each in memory only until the store has it. */
export async function uploadParts(
  s3: S3Client,
  place: { Bucket: string; Key: string },
  content: AsyncIterable<Uint8Array>,
  abortSignal: AbortSignal,
): Promise<void> {
  const begun = await s3.send(new CreateMultipartUploadCommand({ ...place, ContentType: 'application/octet-stream' }), {
    abortSignal,
  });
  const upload = { ...place, UploadId: required(begun.UploadId, 'an upload id') };
  try {
    const Parts: CompletedPart[] = [];
    for await (const Body of partsOf(content)) {
      const PartNumber = Parts.length + 1;
      const options = { abortSignal, requestTimeout: PART_TIMEOUT_MS };
      const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber, Body }), options);
      Parts.push({ PartNumber, ETag: required(ETag, 'the checksum of a part') });
    }
    await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }), {
      abortSignal,
      requestTimeout: PART_TIMEOUT_MS,
    });
  } catch (error) {
    // The caller's signal may be what ended the upload, so this request does not listen to it.
    await s3
      .send(new AbortMultipartUploadCommand(upload), { abortSignal: AbortSignal.timeout(10_000) })
      .catch(() => {});
    throw error;
  }
}

/** Cuts a stream into parts of the sizes above; only the last one may be smaller. */
export async function* partsOf(
  content: AsyncIterable<Uint8Array>,
  partBytes = PART_BYTES,
): AsyncGenerator<Buffer, void> {
  let sent = 0;
  let part = Buffer.allocUnsafe(partBytes);
  let used = 0;
  for await (const chunk of content)
    for (let at = 0; at < chunk.length;) {
      const piece = chunk.subarray(at, at + part.length - used);
      part.set(piece, used);
      used += piece.length;
      at += piece.length;
      if (used < part.length) continue;
      yield part;
      sent += 1;
      // A part that was handed out may still be read by a request that is retried, so it is not used again.
      part = Buffer.allocUnsafe(partBytes * 2 ** Math.floor(sent / PARTS_OF_ONE_SIZE));
      used = 0;
    }
  if (used > 0) yield part.subarray(0, used);
}
