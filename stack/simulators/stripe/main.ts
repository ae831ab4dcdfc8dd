import { Command } from 'commander';
import { STRIPE_EVENT_TYPES } from '../../../contract/billing/billing';
import { startStripeServer } from './server';

async function main(): Promise<void> {
  const options = new Command()
    .name('stripe')
    .description("Runs a local simulator of Stripe's API, which keeps its state in a file.")
    .requiredOption('--port <port>', 'port to listen on; 0 chooses a free one', Number)
    .requiredOption('--state <file>', 'file for the state (JSON lines); the effect log is written beside it')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--validate <url>', 'first let the stripe-mock at this address check every request')
    .option(
      '--forward-to <url>',
      'send the events that the product follows to this URL, signed with STRIPE_WEBHOOK_SECRET',
    )
    .parse()
    .opts<{ port: number; state: string; host: string; validate?: string; forwardTo?: string }>();
  const { port, state: stateFile, host, validate, forwardTo: url } = options;
  const secret = process.env.STRIPE_WEBHOOK_SECRET;
  if (url !== undefined && !secret?.startsWith('whsec_'))
    throw new Error('--forward-to needs STRIPE_WEBHOOK_SECRET, which begins with whsec_: the same that the API has.');
  const forward = url === undefined ? undefined : { url, secret: secret!, types: [...STRIPE_EVENT_TYPES] };
  const server = await startStripeServer({ port, host, stateFile, validate, forward });
  process.stdout.write(`Stripe's protocol at ${server.url}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
