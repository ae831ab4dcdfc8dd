import type { Meter } from '../state/account-objects';
import type { Price } from '../state/objects';
import type { Transaction } from '../state/transaction';

/** A meter's value for a customer from `start` (inclusive) to `end` (exclusive), both in unix seconds. */
export function aggregate(tx: Transaction, meter: Meter, customer: string, start: number, end: number): number {
  const values = tx
    .all('billing.meter_event')
    .filter(
      (event) =>
        !event.cancelled && event.event_name === meter.event_name && event.timestamp >= start && event.timestamp < end,
    )
    .filter((event) => event.payload[meter.customer_mapping.event_payload_key] === customer)
    .sort((a, b) => a.timestamp - b.timestamp)
    .map((event) => Number(event.payload[meter.value_settings.event_payload_key]));
  if (meter.default_aggregation.formula === 'count') return values.length;
  if (meter.default_aggregation.formula === 'last') return values.at(-1) ?? 0;
  return values.reduce((sum, value) => sum + value, 0);
}

/** The quantity that a metered price bills for a past period. */
export function usage(tx: Transaction, customer: string, price: Price, period: { start: number; end: number }): number {
  const meter = price.recurring?.meter ? tx.get('billing.meter', price.recurring.meter) : undefined;
  return meter === undefined ? 0 : aggregate(tx, meter, customer, period.start, period.end);
}
