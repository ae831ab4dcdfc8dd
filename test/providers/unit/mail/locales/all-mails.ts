import { MAIL_LANGUAGES } from '../../../../../contract/maintenance/customer-mail';
import { customerMail } from '../../../../../providers/mail/contents/customer-mail';
import type { Rendered } from '../../../../../providers/mail/layout';
import { localeOf, type Locale } from '../../../../../providers/mail/locales/locale';
import { progressMail } from '../../../../../providers/mail/contents/progress-mail';
import { tenantMail } from '../../../../../providers/mail/contents/tenant-mail';
import { welcomeMail } from '../../../../../providers/mail/contents/welcome-mail';
import { FAILURE_MAILS, PROGRESS_MAILS, TENANT_MAILS, WELCOME } from '../samples';

/** Every mail that a customer may get in this language, by name, to an organization of this name. */
export function customerMails(locale: Locale, organizationName = 'Söhne & Co.'): Record<string, Rendered> {
  return Object.fromEntries<Rendered>([
    ['welcome', welcomeMail({ ...WELCOME, organizationName }, locale)],
    ['welcome-again', welcomeMail({ ...WELCOME, organizationName, again: true }, locale)],
    ...FAILURE_MAILS.map((mail): [string, Rendered] => [
      `not-set-up-${mail.failure.type}`,
      customerMail({ ...mail, organizationName }, locale),
    ]),
    ...PROGRESS_MAILS.map((mail): [string, Rendered] => [
      mail.about,
      progressMail({ ...mail, organizationName }, locale),
    ]),
    ...TENANT_MAILS.map((mail): [string, Rendered] => [mail.about, tenantMail({ ...mail, organizationName }, locale)]),
  ]);
}

/** A locale for each language that mails are written in. */
export const LOCALES: [language: string, Locale][] = MAIL_LANGUAGES.map((language) => [
  language,
  localeOf({ languages: [language], timeZones: ['Europe/Berlin'] }),
]);
