import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { failure } from '../../port/failures';
import { required } from '../errors';

/** Milliseconds within which a store must send the next piece of an object. */
const SILENCE_MS = 60_000;

/**
 * The content of an object, as it arrives. The client limits only the time until the answer begins, so this limits the silence within it.
 * Throws `AnswerLost` if the store sends nothing, or less than it announced.
 */
export async function* bodyOf(answer: GetObjectCommandOutput, signal: AbortSignal): AsyncGenerator<Buffer, void> {
  const body = required(answer.Body, 'the object') as AsyncIterable<Buffer> & { destroy(error?: Error): void };
  const announced = required(answer.ContentLength, 'the size of the object');
  const stop = (): void => body.destroy(new Error('cancelled'));
  signal.addEventListener('abort', stop, { once: true });
  const chunks = body[Symbol.asyncIterator]();
  let bytes = 0;
  try {
    for (;;) {
      signal.throwIfAborted();
      const timer = setTimeout(() => body.destroy(silent()), SILENCE_MS);
      const next = await chunks.next().finally(() => clearTimeout(timer));
      if (next.done === true) break;
      bytes += next.value.length;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    body.destroy();
  }
  if (bytes !== announced)
    throw failure('AnswerLost', `The object store sent ${bytes} bytes of an object of ${announced}.`);
}

function silent(): Error {
  return failure(
    'AnswerLost',
    `The object store sent nothing for ${SILENCE_MS / 1000} seconds in the middle of an object.`,
  );
}
