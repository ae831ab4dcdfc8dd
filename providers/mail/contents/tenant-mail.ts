import type { Access } from '../../../contract/tenants/access';
import type { CustomerRecipient } from '../../../contract/maintenance/customer-mail';
import type { SuspensionReason } from '../../../contract/tenants/reasons';
import { paragraph, render, type Block, type Rendered } from '../layout';
import { closing } from '../locales/closing';
import { localeOf, type Locale } from '../locales/locale';
import { isolated } from '../text';

/** Content of a mail that tells a first admin what has happened, or will happen, to their tenant. It never has an operator's words. */
export type TenantMail = {
  organizationName: string;
  /** The only internal id in the mail, for the customer to quote to support. */
  operationId: string;
  to?: CustomerRecipient | undefined;
} & (
  | { about: 'suspended'; reason?: string | undefined; access: Access }
  | { about: 'resumed' }
  | {
      about: 'leaving';
      reason?: string | undefined;
      /** When the removal begins. */
      removalAt: Date;
      now: Date;
      /** Whether the tenant is exported before. */
      exported: boolean;
    }
  | { about: 'called-off'; exported: boolean }
  | {
      about: 'exported';
      /** Hands out the archive's key, once. Absent if the archive is encrypted for a key of the customer's. */
      keyUrl?: string | undefined;
      /** When the archive is deleted; absent while the tenant can still be called back. */
      until?: Date | undefined;
    }
  | { about: 'trial-ending'; endsAt: Date; then: 'suspend' | 'deprovision' }
  | ({ about: 'payment-failed' } & Unpaid)
  | ({ about: 'payment-action-required' } & Unpaid)
  | { about: 'payment-received' }
);

interface Unpaid {
  /** When the tenant is suspended unless it has paid; absent if it is not. */
  suspendsAt?: Date | undefined;
}

type About<A extends TenantMail['about']> = Extract<TenantMail, { about: A }>;

/** A removal that begins sooner is not announced as one that can be called off. */
const SOON_MS = 3_600_000;

/** Renders a mail about a tenant that changes. */
export function tenantMail(mail: TenantMail, locale: Locale = localeOf()): Rendered {
  const { subject, blocks } = contentOf(mail, locale);
  return render(subject, [...blocks, ...closing(locale, mail.operationId, mail.to ?? 'first-admin')], locale);
}

interface Content {
  subject: string;
  blocks: Block[];
}

function contentOf(mail: TenantMail, locale: Locale): Content {
  const name = isolated(mail.organizationName);
  const { resumed, calledOff, paymentReceived } = locale.texts;
  switch (mail.about) {
    case 'suspended':
      return suspended(mail, name, locale);
    case 'resumed':
      return content(resumed.subject(name), resumed.paragraphs(name));
    case 'leaving':
      return leaving(mail, name, locale);
    case 'called-off':
      return content(calledOff.subject(name), [
        ...calledOff.paragraphs(name),
        ...(mail.exported ? [calledOff.copyDeleted] : []),
      ]);
    case 'exported':
      return exported(mail, name, locale);
    case 'trial-ending':
      return trialEnding(mail, name, locale);
    case 'payment-failed':
    case 'payment-action-required':
      return unpaid(mail, name, locale);
    case 'payment-received':
      return content(paymentReceived.subject(name), paymentReceived.paragraphs(name));
  }
}

function content(subject: string, paragraphs: string[]): Content {
  return { subject, blocks: paragraphs.map(paragraph) };
}

function suspended({ reason, access }: About<'suspended'>, name: string, { texts }: Locale): Content {
  const words = texts.suspended;
  return content(words.subject(name), [
    (ofReason(words.because, reason) ?? words.why)(name),
    access === 'read-only' ? words.readOnly : words.closed,
    words.kept,
    ofReason(words.wayBackAfter, reason) ?? words.wayBack,
  ]);
}

/** What a catalogue says for this reason; undefined for one that it has nothing special for. */
function ofReason<T>(texts: Partial<Record<SuspensionReason, T>>, reason = ''): T | undefined {
  return Object.hasOwn(texts, reason) ? texts[reason as SuspensionReason] : undefined;
}

function leaving(mail: About<'leaving'>, name: string, { texts, time }: Locale): Content {
  const { reason, removalAt, now, exported: copied } = mail;
  const words = texts.leaving;
  const copy = copied ? [words.copy] : [];
  if (removalAt.getTime() - now.getTime() < SOON_MS)
    return content(words.subjectNow(name), [
      `${(ofReason(words.nowBecause, reason) ?? words.now)(name)} ${words.closed}`,
      words.deletedNow,
      ...copy,
    ]);
  const date = time(removalAt);
  return content(words.subject(name, date), [
    `${(ofReason(words.willBecause, reason) ?? words.will)(name)} ${words.closed}`,
    words.deletedAt(date),
    ...copy,
    words.callOff,
  ]);
}

function exported({ keyUrl, until }: About<'exported'>, name: string, { texts, time }: Locale): Content {
  const words = texts.exported;
  const kept = until ? ` ${words.keptUntil(time(until))}` : '';
  return {
    subject: words.subject(name),
    blocks: [
      paragraph(`${words.made(name)}${kept}`),
      paragraph(words.contactUs),
      ...(keyUrl === undefined
        ? [paragraph(words.ownKey)]
        : [paragraph(words.keyHere), { kind: 'link', label: words.fetchKey, url: keyUrl } satisfies Block]),
    ],
  };
}

function trialEnding({ endsAt, then }: About<'trial-ending'>, name: string, { texts, time }: Locale): Content {
  const words = texts.trialEnding;
  const date = time(endsAt);
  return content(words.subject(name, date), [words.ends(name, date), words.then[then], words.toGoOn]);
}

function unpaid(
  { about, suspendsAt }: About<'payment-failed' | 'payment-action-required'>,
  name: string,
  { texts: { paymentFailed: words }, time }: Locale,
): Content {
  const failed = about === 'payment-failed';
  return content(failed ? words.subject(name) : words.subjectAction(name), [
    failed ? words.failed(name) : words.action(name),
    failed ? words.whatToDo : words.confirm,
    ...(suspendsAt === undefined ? [] : [words.suspendsAt(time(suspendsAt))]),
  ]);
}
