import { ALERT_LABELS } from '../../../contract/monitoring/alerts';
import type { MonitoringSpec } from '../monitoring';

/**
 * The expression that fires the alert of a rule: it has one result or none, so that a tenant cannot raise more alerts than its plan has rules.
 */
export function firing(expression: string): string {
  return `count((${expression})) > 0`;
}

/**
 * A tenant's rules as a file for vmalert, in JSON, which is YAML. The group's parameter adds the tenant's label to every query, so a rule reads no other tenant's metrics.
 */
export function alertRules(tenantId: string, { alerts, receivers }: MonitoringSpec): string {
  const { tenant, severity, receivers: told } = ALERT_LABELS;
  const rules = alerts.map((rule) => ({
    alert: rule.name,
    expr: firing(rule.expression),
    for: `${rule.afterMinutes}m`,
    labels: {
      [tenant]: tenantId,
      [severity]: rule.severity,
      ...(receivers ? { [told]: receivers.join(',') } : {}),
    },
  }));
  return JSON.stringify({ groups: [{ name: tenantId, params: { extra_label: [`tenant=${tenantId}`] }, rules }] });
}
