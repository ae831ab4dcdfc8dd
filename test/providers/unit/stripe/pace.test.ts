import { createClient } from '../../../../providers/stripe/client';
import { startCannedServer } from '../../../helpers/providers/canned-server';

test('a burst of requests reaches Stripe at no more than this process’s rate limit, and completely', async () => {
  const server = await startCannedServer();
  const arrivals: number[] = [];
  server.script = () => {
    arrivals.push(performance.now());
    return { status: 200, contentType: 'application/json', body: '{"id":"cus_1","object":"customer"}' };
  };
  const { stripe, close } = createClient({
    apiKey: 'sk_test_pace',
    url: server.url,
    allowLiveKey: false,
    requestsPerSecond: 5,
  });
  try {
    await Promise.all(Array.from({ length: 14 }, () => stripe.customers.retrieve('cus_1')));
    expect(arrivals).toHaveLength(14);
    // Three windows of five: the last one begins two seconds after the first at the earliest.
    expect(arrivals.at(-1)! - arrivals[0]!).toBeGreaterThan(1_500);
  } finally {
    close();
    await server.close();
  }
});
