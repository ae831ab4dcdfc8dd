/** The workflow type that reads a page of a tenant's invoices from the billing provider. */
export const LIST_INVOICES = 'listInvoices';

/** Input of the workflow {@link LIST_INVOICES}. */
export interface InvoicesInput {
  tenantId: string;
  /** Invoices of the page at most, 1 to 100. */
  limit: number;
  /** Id of the invoice after which the page begins. */
  after?: string;
}

/** States of an invoice at the billing provider (https://docs.stripe.com/invoicing/overview). */
export const INVOICE_STATUSES = ['draft', 'open', 'paid', 'uncollectible', 'void'] as const;

/** One of {@link INVOICE_STATUSES}. */
export type InvoiceStatus = (typeof INVOICE_STATUSES)[number];

/** An invoice, as the billing provider has it. Amounts are in the smallest unit of the currency, times in ISO 8601. */
export interface InvoiceView {
  invoiceId: string;
  /** Its number for people; absent for a draft. */
  number?: string | undefined;
  status: InvoiceStatus;
  currency: string;
  /** With taxes and discounts. */
  total: number;
  amountDue: number;
  amountPaid: number;
  amountRemaining: number;
  createdAt: string;
  dueAt?: string | undefined;
  periodBegins: string;
  periodEnds: string;
  /** The provider's page of the invoice. Anyone with the link can open it. */
  hostedUrl?: string | undefined;
  pdfUrl?: string | undefined;
}

/** A page of a tenant's invoices, newest first. */
export interface InvoicePage {
  items: InvoiceView[];
  /** Id of the last invoice, if there are more. */
  nextCursor?: string | undefined;
}
