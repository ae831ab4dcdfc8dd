import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { startStripeMock } from '../../../../stack/simulators/stripe/mock';
import { ROUTES } from '../../../../stack/simulators/stripe/routes';
import { loadSpec, type Spec, type SpecNode } from './openapi';
import { furnish, inDays, startBench } from './support';

const spec = loadSpec();

/** Our parameters that the description lacks, in the form `items[price]`. */
function unknownIn(ours: SpecNode, theirs: SpecNode | undefined, at = ''): string[] {
  const alternatives = theirs?.anyOf ?? (theirs === undefined ? [] : [theirs]);
  const own = [ours, ...(ours['anyOf'] ?? [])];
  return own.flatMap((node) => {
    const items =
      node.items === undefined ? [] : unknownIn(node.items, alternatives.find((each) => each.items)?.items, at);
    const fields = Object.entries(node.properties ?? {}).flatMap(([name, value]) => {
      const match = alternatives.map((each) => each.properties?.[name]).find((each) => each !== undefined);
      const path = at === '' ? name : `${at}[${name}]`;
      return match === undefined ? [path] : unknownIn(value, match, path);
    });
    return [...items, ...fields];
  });
}

function described(document: Spec, method: string, path: string): SpecNode | undefined {
  const shape = (each: string) => each.replace(/\{\w+\}|:\w+/g, '*');
  const key = Object.keys(document.paths).find((each) => shape(each) === shape(path));
  const operation = key === undefined ? undefined : document.paths[key]?.[method.toLowerCase()];
  if (operation === undefined) return undefined;
  const query = (operation.parameters ?? [])
    .filter((each) => each.in === 'query')
    .map((each) => [each.name, each.schema] as const);
  const body = operation.requestBody?.content['application/x-www-form-urlencoded']?.schema.properties ?? {};
  return { properties: { ...body, ...Object.fromEntries(query) } };
}

if (typeof spec === 'string') {
  test.todo(
    `not run: every path and parameter is one of Stripe's, and stripe-mock checks each request, because ${spec}`,
  );
} else {
  test.each(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s takes only parameters that Stripe describes',
    (_name, route) => {
      const theirs = described(spec, route.method, route.path);
      expect(theirs).toBeDefined();
      const ours = z.toJSONSchema(route.params, { io: 'input', unrepresentable: 'any' }) as SpecNode;
      expect(unknownIn(ours, theirs)).toEqual([]);
    },
  );

  test('behind stripe-mock, every request is checked against the official description', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'stripe-mock-'));
    const mock = await startStripeMock({ dir });
    const bench = await startBench({ validate: mock.url });
    try {
      const { customer, price, method } = await furnish(bench.stripe);
      const { id } = await bench.stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
        default_payment_method: method.id,
        trial_end: inDays(9),
      });
      expect((await bench.stripe.subscriptions.update(id, { trial_end: 'now' })).status).toBe('active');
      const wrong = bench.stripe.customers.create({ nickname: 'x' } as object);
      await expect(wrong).rejects.toMatchObject({ statusCode: 400, code: 'refused_by_stripe_mock' });
      await bench.stripe.customers.del(customer.id);
      await mock.process.stop();
      await expect(bench.stripe.customers.list()).rejects.toMatchObject({ statusCode: 500 });
    } finally {
      await mock.process.stop();
      await bench.close();
      rmSync(dir, { recursive: true });
    }
  }, 300_000);
}
