import { isUtf8 } from 'node:buffer';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { duplicateNames } from '../../../contract/schemas/values/duplicate-names';
import { ApiProblem } from '../problems';

/** Largest body, in bytes, on a route that sets no limit of its own. */
export const BODY_LIMIT = 64 * 1024;

/**
 * Reads a JSON body of at most `limit` bytes and one of these types; undefined if there is none. Refuses compressed bodies, because a small one can expand to a
 * huge one, and bodies in which an object repeats a name. Throws problems.
 */
export async function readJson(
  request: Request,
  response: Response,
  limit: number,
  types: string[] = ['application/json'],
): Promise<unknown> {
  if (!hasBody(request)) return undefined;
  if (!request.is(types)) throw new ApiProblem('unsupported-media-type');
  let text = '';
  try {
    await run(
      parser({ limit, type: types }, (bytes) => (text = bytes.toString())),
      request,
      response,
    );
  } catch (error) {
    throw problemOf(error);
  }
  refuseDuplicates(text);
  return request.body as unknown;
}

/** Reads a body of at most `limit` bytes exactly as it was sent, whatever its type. Refuses compressed bodies. Throws problems. */
export async function readBytes(request: Request, response: Response, limit: number): Promise<Buffer> {
  if (!hasBody(request)) return Buffer.alloc(0);
  try {
    await run(express.raw({ limit, inflate: false, type: () => true }), request, response);
  } catch (error) {
    throw problemOf(error);
  }
  return request.body as Buffer;
}

function refuseDuplicates(text: string): void {
  const pointers = duplicateNames(text);
  if (pointers.length === 0) return;
  throw new ApiProblem('malformed-json', {
    detail: 'An object in the body repeats a name, so it is unclear which value is meant.',
    errors: pointers.map((pointer) => ({ pointer, detail: 'Occurs more than once in its object. Keep one of them.' })),
  });
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function parser(options: { limit: number; type: string[] }, keep: (bytes: Buffer) => void): RequestHandler {
  return express.json({
    ...options,
    inflate: false,
    strict: false,
    verify: (_request, _response, bytes) => {
      // A plain error, because body-parser adds its own fields to it.
      if (!isUtf8(bytes)) throw new Error('not UTF-8');
      keep(bytes);
    },
  });
}

function run(handler: RequestHandler, request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    void handler(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('The body cannot be read.', { cause: error }));
    });
  });
}

/** Translates body-parser's errors, https://github.com/expressjs/body-parser#errors */
function problemOf(error: unknown): unknown {
  const { type, status } = error as { type?: string; status?: number };
  if (type === 'entity.too.large') return new ApiProblem('payload-too-large', { headers: { connection: 'close' } });
  if (type === 'entity.parse.failed') return new ApiProblem('malformed-json');
  if (type === 'entity.verify.failed')
    return new ApiProblem('malformed-request', { detail: 'The body is not valid UTF-8.' });
  if (status === 415) return new ApiProblem('unsupported-media-type');
  if (status === 400) return new ApiProblem('malformed-request', { detail: 'The body ended before it was complete.' });
  return error;
}
