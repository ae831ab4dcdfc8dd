/** Where Keycloak is and how this program signs in to it. */
export interface KeycloakSettings {
  /** Base URL without a trailing slash, for instance `https://login.example.com`. */
  url: string;
  /** The realm all tenants share; made by `prepare` when it does not exist. */
  realm: string;
  /** A service client of the `master` realm whose service account may create and administer realms. */
  clientId: string;
  clientSecret: string;
  /**
   * Base URL of the SaaS application, for instance `https://app.example.com`: the only place its login may return to. Without one,
   * admins are sent to Keycloak's own account console.
   */
  applicationUrl?: string | undefined;
}
