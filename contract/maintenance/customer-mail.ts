/** Recipients of mail at a customer: the first admin, and the contact that an order may name. */
export const CUSTOMER_RECIPIENTS = ['first-admin', 'contact'] as const;

/** One of {@link CUSTOMER_RECIPIENTS}. */
export type CustomerRecipient = (typeof CUSTOMER_RECIPIENTS)[number];

/** Mail whose recipients a plan's template chooses. Mail with credentials or a legal notice is always sent. */
export const CUSTOMER_MAIL_GROUPS = ['progress', 'completion', 'errors', 'lifecycle'] as const;

/** One of {@link CUSTOMER_MAIL_GROUPS}. */
export type CustomerMailGroup = (typeof CUSTOMER_MAIL_GROUPS)[number];

/** Languages (ISO 639) that mails to customers are written in. The first one is used where no other fits. */
export const MAIL_LANGUAGES = ['en', 'de'] as const;

/** One of {@link MAIL_LANGUAGES}. */
export type MailLanguage = (typeof MAIL_LANGUAGES)[number];

/** The language of mails for a BCP 47 tag; undefined if there is none, or if it is no tag. */
export function mailLanguage(tag: unknown): MailLanguage | undefined {
  try {
    const language = typeof tag === 'string' ? new Intl.Locale(tag).language : undefined;
    return MAIL_LANGUAGES.find((each) => each === language);
  } catch {
    return undefined;
  }
}

/** The time zone of an IANA name such as `Europe/Berlin`; undefined if it is none. */
export function knownTimeZone(name: unknown): string | undefined {
  try {
    return typeof name === 'string'
      ? new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
      : undefined;
  } catch {
    return undefined;
  }
}

/** What a tenant's customer is told about a payment. */
export const PAYMENT_NOTICES = ['payment-failed', 'payment-action-required', 'payment-received'] as const;

/** One of {@link PAYMENT_NOTICES}. */
export type PaymentNotice = (typeof PAYMENT_NOTICES)[number];

/** What a tenant's customer is told about the tenant. */
export type TenantNotice =
  'suspended' | 'resumed' | 'leaving' | 'called-off' | 'exported' | 'trial-ending' | PaymentNotice;

/** Notices that the first admin gets whatever the plan says: they close the tenant, or hand out a key. */
export const ALWAYS_SENT: readonly TenantNotice[] = ['suspended', 'leaving', 'exported'];

/** What a customer is told of the progress of an order, and that it is complete. */
export const PROGRESS_NOTICES = ['accepted', 'approval-pending', 'approved', 'delayed', 'set-up'] as const;

/** One of {@link PROGRESS_NOTICES}. */
export type ProgressNotice = (typeof PROGRESS_NOTICES)[number];
