import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { withPorts, type StartServer } from '../processes/context';

/** Starts this checkout's simulator of Stripe, which keeps its state in a file. */
export const startStripe: StartServer = async (context) => {
  context.tell('found', 'in this checkout');
  context.tell('starting');
  mkdirSync(context.dir, { recursive: true, mode: 0o700 });
  return withPorts(context.state, ['stripe'], async ({ stripe: port }) => {
    const url = `http://127.0.0.1:${port}`;
    await context.spawn({
      name: 'stripe',
      command: process.execPath,
      args: [
        ...['--import', require.resolve('tsx'), join(__dirname, '../simulators/stripe/main.ts')],
        ...['--port', String(port), '--state', join(context.dir, 'state')],
      ],
      isReady: async () => (await fetch(url)).status < 500,
    });
    return { stripe: { url, apiKey: `sk_test_${context.state.secret('stripe.key')}` } };
  });
};
