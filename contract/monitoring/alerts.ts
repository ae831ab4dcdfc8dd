/** How urgent an alert is: act at once, or within working hours. */
export const ALERT_SEVERITIES = ['page', 'ticket'] as const;

/** One of {@link ALERT_SEVERITIES}. */
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** Path below which the API takes alerts as an Alertmanager does (its API v2): a server of alert rules is pointed at this address. */
export const ALERTS_PATH = '/v1/providers/alerts';

/** Labels that a tenant's alerts carry from its rules to the API. */
export const ALERT_LABELS = { tenant: 'tenant', severity: 'severity', receivers: 'receivers' } as const;
