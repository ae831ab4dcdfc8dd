import type { Plan } from '../../contract/orders/order';
import { checkOrder } from '../../templates/check-order';
import { loadTemplates } from '../../templates/load';
import { recoveryOf, withChosenRecovery } from '../../templates/recovery';
import { parseTemplate } from '../../templates/stored';
import { smallOrder } from '../contract/schemas/orders';
import { TEMPLATES } from './copy';

const templates = loadTemplates(TEMPLATES);
const orderFor = (plan: Plan, onPermanentFailure?: 'hold' | 'compensate') => ({
  ...smallOrder(),
  subscription: { ...smallOrder().subscription, plan },
  ...(onPermanentFailure ? { recovery: { onPermanentFailure } } : {}),
});

test.each([
  ['professional', 'hold'],
  ['professional', 'compensate'],
  ['enterprise', 'hold'],
  ['starter', 'compensate'],
] as const)('an order of plan %s may choose %s, and its stored template includes the choice', (plan, choice) => {
  const order = orderFor(plan, choice);
  expect(checkOrder(order, templates.get(plan))).toEqual([]);
  const kept = withChosenRecovery(templates.get(plan), order);
  expect(recoveryOf(kept).onPermanentFailure).toBe(choice);
  expect(checkOrder(order, kept)).toEqual([]);
});

test('an order whose plan does not offer a choice is refused', () => {
  expect(checkOrder(orderFor('starter', 'hold'), templates.get('starter'))).toMatchObject([
    { pointer: '/recovery/onPermanentFailure', type: 'RecoveryNotInPlan' },
  ]);
});

test('without a choice the template’s own setting applies', () => {
  const holds = structuredClone(templates.get('enterprise'));
  Object.assign(holds.recovery, { onPermanentFailure: 'hold', holdForHours: 0.5 });
  expect(recoveryOf(withChosenRecovery(holds, orderFor('enterprise')))).toEqual({
    onPermanentFailure: 'hold',
    holdSeconds: 1800,
    skippable: ['integrations'],
  });
});

test('a template stored before there was a choice compensates and allows no skip', () => {
  const { retry } = templates.get('starter').recovery;
  const old = parseTemplate({ ...templates.get('starter'), recovery: { retry } });
  expect(recoveryOf(old)).toEqual({ onPermanentFailure: 'compensate', holdSeconds: 24 * 3600, skippable: [] });
});
