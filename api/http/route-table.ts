import type { ApiDependencies } from '../dependencies';
import type { Metrics } from '../metrics';
import type { Route } from './route';
import { accessRoutes } from '../routes/platform/access';
import { apiKeyVerificationRoutes } from '../routes/tenants/api-key-verification';
import { apiKeyRoutes } from '../routes/tenants/api-keys';
import { approvalRoutes } from '../routes/operations/approvals';
import { attemptRoutes } from '../routes/operations/attempts';
import { attentionRoutes } from '../routes/platform/attention';
import { auditRoutes } from '../routes/audit/audit';
import { auditEntryRoutes } from '../routes/audit/audit-entries';
import { auditFindingRoutes } from '../routes/audit/audit-findings';
import { backupRoutes } from '../routes/tenants/backups';
import { capacityRoutes } from '../routes/platform/capacity';
import { cancellationRoutes } from '../routes/operations/cancellations';
import { certificateRoutes } from '../routes/tenants/certificate';
import { codecRoutes } from '../routes/platform/codec';
import { edgeAskRoutes } from '../routes/edge/ask';
import { domainRoutes } from '../routes/identity/domains';
import { ssoRoutes } from '../routes/identity/sso';
import { ssoLinkRoutes } from '../routes/identity/sso-links';
import { credentialRoutes } from '../routes/tenants/credentials';
import { documentationRoutes } from '../routes/platform/documentation';
import { eventRoutes } from '../routes/events/events';
import { flagEvaluationRoutes } from '../routes/flags/evaluation';
import { tenantFlagRoutes } from '../routes/flags/tenant-flags';
import { evidenceRoutes } from '../routes/tenants/evidence';
import { exportRoutes } from '../routes/tenants/exports';
import { healthRoutes } from '../routes/platform/health';
import { legalHoldRoutes } from '../routes/tenants/legal-holds';
import { lifecycleRoutes } from '../routes/tenants/lifecycle';
import { meRoutes } from '../routes/platform/me';
import { metricsRoutes } from '../routes/platform/metrics';
import { operationRoutes } from '../routes/operations/operations';
import { orderedRoutes } from '../routes/operations/ordered';
import { orderRoutes } from '../routes/operations/orders';
import { previewRoutes } from '../routes/operations/preview';
import { provisioningMetricsRoutes } from '../routes/platform/provisioning-metrics';
import { regionRoutes } from '../routes/platform/regions';
import { resolutionRoutes } from '../routes/operations/resolutions';
import { scanRoutes } from '../routes/tenants/scans';
import { scimTokenRoutes } from '../routes/tenants/scim-tokens';
import { stepMetricsRoutes } from '../routes/platform/step-metrics';
import { sweepRoutes } from '../routes/platform/sweeps';
import { tenantKeyRoutes } from '../routes/tenants/tenant-keys';
import { templateVersionRoutes } from '../routes/platform/template-versions';
import { billingFindingRoutes } from '../routes/billing/findings';
import { invoiceRoutes } from '../routes/billing/invoices';
import { stripeEventRoutes } from '../routes/billing/stripe-events';
import { templateRoutes } from '../routes/platform/templates';
import { tenantRoutes } from '../routes/tenants/tenants';
import { trialRoutes } from '../routes/tenants/trials';
import { tenantUsageRoutes } from '../routes/usage/tenant-usage';
import { usageReportRoutes } from '../routes/usage/report';
import { webhookDeliveryRoutes } from '../routes/webhooks/deliveries';
import { webhookActionRoutes } from '../routes/webhooks/endpoint-actions';
import { webhookEndpointRoutes } from '../routes/webhooks/endpoints';

/** All routes. Express serves them, the OpenAPI document describes them and the tests iterate over them. */
export function routeTable(dependencies: ApiDependencies, metrics: Metrics): Route[] {
  const routes = [
    ...orderRoutes(dependencies),
    ...previewRoutes(dependencies),
    ...tenantRoutes(dependencies),
    ...lifecycleRoutes(dependencies),
    ...legalHoldRoutes(dependencies),
    ...trialRoutes(dependencies),
    ...evidenceRoutes(dependencies),
    ...certificateRoutes(dependencies),
    ...credentialRoutes(dependencies),
    ...backupRoutes(dependencies),
    ...exportRoutes(dependencies),
    ...tenantKeyRoutes(dependencies),
    ...apiKeyRoutes(dependencies),
    ...apiKeyVerificationRoutes(dependencies),
    ...tenantFlagRoutes(dependencies),
    ...flagEvaluationRoutes(dependencies),
    ...usageReportRoutes(dependencies),
    ...tenantUsageRoutes(dependencies),
    ...scimTokenRoutes(dependencies),
    ...domainRoutes(dependencies),
    ...ssoRoutes(dependencies),
    ...ssoLinkRoutes(dependencies),
    ...operationRoutes(dependencies),
    ...attemptRoutes(dependencies),
    ...orderedRoutes(dependencies),
    ...eventRoutes(dependencies, metrics),
    ...approvalRoutes(dependencies),
    ...cancellationRoutes(dependencies),
    ...resolutionRoutes(dependencies),
    ...scanRoutes(dependencies),
    ...sweepRoutes(dependencies),
    ...auditRoutes(dependencies),
    ...auditEntryRoutes(dependencies),
    ...auditFindingRoutes(dependencies),
    ...webhookEndpointRoutes(dependencies),
    ...webhookActionRoutes(dependencies),
    ...webhookDeliveryRoutes(dependencies),
    ...stripeEventRoutes(dependencies),
    ...billingFindingRoutes(dependencies),
    ...invoiceRoutes(dependencies),
    ...attentionRoutes(dependencies),
    ...capacityRoutes(dependencies),
    ...accessRoutes(dependencies),
    ...templateRoutes(dependencies),
    ...templateVersionRoutes(dependencies),
    ...regionRoutes(dependencies),
    ...codecRoutes(dependencies),
    ...edgeAskRoutes(dependencies),
    ...meRoutes(dependencies),
    ...healthRoutes(dependencies),
    ...metricsRoutes(metrics),
    ...provisioningMetricsRoutes(dependencies),
    ...stepMetricsRoutes(dependencies),
  ];
  return [...routes, ...documentationRoutes(routes, dependencies.publicUrl)];
}
