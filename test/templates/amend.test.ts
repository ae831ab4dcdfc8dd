import { z } from 'zod';
import { FIELD_READERS, type Reader } from '../../contract/orders/amendable';
import type { Json, TenantProvisioningRequest } from '../../contract/orders/order';
import { orderSchema } from '../../contract/schemas/order-schema';
import { amendOrder } from '../../templates/amend-order';
import { customizeTemplate, valueAt } from '../../templates/customize';
import { loadTemplates } from '../../templates/load';
import { withChosenRecovery } from '../../templates/recovery';
import { fullOrder, OTHER_VALUES, patchAt } from '../contract/schemas/orders';
import { TEMPLATES } from './copy';

const order = fullOrder();
const standard = loadTemplates(TEMPLATES).get('professional');
const template = withChosenRecovery(customizeTemplate(standard, order.customizations), order);

const amend = (patch: Record<string, Json>, hasRead: (reader: Reader) => boolean = () => false) =>
  amendOrder({ order, template, patch, hasRead });

test('the table has every member of an order, and nothing else', () => {
  const leaves = (schema: z.ZodType, path = ''): string[] => {
    const inner = schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;
    if (!(inner instanceof z.ZodObject)) return [path];
    return Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([key, field]) =>
      leaves(field, `${path}/${key}`),
    );
  };
  expect(Object.keys(FIELD_READERS).sort()).toEqual(leaves(orderSchema).sort());
});

describe.each(Object.entries(FIELD_READERS))('%s', (pointer, readers) => {
  const patch = patchAt(pointer, OTHER_VALUES[pointer]!);
  const refusal = { ok: false, violations: [{ pointer: `/patch${pointer}` }] };

  if (readers === 'never')
    test('can never be amended', () => {
      expect(amend(patch)).toMatchObject(refusal);
    });
  else {
    test('can be amended on its own until a step has used it', () => {
      const amended = amend(patch) as { ok: true; order: TenantProvisioningRequest };
      expect(amended.ok).toBe(true);
      const same = (at: string) => expect(valueAt(amended.order, at)).toEqual(valueAt(order, at));
      Object.keys(FIELD_READERS).forEach((at) => {
        if (at !== pointer) same(at);
        else if (pointer === '/configuration/settings')
          expect(valueAt(amended.order, at)).toMatchObject(OTHER_VALUES[at] as object);
        else expect(valueAt(amended.order, at)).toEqual(OTHER_VALUES[at]);
      });
    });

    if (readers.length > 0)
      test.each(readers)('cannot be amended once $step has used it', (reader) => {
        expect(amend(patch, (asked) => asked === reader)).toMatchObject(refusal);
      });
  }
});

test('an order that may not choose its recovery cannot do so by amendment', () => {
  expect(amend({ recovery: null })).toMatchObject({ ok: false });
});

test('amending leaves the original order unchanged', () => {
  const before = JSON.stringify(order);
  amend({ configuration: { settings: { limits: { rows: null } } }, subscription: { features: [] } });
  expect(JSON.stringify(order)).toBe(before);
});
