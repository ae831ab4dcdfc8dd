import { Command } from 'commander';
import { startStripeServer } from './server';

async function main(): Promise<void> {
  const options = new Command()
    .name('stripe')
    .description("Runs a local simulator of Stripe's API, which keeps its state in a file.")
    .requiredOption('--port <port>', 'port to listen on; 0 chooses a free one', Number)
    .requiredOption('--state <file>', 'file for the state (JSON lines); the effect log is written beside it')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--validate <url>', 'first let the stripe-mock at this address check every request')
    .parse()
    .opts<{ port: number; state: string; host: string; validate?: string }>();
  const { port, state: stateFile, host, validate } = options;
  const server = await startStripeServer({ port, host, stateFile, validate });
  process.stdout.write(`Stripe's protocol at ${server.url}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
