import { EDGE_ROUTE_KIND } from '../../contract/edge/route';
import type { Edge } from '../../providers/edge/edge';
import type { Check } from '../../providers/port/check';
import { failure, toFailure } from '../../providers/port/failures';
import { findConnectRequest, type ConnectRequest } from '../../registry/edge/connections';
import type { LedgerRow } from '../../registry/ledger/ledger';
import { configureResource, verifyConfigured, type ConfigureDependencies } from '../operations/configure-resource';
import type { DomainConnectionActivities } from './interface';

/** A tenant's custom domain at the edge: connected, verified over TLS, and disconnected. */
export function createConnectDomain(dependencies: ConfigureDependencies & { edge: Edge }): DomainConnectionActivities {
  const { edge, effects, pool, signal } = dependencies;
  return {
    async connectDomain({ operationId, step }) {
      const { tenantId, domain } = await load(operationId);
      if (!edge.route)
        throw failure(
          'CapabilityMissing',
          `The custom domain of tenant ${tenantId} cannot be served: this worker has no edge. Set EDGE_ADDRESS and what belongs to it.`,
        );
      const wanted = { kind: edge.route, spec: {}, settings: { domain }, ends: domain === null };
      await configureResource(dependencies, { operationId, tenantId, step }, wanted);
    },

    async verifyDomain({ operationId }) {
      const { tenantId } = await load(operationId);
      await verifyConfigured(
        dependencies,
        { operationId, tenantId, kind: EDGE_ROUTE_KIND, probe: 'edge.domain' },
        async (row) => {
          const { domain } = row.settings;
          return typeof domain === 'string' ? served(domain) : withoutHost(row);
        },
        (answered) =>
          `The custom domain of tenant ${tenantId} is not served as it was asked: ${answered}. Let its CNAME or A record lead to the edge, see that its CAA records allow the certificate authority, then check the domain again.`,
      );
    },
  };

  async function served(domain: string): Promise<Check> {
    const claim = 'the edge serves the custom domain with a certificate that is trusted';
    try {
      const answer = await edge.look(domain, signal());
      const passed = 'status' in answer && answer.status !== 421 && !answer.closed;
      return { id: 'edge.domain', claim, passed, answered: 'status' in answer ? `${answer.status}` : answer.refused };
    } catch (error) {
      throw toFailure(error, 'The edge', edge.classify);
    }
  }

  async function withoutHost(row: LedgerRow): Promise<Check> {
    const { state } = await effects.lookUp(row);
    return { id: 'edge.domain', claim: 'the route serves no host name', passed: state === 'present', answered: state };
  }

  async function load(operationId: string): Promise<ConnectRequest> {
    const request = await findConnectRequest(pool, operationId);
    if (!request) throw failure('OperationNotFound', `There is no operation ${operationId} in the registry.`);
    return request;
  }
}
