import { z } from 'zod';
import { INVOICE_STATUSES } from '../../billing/invoices';
import { pageOf, timestamp } from '../common';

const amount = z.int().meta({ description: 'In the smallest unit of the currency.', example: 1900 });

/** An invoice of a tenant. */
export const invoiceSchema = z
  .strictObject({
    invoiceId: z.string().meta({ description: 'The billing provider’s id.', example: 'in_1MtHbELkdIwHu7ixl4OzzPMv' }),
    number: z.string().optional().meta({ description: 'Its number for people; absent for a draft.' }),
    status: z.enum(INVOICE_STATUSES),
    currency: z.string().meta({ description: 'ISO 4217, in lower case.', example: 'eur' }),
    total: amount.meta({ description: 'With taxes and discounts, in the smallest unit of the currency.' }),
    amountDue: amount,
    amountPaid: amount,
    amountRemaining: amount,
    createdAt: timestamp,
    dueAt: timestamp.optional(),
    periodBegins: timestamp,
    periodEnds: timestamp,
    hostedUrl: z.url().optional().meta({
      description: 'The provider’s page to look at the invoice and pay it. Anyone with the link can open it.',
    }),
    pdfUrl: z.url().optional(),
  })
  .meta({ id: 'Invoice', description: 'An invoice, as the billing provider has it.' });

/** Answer of `GET /v1/tenants/{id}/invoices`. */
export const invoicePageSchema = pageOf(invoiceSchema, 'InvoicePage');
