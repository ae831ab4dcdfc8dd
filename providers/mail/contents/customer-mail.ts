import type { CustomerRecipient } from '../../../contract/maintenance/customer-mail';
import type { OperationFailure } from '../../../contract/operations/messages';
import { paragraph, render, type Rendered } from '../layout';
import type { Catalogue, Correctable } from '../locales/catalogue';
import { localeOf, type Locale } from '../locales/locale';
import { isolated } from '../text';

/** Content of the mail that tells a customer why their tenant is not set up. */
export interface NotSetUp {
  organizationName: string;
  /** The only internal id in the mail, for the customer to quote to support. */
  operationId: string;
  failure: Pick<OperationFailure, 'type' | 'pointer'>;
  /** The approver's comment on the rejection. */
  comment?: string | undefined;
  to?: CustomerRecipient | undefined;
}

/** Renders the mail about a tenant that is being undone. It reveals no internals. */
export function customerMail(mail: NotSetUp, locale: Locale = localeOf()): Rendered {
  const { organizationName, operationId, failure, comment = '' } = mail;
  const name = isolated(organizationName);
  const { notSetUp, cancelled, closing } = locale.texts;
  const { subject, paragraphs } =
    failure.type === 'Cancelled'
      ? { subject: cancelled.subject(name), paragraphs: cancelled.paragraphs(name) }
      : {
          subject: notSetUp.subject(name),
          paragraphs: [
            `${notSetUp.failed(name)} ${explain(failure, notSetUp)}`,
            ...(comment === '' ? [] : [notSetUp.reasonGiven(isolated(comment))]),
            notSetUp.nothingCharged,
          ],
        };
  return render(
    subject,
    [
      ...paragraphs.map(paragraph),
      paragraph(closing.quoteReference),
      { kind: 'value', label: closing.reference, value: operationId },
      { kind: 'footer', text: mail.to === 'contact' ? closing.whyContact : closing.notExpected },
    ],
    locale,
  );
}

function explain({ type, pointer }: NotSetUp['failure'], texts: Catalogue['notSetUp']): string {
  if (type === 'ApprovalRejected' || type === 'ApprovalExpired') return texts.notApproved;
  const known = Object.hasOwn(texts.toCorrect, type) ? texts.toCorrect[type as Correctable] : undefined;
  return pointer === undefined || known === undefined ? texts.ours : known;
}
