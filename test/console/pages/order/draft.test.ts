import { EMPTY, orderOf, type Draft } from '../../../../console/pages/order/draft';
import { labelAt } from '../../../../console/pages/order/names';
import type { Template } from '../../../../console/pages/templates/read';
import { limitsOf, valueAt } from '../../../../console/pages/order/rules';
import { orderSchema } from '../../../../contract/schemas/order-schema';
import { loadTemplates } from '../../../../templates/load';

const templates = loadTemplates('templates');
const templateOf = (plan: Draft['plan']): Template => templates.get(plan);

const FILLED: Draft = {
  ...EMPTY,
  plan: 'professional',
  tenantName: ' acme-bikes ',
  organizationName: 'Acme Bikes Ltd.',
  email: 'ada@example.com',
  firstName: 'Ada',
  features: ['automation'],
  integrations: ['jira'],
  customizations: { storageQuotaGb: '200', storageAccessLogging: 'true', computeCpuMillis: '' },
};

describe('the order form', () => {
  test('makes an order that the API’s own schema accepts', () => {
    const order = orderOf(FILLED, templateOf('professional'));
    expect(orderSchema.parse(order)).toMatchObject({
      tenantName: 'acme-bikes',
      subscription: { plan: 'professional', features: ['automation'] },
      configuration: { integrations: ['jira'] },
      customizations: { storageQuotaGb: 200, storageAccessLogging: true },
    });
    expect(order).not.toHaveProperty('compliance');
    expect(order.adminUser).not.toHaveProperty('lastName');
  });

  test('leaves out what another plan does not offer', () => {
    const order = orderOf({ ...FILLED, plan: 'starter' }, templateOf('starter'));
    expect(order.subscription.features).toEqual([]);
    expect(order.configuration.integrations).toEqual([]);
    expect(order.customizations).toEqual({ storageQuotaGb: 200 });
  });

  test('sends a text where a number belongs, so that the API says what is wrong', () => {
    const customizations = { storageQuotaGb: 'much' };
    expect(orderOf({ ...FILLED, customizations }, templateOf('professional')).customizations).toEqual(customizations);
  });

  test('asks for data rules only where one is set', () => {
    expect(orderOf({ ...FILLED, dataResidency: 'EU' }, templateOf('professional')).compliance).toEqual({
      dataResidency: 'EU',
      retentionPeriod: 365,
      encryptionLevel: 'standard',
    });
  });

  test('names the fields that the API’s pointers mean', () => {
    expect(labelAt('/adminUser/email')).toBe('E-mail');
    expect(labelAt('/subscription/features/0')).toBe('Features');
    expect(labelAt('/customizations/storageQuotaGb')).toBe('Storage quota');
    expect(labelAt('/configuration/settings')).toBe('/configuration/settings');
  });

  test('shows for each customization the plan’s value and what is allowed', () => {
    const template = templateOf('professional');
    const rules = template.customizations.validationRules.map(({ customization, target, schema }) => [
      customization,
      valueAt(template, target),
      limitsOf(schema),
    ]);
    expect(rules).toContainEqual(['storageQuotaGb', 50, '10 to 500']);
    expect(rules).toContainEqual(['storageAccessLogging', false, 'yes or no']);
  });
});
