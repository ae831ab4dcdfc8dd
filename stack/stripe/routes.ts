import type { Route } from './request';
import { customerRoutes } from './routes/customers';
import { invoiceRoutes } from './routes/invoices';
import { meterRoutes } from './routes/meters';
import { moneyRoutes } from './routes/money';
import { paymentMethodRoutes } from './routes/payment-methods';
import { priceRoutes } from './routes/prices';
import { productRoutes } from './routes/products';
import { setupIntentRoutes } from './routes/setup-intents';
import { subscriptionRoutes } from './routes/subscriptions';

/** Everything of Stripe's API that this server answers. */
export const ROUTES: readonly Route[] = [
  ...customerRoutes,
  ...paymentMethodRoutes,
  ...setupIntentRoutes,
  ...productRoutes,
  ...priceRoutes,
  ...subscriptionRoutes,
  ...invoiceRoutes,
  ...meterRoutes,
  ...moneyRoutes,
];
