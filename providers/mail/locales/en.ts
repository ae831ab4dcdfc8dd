import type { Catalogue } from './catalogue';

const EVERYTHING_IS_DELETED = 'all data, files, accounts and backups are deleted. This cannot be undone.';

/** Mails to customers in English. */
export const EN: Catalogue = {
  tag: 'en-GB',
  direction: 'ltr',
  closing: {
    quoteReference: 'If you contact us about this, please quote this reference:',
    reference: 'Reference',
    whyFirstAdmin: 'You get this mail because you are the first administrator of this workspace.',
    whyContact: 'You get this mail because your organization named this address as a contact for this workspace.',
    notExpected: 'If you did not expect this mail, ignore it.',
  },
  welcome: {
    subject: (name) => `${name} is ready`,
    subjectAgain: (name) => `New credentials for ${name}`,
    ready: (name) => `The workspace of ${name} is ready, and you are its first administrator.`,
    readyAgain: (name) =>
      `You are the first administrator of ${name}, and your credentials have been replaced. Any earlier link is void, and so are the password and the API keys it led to.`,
    fetch: (until) =>
      `Your first password and the API keys are not in this mail. You can fetch them here once${until === undefined ? '' : `, until ${until}`}:`,
    fetchAgain: (until) =>
      `Your new password and the API keys are not in this mail. You can fetch them here once${until === undefined ? '' : `, until ${until}`}:`,
    fetchLabel: 'Fetch the password and the keys',
    thenLogIn: 'Then log in with the user name below. You will be asked to choose a password of your own.',
    userName: 'User name',
    logIn: 'Log in',
    notExpected: 'If you did not expect this mail, ignore it: nobody can log in without the link above.',
  },
  notSetUp: {
    subject: (name) => `${name} could not be set up`,
    failed: (name) => `The workspace of ${name} could not be set up.`,
    toCorrect: {
      PlanNotFound: 'The plan that was ordered is not available. Please order again with an available plan.',
      FeatureNotInPlan:
        'A feature that was ordered is not part of the plan. Please order again without it, or with a plan that includes it.',
      IntegrationNotInPlan:
        'An integration that was ordered is not part of the plan. Please order again without it, or with a plan that includes it.',
      CustomizationNotAllowed:
        'The order changes a setting that this plan does not allow to be changed. Please order again without that change.',
      CustomizationInvalid:
        'The order sets part of the plan to a value that is not possible. Please correct it and order again.',
      RegionNotFound:
        'The location that was ordered for your data does not exist. Please order again with a different one.',
      ResidencyNotPossible:
        'Your data cannot be kept in the location that was ordered. Please order again with a different country or region.',
      TransferNotAllowed:
        'Part of the order would send your data to a country where it must not be kept. Please order again without that part, or with a different location for your data.',
      CapabilityMissing:
        'Part of the order is not available in the location chosen for your data. Please order again without that part, or with a different region.',
      PaymentMethodDeclined:
        'The payment method cannot be used for later payments. Please order again with another one, for example a card. If it was a card, your bank can tell you why it was declined.',
      TaxIdRefused:
        'A tax id in the order is not valid. Please order again with the tax id as your tax office writes it, or without it.',
    },
    notApproved: 'Part of the order needs approval and was not approved. You can order again without that part.',
    ours: 'This failed for technical reasons on our side. You do not need to correct anything; please order again later.',
    reasonGiven: (reason) => `The reason given: ${reason}`,
    nothingCharged: 'Nothing was charged. Everything that had been prepared is being removed.',
  },
  cancelled: {
    subject: (name) => `The order for ${name} was cancelled`,
    paragraphs: (name) => [
      `The order for the workspace of ${name} was cancelled, so it is not set up.`,
      'Nothing was charged. Everything that had been prepared is being removed.',
    ],
  },
  accepted: {
    subject: (name) => `We are setting up ${name}`,
    paragraphs: (name) => [
      `We have received the order for ${name} and are setting up the workspace.`,
      'You do not need to do anything now. Another mail follows as soon as the workspace is ready.',
    ],
  },
  approvalPending: {
    subject: (name) => `The order for ${name} is waiting for approval`,
    paragraphs: (name) => [
      `The order for ${name} asks for something that we have to approve first. We are looking at it; you do not need to do anything.`,
      'We tell you as soon as it is decided. Nothing is charged before.',
    ],
    until: (time) => `A decision is made by ${time}.`,
  },
  approved: {
    subject: (name) => `The order for ${name} is approved`,
    paragraphs: (name) => [
      `The order for ${name} is approved, and we are now setting up the workspace.`,
      'Another mail follows as soon as the workspace is ready.',
    ],
  },
  delayed: {
    subject: (name) => `Setting up ${name} takes longer than usual`,
    paragraphs: (name) => [
      `Setting up the workspace of ${name} takes longer than usual. We know about it and are working on it.`,
      'You do not need to do anything, and nothing has been charged. Another mail says how it went on.',
    ],
  },
  setUp: {
    subject: (name) => `The workspace of ${name} is set up`,
    ready: (name) => `The workspace of ${name} is set up and can be used.`,
    plan: 'Plan',
    address: 'Open the workspace',
    credentialsElsewhere: 'A separate mail to the first administrator explains how to log in.',
  },
  suspended: {
    subject: (name) => `${name} is suspended`,
    why: (name) => `The workspace of ${name} is suspended.`,
    because: {
      non_payment: (name) => `The workspace of ${name} is suspended because an invoice is unpaid.`,
      abuse: (name) =>
        `The workspace of ${name} is suspended because it was used in a way that our terms do not allow.`,
      customer_request: (name) => `The workspace of ${name} is suspended, as your organization has asked.`,
      trial_ended: (name) => `The workspace of ${name} is suspended because its trial has ended.`,
    },
    closed: 'Until it is opened again, nobody can sign in, and the application and the API keys do not work.',
    readOnly:
      'Until it is opened again, people can sign in and read what is there, but change nothing. The same applies to the API keys.',
    kept: 'All your data is kept, and backups go on. No payments are collected for this time.',
    wayBack: 'Contact us to have the workspace opened again.',
    wayBackAfter: {
      non_payment: 'Please pay what is outstanding. Contact us once that is done, and we open the workspace again.',
      trial_ended: 'To go on, contact us and choose a plan. The workspace is then opened again as it was.',
    },
  },
  resumed: {
    subject: (name) => `${name} is open again`,
    paragraphs: (name) => [
      `The workspace of ${name} is open again, as it was before it was suspended.`,
      'Everybody can sign in again, the API keys work, and payments are collected as before.',
    ],
  },
  leaving: {
    subject: (name, date) => `${name} will be removed on ${date}`,
    subjectNow: (name) => `${name} is being removed`,
    will: (name) => `The workspace of ${name} will be removed.`,
    willBecause: {
      non_payment: (name) => `The workspace of ${name} will be removed because an invoice is unpaid.`,
      abuse: (name) =>
        `The workspace of ${name} will be removed because it was used in a way that our terms do not allow.`,
      customer_request: (name) => `The workspace of ${name} will be removed, as your organization has asked.`,
      trial_ended: (name) => `The workspace of ${name} will be removed because its trial has ended.`,
    },
    now: (name) => `The workspace of ${name} is being removed.`,
    nowBecause: {
      non_payment: (name) => `The workspace of ${name} is being removed because an invoice is unpaid.`,
      abuse: (name) =>
        `The workspace of ${name} is being removed because it was used in a way that our terms do not allow.`,
      customer_request: (name) => `The workspace of ${name} is being removed, as your organization has asked.`,
      trial_ended: (name) => `The workspace of ${name} is being removed because its trial has ended.`,
    },
    closed: 'It is closed: nobody can sign in, and the application and the API keys do not work.',
    deletedAt: (time) => `On ${time}, or soon after, ${EVERYTHING_IS_DELETED}`,
    deletedNow: `A${EVERYTHING_IS_DELETED.slice(1)}`,
    copy: 'Before that, a copy of your data is made. Another mail says how you can fetch it.',
    callOff:
      'Until then the removal can be called off, and the workspace is then as it was before. If you want that, contact us in good time.',
  },
  calledOff: {
    subject: (name) => `${name} is not removed`,
    paragraphs: (name) => [
      `The removal of the workspace of ${name} was called off. Nothing in it was deleted.`,
      'The workspace is as it was before its removal was requested.',
    ],
    copyDeleted: 'The copy of your data that belongs to the removal is deleted and cannot be fetched any more.',
  },
  exported: {
    subject: (name) => `The data of ${name} can be fetched`,
    made: (name) => `A copy of all data of ${name} has been made: an encrypted archive.`,
    keptUntil: (time) => `It is kept until ${time}.`,
    contactUs: 'Contact us to get the archive.',
    ownKey: 'It is encrypted for the key that your organization named. Only that key opens it.',
    keyHere: 'The key that opens it is not in this mail. You can fetch it here once, so keep it well:',
    fetchKey: 'Fetch the key',
  },
  trialEnding: {
    subject: (name, date) => `The trial of ${name} ends on ${date}`,
    ends: (name, date) => `The trial of ${name} ends on ${date}.`,
    then: {
      suspend: 'The workspace is suspended then: nobody can sign in, and all your data is kept.',
      deprovision:
        'The workspace is closed then, and later removed with everything in it. Before that, another mail names the date.',
    },
    toGoOn: 'To go on without a break, contact us before that date and choose a plan.',
  },
  paymentFailed: {
    subject: (name) => `The payment for ${name} did not go through`,
    subjectAction: (name) => `The payment for ${name} needs your confirmation`,
    failed: (name) => `We could not collect the payment for the workspace of ${name}, so an invoice is unpaid.`,
    action: (name) => `Your bank asks for your confirmation before it pays the invoice for the workspace of ${name}.`,
    whatToDo: 'Please check your payment method, or give us another one. We then try again by ourselves.',
    confirm: 'Please confirm the payment through the link in the invoice mail, or give us another payment method.',
    suspendsAt: (time) =>
      `If the invoice is still unpaid on ${time}, the workspace is suspended. All your data is kept, and it is opened again once you have paid.`,
  },
  paymentReceived: {
    subject: (name) => `The payment for ${name} has arrived`,
    paragraphs: (name) => [
      `The invoice for the workspace of ${name} that was unpaid is now paid. Thank you.`,
      'You do not need to do anything else.',
    ],
  },
};
