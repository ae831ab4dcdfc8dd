import { z } from 'zod';
import { FIELD_READERS, type Reader } from '../../contract/amendable';
import type { Json, TenantProvisioningRequest } from '../../contract/order';
import { orderSchema } from '../../contract/schemas/order-schema';
import { amendOrder } from '../../templates/amend-order';
import { customizeTemplate, valueAt } from '../../templates/customize';
import { loadTemplates } from '../../templates/load';
import { withChosenRecovery } from '../../templates/recovery';
import { fullOrder } from '../contract-schemas/orders';
import { TEMPLATES } from './copy';

const order = fullOrder();
const standard = loadTemplates(TEMPLATES).get('professional');
const template = withChosenRecovery(customizeTemplate(standard, order.customizations), order);

const amend = (patch: Record<string, Json>, hasRead: (reader: Reader) => boolean = () => false) =>
  amendOrder({ order, template, patch, hasRead });

/** Another value of each field, which would be accepted in an order. */
const OTHERS: Record<string, Json> = {
  '/tenantName': 'acme-boats',
  '/organizationName': 'Acme Boats Ltd.',
  '/adminUser/email': 'grace@example.com',
  '/adminUser/firstName': 'Grace',
  '/adminUser/lastName': 'Hopper',
  '/adminUser/role': 'admin',
  '/subscription/plan': 'starter',
  '/subscription/billingCycle': 'monthly',
  '/subscription/features': ['automation'],
  '/configuration/customDomain': 'www.example.com',
  '/configuration/branding/displayName': 'Boats',
  '/configuration/branding/primaryColor': '#000000',
  '/configuration/branding/logoUrl': 'https://www.example.com/boat.svg',
  '/configuration/branding/supportUrl': 'https://www.example.com/boats',
  '/configuration/integrations': ['slack'],
  '/configuration/settings': { locale: 'en-GB' },
  '/compliance/dataResidency': 'US',
  '/compliance/retentionPeriod': 30,
  '/compliance/encryptionLevel': 'enhanced',
  '/region': 'us-east',
  '/paymentMethod': 'pm_card_mastercard',
  '/customizations': { storageQuotaGb: 90 },
  '/recovery/onPermanentFailure': 'compensate',
};

function patchAt(pointer: string, value: Json): Record<string, Json> {
  return pointer
    .split('/')
    .slice(1)
    .reduceRight<Json>((inner, key) => ({ [key]: inner }), value) as Record<string, Json>;
}

test('every field of an order is in the table, and nothing else', () => {
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
  const patch = patchAt(pointer, OTHERS[pointer]!);
  const refusal = { ok: false, violations: [{ pointer: `/patch${pointer}` }] };

  if (readers === 'never')
    test('never changes', () => {
      expect(amend(patch)).toMatchObject(refusal);
    });
  else {
    test('changes, and nothing with it, while nobody has worked from it', () => {
      const amended = amend(patch) as { ok: true; order: TenantProvisioningRequest };
      expect(amended.ok).toBe(true);
      const same = (at: string) => expect(valueAt(amended.order, at)).toEqual(valueAt(order, at));
      Object.keys(FIELD_READERS).forEach((at) => {
        if (at !== pointer) same(at);
        else if (pointer === '/configuration/settings')
          expect(valueAt(amended.order, at)).toMatchObject(OTHERS[at] as object);
        else expect(valueAt(amended.order, at)).toEqual(OTHERS[at]);
      });
    });

    test.each(readers)('stays once $step has worked from it', (reader) => {
      expect(amend(patch, (asked) => asked === reader)).toMatchObject(refusal);
    });
  }
});

test('an order that was not allowed to choose cannot by being amended', () => {
  expect(amend({ recovery: null })).toMatchObject({ ok: false });
});

test('the order that was given stays as it is', () => {
  const before = JSON.stringify(order);
  amend({ configuration: { settings: { limits: { rows: null } } }, subscription: { features: [] } });
  expect(JSON.stringify(order)).toBe(before);
});
