/** Address of the Keycloak server, and the credentials for signing in to it. */
export interface KeycloakSettings {
  /** Base URL without a trailing slash, such as `https://login.example.com`. */
  url: string;
  /** The realm that all tenants share; `prepare` creates it if it does not exist. */
  realm: string;
  /** A client of the `master` realm whose service account may create and administer realms. */
  clientId: string;
  clientSecret: string;
  /**
   * Base URL of the SaaS application, such as `https://app.example.com`: the only place to which a login may return. Without one, admins
   * are sent to Keycloak's own account console.
   */
  applicationUrl?: string | undefined;
}
