import type { FailureType } from '../../../contract/operations/failures';
import type { SuspensionReason } from '../../../contract/tenants/reasons';

/** Failures of an order that its customer can correct. */
export type Correctable = Extract<
  FailureType,
  | 'PlanNotFound'
  | 'FeatureNotInPlan'
  | 'IntegrationNotInPlan'
  | 'CustomizationNotAllowed'
  | 'CustomizationInvalid'
  | 'RegionNotFound'
  | 'ResidencyNotPossible'
  | 'TransferNotAllowed'
  | 'CapabilityMissing'
  | 'PaymentMethodDeclined'
  | 'TaxIdRefused'
>;

/** A text that contains the customer's name. */
type OfName = (name: string) => string;

/** A text that contains a time. */
type AtTime = (time: string) => string;

/** A mail whose content never varies. */
interface Plain {
  subject: OfName;
  paragraphs: (name: string) => string[];
}

/**
 * The texts of every mail to customers in one language. Each language implements all of it, so a missing text does not compile. Names and
 * times arrive ready to be shown.
 */
export interface Catalogue {
  /** BCP 47 tag of the language, with the region whose dates are shown if the order names none. */
  tag: string;
  direction: 'ltr' | 'rtl';
  /** End of every mail. */
  closing: {
    quoteReference: string;
    reference: string;
    whyFirstAdmin: string;
    whyContact: string;
    notExpected: string;
  };
  welcome: {
    subject: OfName;
    subjectAgain: OfName;
    ready: OfName;
    readyAgain: OfName;
    /** `until`: absent if the link has no end. */
    fetch: (until: string | undefined) => string;
    fetchAgain: (until: string | undefined) => string;
    fetchLabel: string;
    thenLogIn: string;
    userName: string;
    logIn: string;
    notExpected: string;
  };
  notSetUp: {
    subject: OfName;
    failed: OfName;
    /** Explains a failure that the customer can correct. */
    toCorrect: Record<Correctable, string>;
    notApproved: string;
    ours: string;
    reasonGiven: (reason: string) => string;
    nothingCharged: string;
  };
  cancelled: Plain;
  accepted: Plain;
  approvalPending: Plain & { until: AtTime };
  approved: Plain;
  delayed: Plain;
  setUp: {
    subject: OfName;
    ready: OfName;
    plan: string;
    address: string;
    credentialsElsewhere: string;
  };
  suspended: {
    subject: OfName;
    why: OfName;
    /** The same with a reason. */
    because: Record<SuspensionReason, OfName>;
    closed: string;
    readOnly: string;
    kept: string;
    wayBack: string;
    wayBackAfter: Partial<Record<SuspensionReason, string>>;
  };
  resumed: Plain;
  leaving: {
    subject: (name: string, date: string) => string;
    subjectNow: OfName;
    will: OfName;
    willBecause: Record<SuspensionReason, OfName>;
    now: OfName;
    nowBecause: Record<SuspensionReason, OfName>;
    closed: string;
    deletedAt: AtTime;
    deletedNow: string;
    copy: string;
    callOff: string;
  };
  calledOff: Plain & { copyDeleted: string };
  exported: {
    subject: OfName;
    made: OfName;
    keptUntil: AtTime;
    contactUs: string;
    ownKey: string;
    keyHere: string;
    fetchKey: string;
  };
  trialEnding: {
    subject: (name: string, date: string) => string;
    ends: (name: string, date: string) => string;
    then: Record<'suspend' | 'deprovision', string>;
    toGoOn: string;
  };
  paymentFailed: {
    subject: (name: string) => string;
    subjectAction: (name: string) => string;
    failed: (name: string) => string;
    action: (name: string) => string;
    whatToDo: string;
    confirm: string;
    suspendsAt: (time: string) => string;
  };
  paymentReceived: { subject: (name: string) => string; paragraphs: (name: string) => string[] };
}
