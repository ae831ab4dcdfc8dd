import { TENANTS_ID } from './route';

/** What Caddy is started with. */
export interface BaseConfig {
  /** `host:port` of its own API, which has no password: keep it within the network of the workers. */
  admin: string;
  /** Host to listen on; empty for every address. */
  host: string;
  httpPort: number;
  httpsPort: number;
  storageDir: string;
  /** Where this program's API is asked whether a certificate may be obtained. */
  askUrl: string;
  acme: { directoryUrl: string; trustedRootFiles?: string[]; email?: string };
}

/**
 * The configuration with which Caddy starts: a place for the tenants' routes, certificates on demand, and 421 for every other host
 * (RFC 9110 §15.5.20). Routes are in a handler of their own, so that Caddy does not obtain certificates for their hosts by itself.
 */
export function baseConfig({ admin, host, httpPort, httpsPort, storageDir, askUrl, acme }: BaseConfig): object {
  const secure = httpsPort !== 443 ? `:${httpsPort}` : '';
  return {
    admin: { listen: admin },
    storage: { module: 'file_system', root: storageDir },
    apps: {
      http: {
        http_port: httpPort,
        https_port: httpsPort,
        servers: {
          edge: {
            listen: [`${host}:${httpsPort}`],
            protocols: ['h1', 'h2'],
            tls_connection_policies: [{}],
            routes: [
              { handle: [{ '@id': TENANTS_ID, handler: 'subroute', routes: [] }] },
              { handle: [{ handler: 'static_response', status_code: 421 }] },
            ],
          },
          redirect: {
            listen: [`${host}:${httpPort}`],
            automatic_https: { disable: true },
            routes: [
              {
                handle: [
                  {
                    handler: 'static_response',
                    status_code: 308,
                    headers: { Location: [`https://{http.request.host}${secure}{http.request.uri}`] },
                  },
                ],
              },
            ],
          },
        },
      },
      tls: {
        automation: {
          on_demand: { permission: { module: 'http', endpoint: askUrl } },
          policies: [
            {
              on_demand: true,
              issuers: [
                {
                  module: 'acme',
                  ca: acme.directoryUrl,
                  ...(acme.email === undefined ? {} : { email: acme.email }),
                  ...(acme.trustedRootFiles === undefined ? {} : { trusted_roots_pem_files: acme.trustedRootFiles }),
                },
              ],
            },
          ],
        },
      },
    },
  };
}
