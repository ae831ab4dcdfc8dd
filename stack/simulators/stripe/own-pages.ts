import express, { type Express } from 'express';
import { z } from 'zod';
import { renewNow } from './billing/lifecycle';
import type { Deliveries } from './events/deliveries';
import { overview } from './page';
import type { Environment } from './pipeline';
import { checkKey } from './requests/auth';
import { forwardTo } from './routes/webhook-endpoints';
import type { ObjectType } from './state/objects';
import { Transaction } from './state/transaction';

const manners = z.strictObject({
  copies: z.int().min(1).max(5).default(1),
  reversedWithinMs: z.int().min(0).max(60_000).default(0),
});
const forwarding = z.strictObject({
  url: z.url(),
  secret: z.string().startsWith('whsec_'),
  types: z.array(z.string()).default(['*']),
});

/**
 * Adds routes that Stripe does not have: a page for people, and endpoints for tests. Those that change something want the key.
 * - `/_test/faults` plans the failure of requests.
 * - `/_test/deliveries` asks for duplicates and disorder of events.
 * - `/_test/forward` makes an endpoint with a given secret, for all types of events or for those named.
 * - `/_test/subscriptions/:id/renew` ends the current period now, which charges the next one.
 */
export function addOwnPages(app: Express, { store, faults, now }: Environment, deliveries: Deliveries): void {
  const json = express.json();
  app.get('/', (_request, response) => void response.type('html').send(overview(store)));
  app.get('/_test/effects', (_request, response) => void response.json(store.effects(Number.MAX_SAFE_INTEGER)));
  app.get('/_test/objects/:type', (request, response) => {
    response.json(store.all(request.params.type as ObjectType).filter((object) => !object.deleted));
  });
  app.use('/_test', (request, _response, next) => {
    checkKey(request.headers.authorization);
    next();
  });
  app.post('/_test/faults', json, (request, response) => void response.json(faults.plan(request.body)));
  app.delete('/_test/faults', (_request, response) => {
    faults.clear();
    response.json({});
  });
  app.post('/_test/deliveries', json, (request, response) => {
    deliveries.manners = manners.parse(request.body);
    response.json(deliveries.manners);
  });
  const change = (path: string, act: (tx: Transaction) => void): void => {
    const tx = new Transaction(store, now(), { method: 'POST', path, idempotencyKey: null });
    act(tx);
    tx.commit();
  };
  app.post('/_test/forward', json, (request, response) => {
    const settings = forwarding.parse(request.body);
    change(request.path, (tx) => forwardTo(tx, settings));
    response.json({});
  });
  app.post('/_test/subscriptions/:id/renew', (request, response) => {
    change(request.path, (tx) => renewNow(tx, tx.need('subscription', request.params.id)));
    response.json(store.get('subscription', request.params.id));
  });
}
