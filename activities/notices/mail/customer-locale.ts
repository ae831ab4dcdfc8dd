import type { CustomerRecipient } from '../../../contract/maintenance/customer-mail';
import type { MailRecipient } from '../../../contract/maintenance/mail-delivery';
import { localeOf, type Locale } from '../../../providers/mail/locales/locale';
import type { LoadedOperation } from '../../../registry/operations/operations';

/** The language and time zone of mails to the customer of an order: the order's, then the plan's. */
export function customerLocale({ order, template }: Pick<LoadedOperation, 'order' | 'template'>): Locale {
  const { locale, timeZone } = order.configuration.settings ?? {};
  return localeOf({
    languages: [locale, template.customerMail?.locale],
    timeZones: [timeZone, template.customerMail?.timeZone],
  });
}

/** The role of a recipient at the customer, and the address; undefined if the order names none. */
export function customerAddress(
  { order }: Pick<LoadedOperation, 'order'>,
  recipient: MailRecipient,
): { role: CustomerRecipient; address: string } | undefined {
  if (recipient !== 'contact') return { role: 'first-admin', address: order.adminUser.email };
  return order.contact && { role: 'contact', address: order.contact.email };
}
