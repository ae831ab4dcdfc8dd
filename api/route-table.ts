import type { ApiDependencies } from './dependencies';
import type { Metrics } from './metrics';
import type { Route } from './route';
import { apiKeyVerificationRoutes } from './routes/api-key-verification';
import { apiKeyRoutes } from './routes/api-keys';
import { approvalRoutes } from './routes/approvals';
import { auditRoutes } from './routes/audit';
import { auditFindingRoutes } from './routes/audit-findings';
import { backupRoutes } from './routes/backups';
import { cancellationRoutes } from './routes/cancellations';
import { codecRoutes } from './routes/codec';
import { credentialRoutes } from './routes/credentials';
import { documentationRoutes } from './routes/documentation';
import { evidenceRoutes } from './routes/evidence';
import { healthRoutes } from './routes/health';
import { meRoutes } from './routes/me';
import { metricsRoutes } from './routes/metrics';
import { operationRoutes } from './routes/operations';
import { orderRoutes } from './routes/orders';
import { regionRoutes } from './routes/regions';
import { resolutionRoutes } from './routes/resolutions';
import { scanRoutes } from './routes/scans';
import { sweepRoutes } from './routes/sweeps';
import { tenantKeyRoutes } from './routes/tenant-keys';
import { templateRoutes } from './routes/templates';
import { tenantRoutes } from './routes/tenants';

/** Every route there is: what Express serves, the documentation shows and the tests go through. */
export function routeTable(dependencies: ApiDependencies, metrics: Metrics): Route[] {
  const routes = [
    ...orderRoutes(dependencies),
    ...tenantRoutes(dependencies),
    ...evidenceRoutes(dependencies),
    ...credentialRoutes(dependencies),
    ...backupRoutes(dependencies),
    ...tenantKeyRoutes(dependencies),
    ...apiKeyRoutes(dependencies),
    ...apiKeyVerificationRoutes(dependencies),
    ...operationRoutes(dependencies),
    ...approvalRoutes(dependencies),
    ...cancellationRoutes(dependencies),
    ...resolutionRoutes(dependencies),
    ...scanRoutes(dependencies),
    ...sweepRoutes(dependencies),
    ...auditRoutes(dependencies),
    ...auditFindingRoutes(dependencies),
    ...templateRoutes(dependencies),
    ...regionRoutes(dependencies),
    ...codecRoutes(dependencies),
    ...meRoutes(),
    ...healthRoutes(dependencies),
    ...metricsRoutes(metrics),
  ];
  return [...routes, ...documentationRoutes(routes, dependencies.publicUrl)];
}
