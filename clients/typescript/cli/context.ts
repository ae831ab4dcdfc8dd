import type { Command } from 'commander';
import { createClient, type Client } from '../src/index';
import { createOutput, type Output } from './output/output';
import { settingsFrom, type GlobalOptions } from './settings';
import type { ExitStatus } from './exit';

/** What a command works with. */
export interface Context {
  client: Client;
  out: Output;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

/** Does what a command says; returns the exit status if it is not 0. */
export type Action<Options> = (context: Context, args: string[], options: Options) => Promise<ExitStatus | void>;

/** Makes a command run `action` with a client, and sets the exit status. */
export function run<Options extends object>(command: Command, action: Action<Options>): void {
  command.action(async () => {
    const globals = command.optsWithGlobals<GlobalOptions>();
    const { server, token } = settingsFrom(globals, process.env);
    const out = createOutput(globals, process.env);
    const interrupted = new AbortController();
    const { signal } = interrupted;
    let onSignal = (): void => undefined;
    const isInterrupted = new Promise<never>((_resolve, reject) => {
      onSignal = () => {
        const reason = new Interrupted();
        interrupted.abort(reason);
        reject(reason);
      };
    });
    process.once('SIGINT', onSignal);
    try {
      const client = createClient({ baseUrl: server, token });
      const acting = action({ client, out, signal }, command.args, command.opts<Options>());
      const status = await Promise.race([acting, isInterrupted]);
      process.exitCode = status ?? 0;
    } finally {
      process.removeListener('SIGINT', onSignal);
    }
  });
}

/** Ctrl-C was pressed. */
export class Interrupted extends Error {}
