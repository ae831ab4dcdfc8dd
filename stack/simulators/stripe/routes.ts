import type { Route } from './requests/request';
import { customerRoutes } from './routes/customers';
import { disputeRoutes } from './routes/disputes';
import { eventRoutes } from './routes/events';
import { invoiceRoutes } from './routes/invoices';
import { meterAdjustmentRoutes } from './routes/meter-adjustments';
import { meterRoutes } from './routes/meters';
import { moneyRoutes } from './routes/money';
import { paymentMethodRoutes } from './routes/payment-methods';
import { priceRoutes } from './routes/prices';
import { productRoutes } from './routes/products';
import { setupIntentRoutes } from './routes/setup-intents';
import { subscriptionRoutes } from './routes/subscriptions';
import { termRoutes } from './routes/terms';
import { testClockRoutes } from './routes/test-clocks';
import { webhookEndpointRoutes } from './routes/webhook-endpoints';

/** The endpoints of Stripe's API that this server supports. */
export const ROUTES: readonly Route[] = [
  ...customerRoutes,
  ...paymentMethodRoutes,
  ...setupIntentRoutes,
  ...productRoutes,
  ...priceRoutes,
  ...subscriptionRoutes,
  ...invoiceRoutes,
  ...meterRoutes,
  ...meterAdjustmentRoutes,
  ...moneyRoutes,
  ...testClockRoutes,
  ...disputeRoutes,
  ...eventRoutes,
  ...webhookEndpointRoutes,
  ...termRoutes,
];
