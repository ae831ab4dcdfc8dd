import { meRoutes } from '../../../../api/routes/platform/me';

/** What a caller is told of itself. */
async function toldBy(offersTestCards: boolean | undefined): Promise<unknown> {
  const [route] = meRoutes({ offersTestCards });
  const principal = { id: 'token:payer', name: 'payer', roles: ['tenants:order'] };
  return (await route!.handle({ principal } as never)).body;
}

test('a caller is told the test cards only where the installation offers them', async () => {
  const me = { id: 'token:payer', name: 'payer', roles: ['tenants:order'] };
  expect(await toldBy(undefined)).toEqual(me);
  expect(await toldBy(false)).toEqual(me);
  const cards = expect.arrayContaining([expect.objectContaining({ id: 'pm_card_chargeDeclined' })]) as unknown;
  expect(await toldBy(true)).toEqual({ ...me, testPaymentMethods: cards });
});
