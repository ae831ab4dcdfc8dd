import type { Plan } from '../../../clients/typescript/src/types';
import { useTemplate } from '../templates/read';
import { money } from '../order/money';

/** What the plan costs. Customizations do not change it. */
export function Price({ plan }: { plan: Plan }) {
  const template = useTemplate(plan);
  if (!template) return '…';
  const { currency, prices } = template.billing;
  return `${money(prices.monthly, currency)} a month or ${money(prices.yearly, currency)} a year; customizations do not change it`;
}
