import type { CustomerRecipient } from '../../../contract/maintenance/customer-mail';
import { paragraph, type Block } from '../layout';
import type { Locale } from './locale';

/** What a mail to a customer ends with: the reference for questions, and why this person gets it. */
export function closing({ texts }: Locale, operationId: string, to: CustomerRecipient): Block[] {
  const { quoteReference, reference, whyContact, whyFirstAdmin } = texts.closing;
  return [
    paragraph(quoteReference),
    { kind: 'value', label: reference, value: operationId },
    { kind: 'footer', text: to === 'contact' ? whyContact : whyFirstAdmin },
  ];
}
