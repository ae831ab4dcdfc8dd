import { newOrder, plan, startTestProduct, type Mail, type TestProduct } from '../../helpers/product';

const GERMAN = { configuration: { settings: { locale: 'de-DE', timeZone: 'Europe/Berlin' } } };

let product: TestProduct;
beforeAll(async () => {
  product = await startTestProduct();
});
afterAll(() => product?.stop());

const isTo =
  (address: string) =>
  ({ to }: Mail): boolean =>
    to[0]!.address === address;

test('an order in German gets its welcome in German, and no progress mail in the smallest plan', async () => {
  const { operationId, order } = await product.order(GERMAN);
  expect(await product.untilEnded(operationId)).toMatchObject({ status: 'active' });
  const mails = await product.untilMailed(isTo(order.adminUser.email));
  expect(mails.map(({ subject }) => subject)).toEqual(['Der Arbeitsbereich von Quarry & Sons ist bereit']);
  expect(mails[0]!.text).toContain('Passwort und Schlüssel abrufen:\nhttp');
  expect(mails[0]!.text).toMatch(/bis zum \d+\. \p{L}+ \d{4} um \d\d:\d\d (?:MEZ|MESZ):/u);
  expect(mails[0]!.html).toContain('<html lang="de-DE" dir="ltr">');
});

test('a plan with progress mails tells each step once and in order, also when the worker is killed in between', async () => {
  const contact = { email: newOrder().adminUser.email.replace('edith', 'it') };
  const { operationId, order } = await product.order({
    ...plan('professional'),
    ...GERMAN,
    contact,
    customizations: { storageQuotaGb: 60 },
  });
  const { email } = order.adminUser;
  await product.untilMailed((mail) => isTo(email)(mail) && mail.subject.includes('wartet auf Freigabe'));
  await product.kill('worker');
  const decision = { decision: 'approve', comment: 'Agreed.' };
  expect((await product.call('approver', 'POST', `/v1/operations/${operationId}/approval`, decision)).status).toBe(202);
  await product.restart('worker');
  expect(await product.untilEnded(operationId)).toMatchObject({ status: 'active' });
  await product.untilMailed((mail) => isTo(email)(mail) && mail.subject.endsWith('ist bereit'));
  await product.untilMailed(isTo(contact.email));
  const mails = await product.mails();
  expect(mails.filter(isTo(email)).map(({ subject }) => subject)).toEqual([
    'Wir richten den Arbeitsbereich von Quarry & Sons ein',
    'Die Bestellung für Quarry & Sons wartet auf Freigabe',
    'Die Bestellung für Quarry & Sons ist freigegeben',
    'Der Arbeitsbereich von Quarry & Sons ist bereit',
  ]);
  expect(mails.filter(isTo(contact.email)).map(({ subject }) => subject)).toEqual([
    'Der Arbeitsbereich von Quarry & Sons ist eingerichtet',
  ]);
});
