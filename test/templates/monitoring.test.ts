import { checksWithoutRule } from '../../activities/verification/baseline';
import { KNOWN_CHECKS } from '../../activities/verification/check-catalogue';
import { loadBaseline } from '../../templates/baseline';
import { loadTemplates } from '../../templates/load';
import { plannedResources } from '../../templates/placement/planned-resources';
import { unmetNeeds } from '../../templates/placement/suitable-regions';
import type { ProvisioningTemplate } from '../../templates/template';
import { regionProfile } from '../helpers/regions';
import { TEMPLATES, withEdited } from './copy';

const ALERT = '{ name: errors, expression: errors > 1, afterMinutes: 5, severity: page }';
const withMonitoring = (alerts: string): ProvisioningTemplate =>
  withEdited(
    'professional',
    (yaml) => `${yaml}\nmonitoring: { retentionDays: 30, alerts: [${alerts}] }\n`,
    (directory) => loadTemplates(directory).get('professional'),
  );

test('a plan with monitoring makes an account, and every check of it has a rule', () => {
  const template = withMonitoring(ALERT);
  expect(template.monitoring?.alerts).toHaveLength(1);
  const kinds = plannedResources({}, template, regionProfile('eu-central', 'EU')).map(({ kind }) => kind);
  expect(kinds).toContain('monitoring-account');
  expect(checksWithoutRule(loadBaseline(TEMPLATES, KNOWN_CHECKS), template)).toEqual([]);
});

test('no plan that ships has monitoring, which a region without its servers could not sell', () => {
  const plans = loadTemplates(TEMPLATES).list();
  expect(plans.filter(({ monitoring }) => monitoring !== undefined)).toEqual([]);
});

test('a region without servers, or with a shorter retention, cannot serve the plan and says why', () => {
  const template = withMonitoring('');
  const unmet = (monitoringDays?: number): string[] =>
    unmetNeeds(regionProfile('eu-central', 'EU', { monitoringDays }), {}, template);
  expect(unmet()).toEqual(['plan professional needs servers for metrics and logs, but the region has none']);
  expect(unmet(7)).toEqual(['plan professional keeps metrics and logs for 30 days, the region for 7']);
  expect([unmet(30), unmet(90)]).toEqual([[], []]);
});

test.each([
  [`${ALERT}, ${ALERT}`, 'errors occurs twice'],
  [ALERT.replace('page', 'loud'), '/monitoring/alerts/0/severity'],
  [ALERT.replace('errors,', 'Not A Name,'), '/monitoring/alerts/0/name'],
])('a template with the alerts %s is refused with %s', (alerts, why) => {
  expect(() => withMonitoring(alerts)).toThrow(why);
});
