/**
 * A server that cannot be had on this machine. Not a crash: the stack reports it and goes on with the others.
 * `why` is one sentence; `command` is what would get the server here.
 */
export class ServerUnavailable extends Error {
  override readonly name = 'ServerUnavailable';

  constructor(
    readonly why: string,
    readonly command: string,
    options?: ErrorOptions,
  ) {
    super(`${why} To get it: ${command}`, options);
  }
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` (ENOENT, EADDRINUSE, 57P03 …) of whatever was thrown, if it has one. */
export function codeOf(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
