/** Payment methods that exist only in Stripe's test mode, and what comes of an order that names one (https://docs.stripe.com/testing). */
export const TEST_PAYMENT_METHODS = [
  { id: 'pm_card_visa', outcome: 'Accepted, and every charge succeeds.' },
  { id: 'pm_card_chargeDeclined', outcome: 'Declined when the order sets up billing.' },
  {
    id: 'pm_card_authenticationRequired',
    outcome: 'Refused when the order sets up billing: its owner would have to authenticate.',
  },
  { id: 'pm_card_chargeCustomerFail', outcome: 'Accepted, and declined when the active tenant is charged.' },
] as const;
