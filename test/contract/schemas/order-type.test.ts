import type { z } from 'zod';
import type { TenantProvisioningRequest } from '../../../contract/orders/order';
import { orderSchema } from '../../../contract/schemas/order-schema';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Flat<T> = T extends (infer E)[] ? Flat<E>[] : T extends object ? { [K in keyof T]: Flat<T[K]> } : T;
type Settled<T> = {
  [K in keyof T]: K extends 'customizations' ? T[K] : K extends 'configuration' ? Omit<T[K], 'settings'> : Flat<T[K]>;
};

// Checked by `tsc`: a member that differs between schema and type, or is missing from one of them, does not compile.
const sameFields: Equal<Settled<z.output<typeof orderSchema>>, Settled<TenantProvisioningRequest>> = true;
const sameSettings: Equal<
  z.output<typeof orderSchema>['configuration']['settings'],
  TenantProvisioningRequest['configuration']['settings']
> = true;
// @ts-expect-error The comparison itself works: a field too many is noticed.
const oneTooMany: Equal<
  Settled<TenantProvisioningRequest & { more?: string }>,
  Settled<TenantProvisioningRequest>
> = true;
const forwards: TenantProvisioningRequest = {} as z.output<typeof orderSchema>;
const backwards: z.output<typeof orderSchema> = {} as TenantProvisioningRequest;

test('the schema and the order type have the same members', () => {
  expect([sameFields, sameSettings, oneTooMany, forwards, backwards]).toHaveLength(5);
  expect(Object.keys(orderSchema.shape)).toEqual([
    'tenantName',
    'organizationName',
    'adminUser',
    'contact',
    'subscription',
    'configuration',
    'compliance',
    'region',
    'paymentMethod',
    'billing',
    'customizations',
    'featureFlags',
    'alertReceivers',
    'recovery',
  ]);
});
