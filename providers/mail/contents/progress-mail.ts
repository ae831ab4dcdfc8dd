import type { CustomerRecipient, ProgressNotice } from '../../../contract/maintenance/customer-mail';
import { paragraph, render, type Block, type Rendered } from '../layout';
import { closing } from '../locales/closing';
import { localeOf, type Locale } from '../locales/locale';
import { isolated } from '../text';

/** Content of a mail about the progress of an order. */
export type ProgressMail = {
  organizationName: string;
  /** The only internal id in the mail, for the customer to quote to support. */
  operationId: string;
  to: CustomerRecipient;
} & (
  | { about: Exclude<ProgressNotice, 'approval-pending' | 'set-up'> }
  | { about: 'approval-pending'; deadline?: Date | undefined }
  | { about: 'set-up'; planName: string; adminUrl: string }
);

/** Renders a mail about the progress of an order, or about its completion. */
export function progressMail(mail: ProgressMail, locale: Locale = localeOf()): Rendered {
  const { subject, blocks } = contentOf(mail, locale);
  return render(subject, [...blocks, ...closing(locale, mail.operationId, mail.to)], locale);
}

function contentOf(mail: ProgressMail, { texts, time }: Locale): { subject: string; blocks: Block[] } {
  const name = isolated(mail.organizationName);
  const plain = ({ subject, paragraphs }: (typeof texts)['accepted']): { subject: string; blocks: Block[] } => ({
    subject: subject(name),
    blocks: paragraphs(name).map(paragraph),
  });
  switch (mail.about) {
    case 'accepted':
    case 'approved':
    case 'delayed':
      return plain(texts[mail.about]);
    case 'approval-pending': {
      const { subject, blocks } = plain(texts.approvalPending);
      const until = mail.deadline && paragraph(texts.approvalPending.until(time(mail.deadline)));
      return { subject, blocks: until ? [...blocks, until] : blocks };
    }
    case 'set-up': {
      const words = texts.setUp;
      return {
        subject: words.subject(name),
        blocks: [
          paragraph(words.ready(name)),
          { kind: 'facts', rows: [[words.plan, mail.planName]] },
          { kind: 'link', label: words.address, url: mail.adminUrl },
          paragraph(words.credentialsElsewhere),
        ],
      };
    }
  }
}
