import type { BillingComparison } from '../../contract/billing/comparison';
import type { InvoicePage, InvoicesInput } from '../../contract/billing/invoices';

/** How a tenant's arrears stand, by the registry's clock. */
export type ArrearsReport =
  | { state: 'none' }
  | {
      state: 'open';
      /** ISO 8601. */
      since: string;
      /** What to do now; absent if there is nothing to do. */
      due?: 'remind' | 'suspend' | 'resume' | 'close' | undefined;
      /** Seconds until something is due; absent if nothing more is planned before the billing provider reports something. */
      seconds?: number | undefined;
      /** The payment method's owner must authenticate. */
      actionRequired: boolean;
      /** The customer was told of the unpaid invoice, and is to be told that it is paid. */
      thank: boolean;
    };

/** Whether a change was made. `wait`: the tenant is busy, or not in a state for it. `changed`: it is not due any more. */
export interface DunningAnswer {
  answer: 'done' | 'wait' | 'changed';
}

/** How many events could not be handled, and are to be tried again later. */
export interface EventsLeft {
  left: number;
}

/** The activity of the workflow `listInvoices`. */
export interface InvoiceActivities {
  /** A page of a tenant's invoices, newest first; empty if the tenant has no billing account. */
  readInvoices(input: InvoicesInput): Promise<InvoicePage>;
}

/** The activities of the scheduled comparison of the billing provider with the registry. */
export interface ComparisonActivities {
  /**
   * Compares the provider's customers and subscriptions with the ledger, opens findings and ends those that are not so any more. Rejects, and
   * changes nothing, if an answer is missing. Tenants with an open operation are left out.
   */
  compareBilling(): Promise<BillingComparison>;
  /** Mails the operators what was found since the last mail. */
  mailBillingFindings(): Promise<void>;
}

/** The activities that follow a tenant's payments. */
export interface BillingActivities {
  /** Reads from the billing provider whose accounts events are about that do not say so. */
  assignBillingEvents(): Promise<EventsLeft>;
  /** Handles what the billing provider has reported, oldest first. What an event is about is read from the provider. */
  handleBillingEvents(input: { tenantId: string }): Promise<EventsLeft>;
  readArrears(input: { tenantId: string }): Promise<ArrearsReport>;
  recordArrearsReminder(input: { tenantId: string }): Promise<void>;
  /** Accepts the suspension of a tenant that has not paid. */
  suspendForArrears(input: { tenantId: string }): Promise<DunningAnswer>;
  /** Accepts the resumption of a tenant that has paid, if dunning has suspended it. */
  resumeAfterPayment(input: { tenantId: string }): Promise<DunningAnswer>;
  /** Forgets arrears that are paid. */
  closeArrears(input: { tenantId: string }): Promise<void>;
}
