import { setTimeout as sleep } from 'node:timers/promises';
import { MAIL_SCHEDULE_ID } from '../../../contract/maintenance/mail-delivery';
import type { Operation } from '../../../contract/schemas/operation-schema';
import { startLine, type CuttableLine } from '../../helpers/providers/cuttable-line';
import { startTestProduct, type Mail, type TestProduct } from '../../helpers/product';
import { stackEndpoints } from '../../stack';
import { eventually } from '../../stack/eventually';

let product: TestProduct;
let line: CuttableLine;

beforeAll(async () => {
  const { mail } = stackEndpoints('mail');
  line = await startLine(new URL(mail!.smtp).host);
  product = await startTestProduct({
    via: { mail: { ...mail!, smtp: `smtp://${line.address}` } },
    overrides: { COMPENSATION_SECONDS: '20' },
  });
});
afterAll(async () => {
  await product?.stop();
  await line?.close();
});

/** The mail, once a manually triggered round has sent it; the schedule’s own round would take up to a minute. */
async function mailAfterOutage(matches: (mail: Mail) => boolean): Promise<Mail[]> {
  const schedule = product.temporal.schedule.getHandle(MAIL_SCHEDULE_ID);
  for (const deadline = Date.now() + 60_000; ; await sleep(1_000)) {
    const mails = (await product.mails()).filter(matches);
    if (mails.length > 0) return mails;
    if (Date.now() > deadline) throw new Error('The mail did not arrive.');
    await product.registry.query(`update mail set next_try_at = now() where state = 'pending'`);
    await schedule.trigger();
  }
}

async function isListed({ operationId }: { operationId: string }): Promise<boolean> {
  const { body } = await product.call('operator', 'GET', '/v1/operations?undelivered=true');
  return (body.items as Operation[]).some((each) => each.operationId === operationId);
}

test('an outage of the mail server only delays mail, and operation, list and metrics show it', async () => {
  line.cut();
  const [tenant, restricted, declined] = await Promise.all([
    product.order(),
    product.order({ customizations: { storageQuotaGb: 10 } }),
    product.order({ paymentMethod: 'pm_card_chargeDeclined' }),
  ]);

  const active = await product.until(tenant.operationId, ({ handover }) => handover?.problem !== undefined, 120_000);
  expect(active).toMatchObject({ status: 'active', handover: { state: 'pending' } });
  const asked = ({ undelivered = [] }: Operation): boolean => undelivered.some(({ purpose }) => purpose === 'approval');
  expect(await product.until(restricted.operationId, asked)).toMatchObject({ status: 'awaiting_approval' });
  for (const operation of [tenant, restricted]) expect(await isListed(operation)).toBe(true);
  const scrape = async (): Promise<string> => (await product.call('operator', 'GET', '/metrics')).body as string;
  const counted = /provisioner_undelivered_mails\{to="first-admin",state="pending"\} [1-9]/;
  // They are computed every 15 s.
  await eventually(async () => counted.test(await scrape()), 40_000);

  // Its key is destroyed, so the program no longer has the customer's address and an operator must tell them.
  const ended = await product.untilEnded(declined.operationId, 120_000);
  expect(ended.status).toBe('failed');
  expect(ended.undelivered).toContainEqual(expect.objectContaining({ purpose: 'not-set-up', to: 'first-admin' }));

  line.mend();
  const isWelcome = ({ text }: Mail): boolean => text?.includes(`/claim#${tenant.tenantId}.`) === true;
  const [welcome] = await mailAfterOutage(isWelcome);
  expect(welcome!.to[0]!.address).toBe(tenant.order.adminUser.email);
  const [request] = await mailAfterOutage(({ subject }) => subject.includes(restricted.operationId));
  expect(request!.to[0]!.address).toBe('approvers@example.com');
  await product.until(tenant.operationId, ({ handover }) => handover?.state === 'sent');
  await product.until(restricted.operationId, ({ undelivered }) => undelivered === undefined);
  for (const operation of [tenant, restricted]) expect(await isListed(operation)).toBe(false);
  const told = await mailAfterOutage(({ subject }) => subject.includes(declined.operationId));
  expect(told[0]!.text).toContain('The customer was not told');
  await product.until(declined.operationId, ({ undelivered }) => undelivered?.[0]?.state === 'expired');
  expect((await product.mails()).filter(isWelcome)).toHaveLength(1);
}, 300_000);
