/**
 * A server is not available on this machine. This is not a crash: the stack reports it and continues with the other servers.
 * `why` is one sentence. `command` is the command or the instruction that makes the server available.
 */
export class ServerUnavailable extends Error {
  override readonly name = 'ServerUnavailable';

  constructor(
    readonly why: string,
    readonly command: string,
    options?: ErrorOptions,
  ) {
    super(`${why} What to do: ${command}`, options);
  }
}

/** The message of a thrown value. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of a thrown value (ENOENT, EADDRINUSE, 57P03 …), if it has one. */
export function codeOf(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
