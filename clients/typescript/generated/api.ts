// Generated from the OpenAPI document by `npm run docs`. Do not edit.

export interface paths {
  '/v1/tenants': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List tenants, newest first
     * @description Unless a state or status is given, tenants that are gone are left out; `state=all` lists every tenant. A token that may only order sees the tenants it ordered.
     *
     *     Requires a token with any of these roles: `tenants:order`, `tenants:read`, `tenants:suspend`, `tenants:deprovision`, `legal-hold:manage`, `operations:operate`.
     */
    get: operations['listTenants'];
    put?: never;
    /**
     * Order a tenant
     * @description The order is accepted at once and carried out in the background: follow the operation. With an `Idempotency-Key`, the same order can be sent again until an answer arrives. It is accepted only once, and a repeat returns the operation’s current status.
     *
     *     Requires a token with any of these roles: `tenants:order`.
     */
    post: operations['orderTenant'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants:preview': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * See what an order would do, without ordering
     * @description Takes the body of an order. Makes, reserves, starts and stores nothing. An order that would be refused, or would fail in its first step, is answered 200 with all violations. A part that cannot be determined in time is listed in `unknown` with the reason. Name, room and prices are a snapshot: they may have changed when the order comes.
     *
     *     Requires a token with any of these roles: `tenants:order`.
     */
    post: operations['previewTenant'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get a tenant and everything created for it
     * @description Requires a token with any of these roles: `tenants:order`, `tenants:read`, `tenants:suspend`, `tenants:deprovision`, `legal-hold:manage`, `operations:operate`.
     */
    get: operations['getTenant'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/configuration': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get the application’s configuration for a tenant
     * @description Returns the newest version. Send the `ETag` you have as `If-None-Match` to get 304 while nothing has changed.
     *
     *     Requires a token with any of these roles: `tenants:read`, `operations:operate`.
     */
    get: operations['getTenantConfiguration'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}:suspend': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Suspend a tenant
     * @description Closes what the tenant has at every provider and keeps it: logins are refused and sessions ended, storage is closed, the organization is disabled, compute stops, billing is paused. Backups and the audit trail go on. If something cannot be closed, everything is opened again.
     *
     *     Requires a token with any of these roles: `tenants:suspend`.
     */
    post: operations['suspendTenant'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}:resume': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Resume a suspended tenant
     * @description Opens what the tenant has, as it was before, tries it from outside, and repeats the checks of its database, storage and compute. If one fails, everything is closed again.
     *
     *     Requires a token with any of these roles: `tenants:suspend`.
     */
    post: operations['resumeTenant'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}:reconcile': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Reconcile a tenant with its providers
     * @description Reads everything the tenant has at its provider and compares it with the ledger. The operation lists each difference in `drift` and changes it back. What was lost is made again where that loses nothing; everything else is left to a person, with a remedy. With `dryRun`, it only lists.
     *
     *     Requires a token with any of these roles: `operations:operate`.
     */
    post: operations['reconcileTenant'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}:deprovision': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Remove a tenant after a grace period
     * @description Closes what the tenant has at once, as a suspension does, announces the removal to its first admin, and waits for the end of the grace period and of every legal hold. Until then the operation can be cancelled, and everything is as it was. Afterwards everything the tenant has is removed at every provider, which cannot be undone.
     *
     *     Requires a token with any of these roles: `tenants:deprovision`.
     */
    post: operations['deprovisionTenant'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/legal-hold': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the legal holds of a tenant
     * @description The one that stands, if one does, and the past ones, with their reasons.
     *
     *     Requires a token with any of these roles: `legal-hold:manage`.
     */
    get: operations['getLegalHolds'];
    /**
     * Place a legal hold on a tenant, or change it
     * @description While the hold stands, nothing that the tenant has is deleted or overwritten: a removal waits, a key cannot be destroyed, nothing is restored over it, and old backups and versions of objects are kept. Repeating the request changes nothing. If the tenant’s key is destroyed, the hold is placed without keeping the reason.
     *
     *     Requires a token with any of these roles: `legal-hold:manage`.
     */
    put: operations['putLegalHold'];
    post?: never;
    /**
     * Lift the legal hold on a tenant
     * @description A removal that waits for it goes on. What the hold has kept is deleted when it is next due.
     *
     *     Requires a token with any of these roles: `legal-hold:manage`.
     */
    delete: operations['liftLegalHold'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/trial': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Move the end of a tenant’s trial
     * @description At the end, the operation begins that the plan’s template names. A trial whose time has passed can be moved, too, and then goes on; resume a tenant that it has suspended.
     *
     *     Requires a token with any of these roles: `tenants:suspend`.
     */
    put: operations['moveTrial'];
    post?: never;
    /**
     * End a tenant’s trial, because the customer pays
     * @description Nothing happens any more when the trial’s time has passed. A tenant that the trial has suspended before stays suspended until it is resumed.
     *
     *     Requires a token with any of these roles: `tenants:suspend`.
     */
    delete: operations['endTrial'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/evidence': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get the evidence for what is claimed about a tenant
     * @description Shows where everything is stored, who else processes personal data, and every provider’s answer with its hash. Contains no secrets and no names of people. With `Accept: text/html`, the answer is a page for printing.
     *
     *     Requires a token with any of these roles: `tenants:read`, `tenants:order`, `operations:operate`.
     */
    get: operations['getTenantEvidence'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/certificate': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get the certificate of a tenant’s removal
     * @description Says what was removed, what every provider answered afterwards, and what stays and why. Signed; it can be verified without this API: `npx tenant-provisioner verify-certificate`. Contains neither personal data nor the tenant’s name. With `Accept: text/html`, the answer is a page for printing.
     *
     *     Requires a token with any of these roles: `tenants:read`, `tenants:order`, `operations:operate`.
     */
    get: operations['getRemovalCertificate'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/credentials:claim': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Claim the credentials of a tenant’s first admin, once
     * @description The token in the mailed link authorizes the claim. Every refusal gets the same answer, whatever its reason. For ten minutes, the same `Idempotency-Key` gets the same credentials again.
     *
     *     Public: needs no API token.
     */
    post: operations['claimCredentials'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/credentials:reissue': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Send the first admin new credentials
     * @description Creates a new link and mails it. The old link and the credentials behind it stop working. The answer contains no secrets.
     *
     *     Requires a token with any of these roles: `operations:operate`.
     */
    post: operations['reissueCredentials'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/backups': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List a tenant’s backups, newest first
     * @description Each entry says what the backup contains and whether it was restored. Failed and removed backups are listed too.
     *
     *     Requires a token with any of these roles: `tenants:read`, `tenants:order`, `operations:operate`.
     */
    get: operations['listBackups'];
    put?: never;
    /**
     * Back up a tenant’s database now
     * @description In addition to the backups that the plan schedules, and kept for as long. Only one backup of a tenant runs at a time: while one is under way, another is refused.
     *
     *     Requires a token with any of these roles: `operations:operate`.
     */
    post: operations['startBackup'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/backups/{backupId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get a backup of a tenant
     * @description Requires a token with any of these roles: `tenants:read`, `tenants:order`, `operations:operate`.
     */
    get: operations['getBackup'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/backups/{backupId}:verify': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Test that a backup can be restored
     * @description Restores the backup into a hidden scratch tenant, compares rows and checksums, and removes the scratch tenant again. Follow `restoreTest` of the backup. While a test of the backup is under way, another request starts nothing.
     *
     *     Requires a token with any of these roles: `operations:operate`.
     */
    post: operations['verifyBackup'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/backups/{backupId}:restore': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Restore a tenant’s database from a backup
     * @description Replaces the tenant’s current data completely or not at all; back it up first. The application waits in the meantime. `confirm` must repeat the tenant’s name. Follow `restore` of the backup.
     *
     *     Requires a token with any of these roles: `operations:operate`.
     */
    post: operations['restoreBackup'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/export': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get the state of a tenant’s newest export
     * @description Requires a token with any of these roles: `tenants:read`, `tenants:order`, `operations:operate`.
     */
    get: operations['getExport'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/export/archive': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Download a volume of a tenant’s export
     * @description Redirects to the region’s object store, so that no data of the tenant passes through another region. The link is good for 15 minutes, also for parts of the file (`Range`); ask again for another one. The file is encrypted: the download needs no secret key, and is useless without it.
     *
     *     Requires a token with any of these roles: `tenants:order`, `operations:operate`.
     */
    get: operations['downloadExport'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/export:claim': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Claim the key of a tenant’s export, once
     * @description The token in the mailed link authorizes the claim. Every refusal gets the same answer, whatever its reason. For ten minutes, the same `Idempotency-Key` gets the same key again; then the product forgets it.
     *
     *     Public: needs no API token.
     */
    post: operations['claimExportKey'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/keys': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the current and former keys of a tenant’s data
     * @description Requires a token with any of these roles: `tenants:read`, `operations:operate`, `keys:destroy`.
     */
    get: operations['getTenantKeys'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/keys:rotate': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Give a tenant a new data key
     * @description Everything that the control plane keeps encrypted for the tenant is re-encrypted, and the previous key is destroyed. Reads and writes continue undisturbed. If the tenant has its own key in key management, that key is renewed first. With an `Idempotency-Key`, a repeated request rotates only once.
     *
     *     Requires a token with any of these roles: `operations:operate`.
     */
    post: operations['rotateTenantKey'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/keys:destroy': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Destroy a tenant’s key, and with it everything encrypted under it
     * @description The tenant’s order, secrets, configuration and backups become permanently unreadable, and its API keys stop working. If the tenant has its own key in key management, that key decrypts nothing from then on and is deleted some days later. This cannot be undone.
     *
     *     Requires a token with any of these roles: `keys:destroy`.
     */
    post: operations['destroyTenantKey'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/api-keys': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the API keys of a tenant
     * @description Requires a token with any of these roles: `api-keys:manage`, `operations:operate`.
     */
    get: operations['listApiKeys'];
    put?: never;
    /**
     * Create another API key for a tenant
     * @description The scopes must be among those that keys of the tenant’s plan have. A name whose key was revoked or has expired can be used again. A lost answer cannot be repeated: revoke the key and create another.
     *
     *     Requires a token with any of these roles: `api-keys:manage`.
     */
    post: operations['createApiKey'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/api-keys/{keyName}:rotate': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Rotate an API key
     * @description The new key has the name and scopes of the previous one, which stays valid for the overlap. A lost answer cannot be repeated: rotate again.
     *
     *     Requires a token with any of these roles: `api-keys:manage`.
     */
    post: operations['rotateApiKey'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/api-keys/{keyName}:revoke': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Revoke the API keys of a name immediately
     * @description Revokes all keys of the name, or only the one with the given prefix. Repeating the request has no further effect.
     *
     *     Requires a token with any of these roles: `api-keys:manage`, `operations:operate`.
     */
    post: operations['revokeApiKey'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/api-keys:verify': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Verify an API key: whose it is, and what it permits
     * @description For the application, when a caller presents a key. Unknown, wrong, expired and revoked keys all get the same answer. The holder of a current key also learns that its tenant is suspended or leaving. A key of a tenant that is suspended read-only is valid with `access: "read-only"`. A revoked key is refused from the next verification on, so cache answers only for as long as you can tolerate a revoked key.
     *
     *     Requires a token with any of these roles: `api-keys:verify`.
     */
    post: operations['verifyApiKey'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/flags': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the feature flags of a tenant
     * @description As they are evaluated, with what the plan and the order have and with the newest change of each.
     *
     *     Requires a token with any of these roles: `flags:manage`, `tenants:read`, `operations:operate`.
     */
    get: operations['listFlags'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/flags/{flag}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Change a feature flag of a tenant
     * @description Chooses among the variants of the plan, for everyone or by a targeting rule. Every evaluation after the answer has the change. Repeating the request changes nothing.
     *
     *     Requires a token with any of these roles: `flags:manage`.
     */
    put: operations['changeFlag'];
    post?: never;
    /**
     * Reset a feature flag of a tenant to what was ordered
     * @description The flag has again the variant and the targeting of the plan and the order.
     *
     *     Requires a token with any of these roles: `flags:manage`.
     */
    delete: operations['resetFlag'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/ofrep/v1/evaluate/flags': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Evaluate all feature flags of the key’s tenant
     * @description For OpenFeature clients that keep the values of one user. Send the `ETag` you have as `If-None-Match` to get 304 while no value has changed for this context. A change of a flag that was answered before this request is in the answer.
     *
     *     Requires an API key of the tenant, of whatever scopes.
     */
    post: operations['evaluateFlags'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/ofrep/v1/evaluate/flags/{flag}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Evaluate a feature flag of the key’s tenant
     * @description For OpenFeature clients of servers, which ask whenever they need a value.
     *
     *     Requires an API key of the tenant, of whatever scopes.
     */
    post: operations['evaluateFlag'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/usage': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Report what tenants have used
     * @description For the application. Records are stored in one transaction, and each has a result of its own: one that is refused holds up no other. If no answer arrives, send the same request again: records count once. A body that does not match the schema stores nothing.
     *
     *     Requires a token with any of these roles: `usage:write`.
     */
    post: operations['reportUsage'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/usage': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get what a tenant has used, and of which limits
     * @description Every meter of the tenant’s plan, and what the product measures itself. At most 400 days. A tenant that is gone has no usage any more.
     *
     *     Requires a token with any of these roles: `tenants:order`, `tenants:read`, `tenants:suspend`, `tenants:deprovision`, `legal-hold:manage`, `operations:operate`.
     */
    get: operations['getTenantUsage'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/scim-tokens': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the SCIM tokens of a tenant
     * @description Requires a token with any of these roles: `api-keys:manage`, `operations:operate`.
     */
    get: operations['listScimTokens'];
    put?: never;
    /**
     * Create a token for the customer’s directory
     * @description With the token, the customer’s own directory (Microsoft Entra ID, Okta, or another SCIM 2.0 client) provisions people and groups of this tenant at `/scim/v2/{tenantId}`. The tenant’s plan must include a directory. A name whose token was revoked or has expired can be used again. A lost answer cannot be repeated: revoke the token and create another.
     *
     *     Requires a token with any of these roles: `api-keys:manage`.
     */
    post: operations['createScimToken'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/scim-tokens/{tokenName}:rotate': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Rotate a SCIM token
     * @description The previous token stays valid for the overlap, so that the customer can enter the new one meanwhile. A lost answer cannot be repeated: rotate again.
     *
     *     Requires a token with any of these roles: `api-keys:manage`.
     */
    post: operations['rotateScimToken'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/scim-tokens/{tokenName}:revoke': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Revoke the SCIM tokens of a name immediately
     * @description Revokes all tokens of the name, or only the one with the given prefix. People and groups that were provisioned with it stay. Repeating the request has no further effect.
     *
     *     Requires a token with any of these roles: `api-keys:manage`, `operations:operate`.
     */
    post: operations['revokeScimToken'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/domains': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the domains of a tenant
     * @description Requires a token with any of these roles: `api-keys:manage`, `operations:operate`, or the session of a link for setting up single sign-on, from the link’s own page.
     */
    get: operations['listDomains'];
    put?: never;
    /**
     * Claim a domain for a tenant
     * @description Answers with a TXT record. Its owner publishes it in the domain’s DNS, which proves that the domain is the customer’s; then call `…/domains/{domain}:check`. The record must stay there: it is looked for again every day. A domain that the tenant has claimed before is answered with the same record.
     *
     *     Requires a token with any of these roles: `api-keys:manage`, or the session of a link for setting up single sign-on, from the link’s own page.
     */
    post: operations['claimDomain'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/domains/{domain}:check': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Look for the record that proves a domain
     * @description Asks the DNS now. If the record is there, the domain is the tenant’s; if it is the tenant’s custom domain, an operation connects it at the edge. A missing record does not end a domain at once: a proved one is withdrawn after seven days.
     *
     *     Requires a token with any of these roles: `api-keys:manage`, `operations:operate`, or the session of a link for setting up single sign-on, from the link’s own page.
     */
    post: operations['checkDomain'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/domains/{domain}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Show a domain of a tenant
     * @description Requires a token with any of these roles: `api-keys:manage`, `operations:operate`.
     */
    get: operations['getDomain'];
    put?: never;
    post?: never;
    /**
     * Remove a domain from a tenant
     * @description Afterwards another tenant can prove it. Refused while the tenant’s single sign-on uses it, or while the edge serves it.
     *
     *     Requires a token with any of these roles: `api-keys:manage`.
     */
    delete: operations['removeDomain'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/identity/sso': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Show a tenant’s single sign-on
     * @description Requires a token with any of these roles: `api-keys:manage`, `operations:operate`, or the session of a link for setting up single sign-on, from the link’s own page.
     */
    get: operations['getSso'];
    /**
     * Connect the company’s own identity provider
     * @description People who type an address in one of the domains at the login are sent to their company’s identity provider (OpenID Connect or SAML 2.0), and are members of the tenant afterwards. People with other addresses are refused. The tenant’s plan must include single sign-on, and every domain must be proved. The identity provider is asked before anything is changed; `…/sso:test` asks it alone. If the change fails, the tenant has the connection it had before. Through a link, `groups` are those of the link, and `rules` stay as they are.
     *
     *     Requires a token with any of these roles: `api-keys:manage`, or the session of a link for setting up single sign-on, from the link’s own page.
     */
    put: operations['configureSso'];
    post?: never;
    /**
     * End a tenant’s single sign-on
     * @description From then on nobody signs in through the company’s identity provider, and the domains can be removed. People keep their accounts, and have them again if the company is connected again; until then those without a password cannot sign in.
     *
     *     Requires a token with any of these roles: `api-keys:manage`.
     */
    delete: operations['endSso'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/identity/sso:test': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Say what is wrong with a single sign-on
     * @description Asks the identity provider for its discovery document and its keys, tries the client and its secret, or reads the metadata and their certificates, and looks at the domains. With `claims`, says which groups a person with them would be in. Changes nothing.
     *
     *     Requires a token with any of these roles: `api-keys:manage`, or the session of a link for setting up single sign-on, from the link’s own page.
     */
    post: operations['testSso'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/identity/sso/links': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the links for setting up single sign-on
     * @description Requires a token with any of these roles: `api-keys:manage`, `operations:operate`.
     */
    get: operations['listSsoLinks'];
    put?: never;
    /**
     * Create a link with which the customer’s administrator sets up single sign-on
     * @description The link can be opened once, and its page needs no account: it proves domains, tests the company’s identity provider and connects it. Send it over a confidential channel. It opens nothing else, and nothing at all once single sign-on is connected, or after it has expired or was revoked. A lost answer cannot be repeated: revoke the link and create another.
     *
     *     Requires a token with any of these roles: `api-keys:manage`.
     */
    post: operations['createSsoLink'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/identity/sso/links/{linkName}:revoke': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Revoke a link for setting up single sign-on
     * @description The link and its session end at once. What was connected through it stays. Repeating the request has no further effect.
     *
     *     Requires a token with any of these roles: `api-keys:manage`, `operations:operate`.
     */
    post: operations['revokeSsoLink'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/identity/sso/links:open': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Open a link for setting up single sign-on, once
     * @description Called by the link’s page when a person presses its button. The session is in a cookie for this tenant’s paths, which only that page can use. Every refusal gets the same answer, whatever its reason. For ten minutes, the same `Idempotency-Key` opens the link again.
     *
     *     Public: needs no API token.
     */
    post: operations['openSsoLink'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/identity/sso/setup': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Say where the setup through a link stands
     * @description Also answers once single sign-on is connected, until the link expires.
     *
     *     Requires the session of a link for setting up single sign-on, from the link’s own page.
     */
    get: operations['getSsoSetup'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/operations': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List operations, newest first
     * @description Results are left out. Operations that have not ended have their `estimate`. A token that may only order sees its own operations.
     *
     *     Requires a token with any of these roles: `tenants:order`, `tenants:read`, `tenants:suspend`, `tenants:deprovision`, `legal-hold:manage`, `approvals:decide`, `operations:operate`.
     */
    get: operations['listOperations'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/operations/{operationId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get the status of an operation
     * @description Answered from the registry, so it works while Temporal or the workers are down; whether workers poll a queue is then unknown. `estimate` says how long the operation still takes, and `progress` of a step how it gets on.
     *
     *     Requires a token with any of these roles: `tenants:order`, `tenants:read`, `tenants:suspend`, `tenants:deprovision`, `legal-hold:manage`, `approvals:decide`, `operations:operate`.
     */
    get: operations['getOperation'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/operations/{operationId}/attempts': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the attempts of an operation’s steps
     * @description Every attempt with its times and its failure, also of the undo. Attempts are recorded as far as possible: a worker that dies may leave one out.
     *
     *     Requires a token with any of these roles: `tenants:order`, `tenants:read`, `tenants:suspend`, `tenants:deprovision`, `legal-hold:manage`, `approvals:decide`, `operations:operate`.
     */
    get: operations['listAttempts'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/operations/{operationId}/order': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get what an operation’s tenant was ordered with
     * @description The order without everything that may name a person or an organization, and every value in which its template differs from the plan of today. Callers who may decide on approvals are also told the organization.
     *
     *     Requires a token with any of these roles: `tenants:order`, `tenants:read`, `tenants:suspend`, `tenants:deprovision`, `legal-hold:manage`, `approvals:decide`, `operations:operate`.
     */
    get: operations['getOperationOrder'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/operations/{operationId}/events': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Follow an operation
     * @description Everything that happens to the operation, from its acceptance on: with `Accept: text/event-stream` as Server-Sent Events, which end with the operation; otherwise as a page, for which `wait` is a long poll. See docs/events.md.
     *
     *     Requires a token with any of these roles: `tenants:order`, `tenants:read`, `tenants:suspend`, `tenants:deprovision`, `legal-hold:manage`, `approvals:decide`, `operations:operate`.
     */
    get: operations['followOperation'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/events': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Follow everything that happens
     * @description Every event that the caller may see, from now on or after a position: with `Accept: text/event-stream` as Server-Sent Events, otherwise as a page, for which `wait` is a long poll. A token that may only order gets the events of its own operations and tenants. See docs/events.md.
     *
     *     Requires a token with any of these roles: `tenants:order`, `tenants:read`, `tenants:suspend`, `tenants:deprovision`, `legal-hold:manage`, `approvals:decide`, `operations:operate`.
     */
    get: operations['followEvents'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/operations/{operationId}/approval': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Approve or reject an operation that waits for approval
     * @description The first decision stands, and repeating it returns the same answer. The caller who placed the order cannot decide.
     *
     *     Requires a token with any of these roles: `approvals:decide`.
     */
    post: operations['decideApproval'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/operations/{operationId}/cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Cancel an operation and undo what it made
     * @description Possible until the pivot of the operation, refused afterwards. Without the role operations:operate, a token can cancel only its own operations. Repeating the request has no further effect.
     *
     *     Requires a token with any of these roles: `operations:operate`, `tenants:order`, `tenants:suspend`, `tenants:deprovision`.
     */
    post: operations['cancelOperation'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}:cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Cancel the open operation of a tenant
     * @description The same as cancelling the operation by its id, for instance to call off the removal of a tenant. 409 if no operation of the tenant is open.
     *
     *     Requires a token with any of these roles: `operations:operate`, `tenants:order`, `tenants:suspend`, `tenants:deprovision`.
     */
    post: operations['cancelTenantOperation'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/operations/{operationId}/resolution': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Resolve an operation that waits for an operator
     * @description If several decisions arrive, the first one stands and the others are refused. With an `Idempotency-Key`, the same decision can be sent again until an answer arrives. It is carried out only once, and a refused decision stays refused.
     *
     *     Requires a token with any of these roles: `operations:operate`.
     */
    post: operations['resolveOperation'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/scans': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the newest scans of a tenant
     * @description Requires a token with any of these roles: `tenants:read`, `tenants:order`, `operations:operate`.
     */
    get: operations['listScans'];
    put?: never;
    /**
     * Scan what was created for a tenant
     * @description In addition to the scans that its template schedules. Findings become evidence.
     *
     *     Requires a token with any of these roles: `operations:operate`.
     */
    post: operations['startScan'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/scans/{scanId}:report': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * For scanners: report the result, once
     * @description The token that the scanner was given authorizes the call. A wrong token, a passed deadline and a scan that has ended all get the same answer. The same report may be sent again.
     *
     *     Public: needs no API token.
     */
    post: operations['reportScan'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/scans/{scanId}:heartbeat': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * For scanners: signal that the scan is still running
     * @description The token that the scanner was given authorizes the call. A wrong token, a passed deadline and a scan that has ended all get the same answer. A scanner that sends nothing for a minute counts as lost.
     *
     *     Public: needs no API token.
     */
    post: operations['heartbeatScan'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sweeps': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List sweeps, newest first
     * @description Findings are left out.
     *
     *     Requires a token with any of these roles: `operations:operate`.
     */
    get: operations['listSweeps'];
    put?: never;
    /**
     * Search for lost runs and orphaned resources
     * @description Finds lost runs, and orphaned resources at providers. Findings stay in quarantine for a grace period. A later sweep that still finds them resumes the run or removes the resource. Without a body, the sweep is a dry run.
     *
     *     Requires a token with any of these roles: `operations:operate`.
     */
    post: operations['startSweep'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sweeps/{sweepId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get what a sweep has found and done
     * @description Requires a token with any of these roles: `operations:operate`.
     */
    get: operations['getSweep'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/quarantine': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the findings in quarantine, newest first
     * @description Lost runs and orphaned resources that sweeps have found and not yet dealt with.
     *
     *     Requires a token with any of these roles: `operations:operate`.
     */
    get: operations['listQuarantine'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/audit': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get a tenant’s audit trail: what happened, who did it and when
     * @description Contains all that is needed to verify it without this API: `npx tenant-provisioner verify-audit`. The trail is kept after the tenant is gone.
     *
     *     Requires a token with any of these roles: `tenants:read`, `tenants:order`, `operations:operate`.
     */
    get: operations['getAuditTrail'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/audit': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get the control plane’s own audit trail: API tokens created and revoked
     * @description Requires a token with any of these roles: `operations:operate`.
     */
    get: operations['getControlPlaneAuditTrail'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/audit/keys': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the public keys that verify signed audit heads
     * @description All keys that were ever used, newest first. Keep the list you have: a key that is added later needs an explanation.
     *
     *     Public: needs no API token.
     */
    get: operations['getAuditKeys'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/audit/entries': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the entries of all audit trails, newest first
     * @description For looking something up. It proves nothing: `GET /v1/tenants/{tenantId}/audit` has a whole trail with what is needed to verify it. Entries of the control plane are shown to operators only.
     *
     *     Requires a token with any of these roles: `tenants:read`, `operations:operate`.
     */
    get: operations['listAuditEntries'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/audit/findings': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List audit trails that do not match their signed head, newest finding first
     * @description Discrepancies are found while heads are exported, and operators get a mail about each. No head is signed for such a trail until its finding is accepted.
     *
     *     Requires a token with any of these roles: `operations:operate`.
     */
    get: operations['listAuditFindings'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/audit/findings/{findingId}:accept': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Accept a finding, so that the trail’s heads are signed again
     * @description The acceptance becomes an entry of that trail and names the caller, the reason and the superseded head. From then on, heads are signed again. It covers the trail only as it was found: a later change is a new finding. Only the newest finding of a trail can be accepted, and doing so closes the earlier ones. Superseded heads are kept, and anyone who holds one can still see the break. With an `Idempotency-Key`, a repeated request is accepted only once.
     *
     *     Requires a token with any of these roles: `operations:operate`.
     */
    post: operations['acceptAuditFinding'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/webhook-endpoints': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List webhook endpoints, newest first
     * @description The caller’s own; operators see all.
     *
     *     Requires a token with any of these roles: `webhooks:manage`, `operations:operate`.
     */
    get: operations['listWebhookEndpoints'];
    put?: never;
    /**
     * Create a webhook endpoint
     * @description Events that happen from now on, and that the caller may view, are sent to the URL. A caller has at most 20 endpoints. A lost answer cannot be repeated: delete the endpoint and create another.
     *
     *     Requires a token with any of these roles: `webhooks:manage`.
     */
    post: operations['createWebhookEndpoint'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/webhook-endpoints/{endpointId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get a webhook endpoint
     * @description Requires a token with any of these roles: `webhooks:manage`, `operations:operate`.
     */
    get: operations['getWebhookEndpoint'];
    put?: never;
    post?: never;
    /**
     * Delete a webhook endpoint
     * @description Deletes its secrets and messages, too; nothing more is sent to it.
     *
     *     Requires a token with any of these roles: `webhooks:manage`.
     */
    delete: operations['deleteWebhookEndpoint'];
    options?: never;
    head?: never;
    /**
     * Change a webhook endpoint
     * @description Open deliveries go to the new URL. Also renews what the endpoint receives, from what the caller may view now.
     *
     *     Requires a token with any of these roles: `webhooks:manage`.
     */
    patch: operations['changeWebhookEndpoint'];
    trace?: never;
  };
  '/v1/webhook-endpoints/{endpointId}:rotate-secret': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Rotate the secret of a webhook endpoint
     * @description For 24 hours, messages are signed with the old and the new secret. A lost answer cannot be repeated: rotate again, which ends the oldest secret.
     *
     *     Requires a token with any of these roles: `webhooks:manage`.
     */
    post: operations['rotateWebhookSecret'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/webhook-endpoints/{endpointId}:test': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Send a test message to a webhook endpoint
     * @description Sends a message of type `webhook.test` at once, also if other messages wait.
     *
     *     Requires a token with any of these roles: `webhooks:manage`.
     */
    post: operations['testWebhookEndpoint'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/webhook-endpoints/{endpointId}:disable': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Disable a webhook endpoint
     * @description Open deliveries are cancelled, and events of the meantime are not sent later.
     *
     *     Requires a token with any of these roles: `webhooks:manage`, `operations:operate`.
     */
    post: operations['disableWebhookEndpoint'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/webhook-endpoints/{endpointId}:enable': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Enable a webhook endpoint
     * @description Also after it was disabled because it had answered 410 or had failed for 5 days. Have cancelled messages delivered again.
     *
     *     Requires a token with any of these roles: `webhooks:manage`, `operations:operate`.
     */
    post: operations['enableWebhookEndpoint'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/webhook-endpoints/{endpointId}/deliveries': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the messages to a webhook endpoint, newest first
     * @description Each with its last attempt. Messages are kept for 30 days after their delivery has ended.
     *
     *     Requires a token with any of these roles: `webhooks:manage`, `operations:operate`.
     */
    get: operations['listWebhookDeliveries'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/webhook-endpoints/{endpointId}/deliveries/{deliveryId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get a message to a webhook endpoint with every attempt
     * @description Requires a token with any of these roles: `webhooks:manage`, `operations:operate`.
     */
    get: operations['getWebhookDelivery'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/webhook-endpoints/{endpointId}/deliveries/{deliveryId}:redeliver': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Deliver a message again
     * @description The message keeps its `webhook-id`. Its delivery must have ended.
     *
     *     Requires a token with any of these roles: `webhooks:manage`, `operations:operate`.
     */
    post: operations['redeliverWebhook'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/webhook-endpoints/{endpointId}:redeliver': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Deliver a range of messages again
     * @description Up to 1000 messages whose delivery has ended, in their old order. They keep their `webhook-id`.
     *
     *     Requires a token with any of these roles: `webhooks:manage`, `operations:operate`.
     */
    post: operations['redeliverWebhooks'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/providers/stripe/events': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Receive an event of Stripe
     * @description For Stripe itself, which signs each request (`Stripe-Signature`). The event is recorded, and a run reads from Stripe what has happened. Stripe sends an event again until it is answered with 2xx.
     *
     *     Public: needs no API token.
     */
    post: operations['receiveStripeEvent'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/providers/alerts/api/v2/alerts': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Report alerts of tenants
     * @description For servers that evaluate alert rules and can send to an Alertmanager (its API v2), such as vmalert: this is the path that they append. An alert that begins to fire, or ceases, becomes an event; repeated reports change nothing, so a report is sent again until it is answered with 2xx.
     *
     *     Requires a token with any of these roles: `alerts:report`.
     */
    post: operations['reportAlerts'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/billing/findings': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List findings in billing, newest first
     * @description What is not as the registry has it, or will soon stop payments, with a remedy in words. Events of Stripe find it, and a scheduled comparison of Stripe with the registry. A finding ends by itself once it is not so any more.
     *
     *     Requires a token with any of these roles: `operations:operate`.
     */
    get: operations['listBillingFindings'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/billing/findings/{billingFindingId}:resolve': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Resolve a finding in billing
     * @description It no longer waits for a person, and is not found again while it is still so. Nothing is changed at the billing provider. A finding that has ended, or was resolved before, stays as it is.
     *
     *     Requires a token with any of these roles: `operations:operate`.
     */
    post: operations['resolveBillingFinding'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{tenantId}/invoices': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List a tenant’s invoices, newest first
     * @description Read from the billing provider by a worker. Amounts are in the smallest unit of the currency. 20 a page by default. Empty for a tenant without a billing account, and once its account is removed.
     *
     *     Requires a token with any of these roles: `tenants:read`, `tenants:order`, `operations:operate`.
     */
    get: operations['listTenantInvoices'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/attention': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get everything that waits for a person
     * @description Approvals, holds, leftovers and what is stuck of the operations that the caller may see; for operators also quarantine, audit findings, findings in billing, failing webhook endpoints, regions that are running full, tenants at the limits of their plans, and usage that cannot be billed.
     *
     *     Requires a token with any of these roles: `tenants:order`, `tenants:read`, `tenants:suspend`, `tenants:deprovision`, `legal-hold:manage`, `approvals:decide`, `operations:operate`.
     */
    get: operations['getAttention'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/capacity': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get the capacity of every region, and how much of it is taken
     * @description As last registered by the workers. Reservations of tenants that are being provisioned count as taken.
     *
     *     Requires a token with any of these roles: `tenants:read`, `operations:operate`.
     */
    get: operations['getCapacity'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tokens': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List API tokens, newest first
     * @description Also expired and revoked ones. Tokens are created and revoked on the command line: `npm run tokens`.
     *
     *     Requires a token with any of these roles: `operations:operate`.
     */
    get: operations['listTokens'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/roles': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the roles, what each permits, and which groups of the staff have it
     * @description Requires any valid token.
     */
    get: operations['listRoles'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/templates': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the templates of all plans
     * @description Requires any valid token.
     */
    get: operations['listTemplates'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/templates/{plan}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get what a plan provisions, and which parts of it an order may change
     * @description Requires any valid token.
     */
    get: operations['getTemplate'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/templates/{plan}/versions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the templates that a plan has had, the newest first
     * @description A template is recorded when an API loads it for the first time. Those from before the release that began to record them are not listed. Tenants keep the template with which they were ordered.
     *
     *     Requires any valid token.
     */
    get: operations['listTemplateVersions'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/templates/{plan}/versions/{fingerprint}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get a template that a plan has, or had
     * @description Requires any valid token.
     */
    get: operations['getTemplateVersion'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/regions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the regions, the plans each serves, and how much room is left
     * @description As last registered by the workers; empty until a worker has started. The room is a snapshot and reserves nothing. It applies to the plan as sold: encryption under the tenant’s own key, a retention period or customizations may need more than a region offers.
     *
     *     Requires a token with any of these roles: `tenants:order`, `tenants:read`, `operations:operate`.
     */
    get: operations['listRegions'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/codec/encode': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Encrypt payloads for the Temporal CLI
     * @description Follows the protocol of Temporal’s codec servers. Unknown query parameters and members are ignored.
     *
     *     Requires a token with any of these roles: `operations:operate`.
     */
    post: operations['encodePayloads'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/codec/decode': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Decrypt payloads for the Temporal Web UI
     * @description Follows the protocol of Temporal’s codec servers. Unknown query parameters and members are ignored.
     *
     *     Requires a token with any of these roles: `operations:operate`.
     */
    post: operations['decodePayloads'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/edge/ask': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Say whether the edge may obtain a certificate for a host name
     * @description The edge asks before it obtains a certificate or renews one. Only domains that an active tenant has proved, and that its route serves, are answered with 200. The answer takes equally long whatever it is.
     *
     *     Public: needs no API token.
     */
    get: operations['askEdge'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/me': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get the caller and its roles
     * @description For programs that adapt to their roles, and for people who check a token.
     *
     *     Requires any valid token.
     */
    get: operations['getMe'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/healthz': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Whether this process is alive
     * @description Checks nothing else. Meant for a supervisor that restarts dead processes.
     *
     *     Public: needs no API token.
     */
    get: operations['isAlive'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/readyz': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Whether this process and everything it needs is ready
     * @description While Temporal is down, orders are still accepted and are started later.
     *
     *     Public: needs no API token.
     */
    get: operations['isReady'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/metrics': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Metrics for Prometheus
     * @description In Prometheus’s text format. No metric names a tenant. While the registry does not answer, only the metrics of this process are shown.
     *
     *     Public: needs no API token.
     */
    get: operations['getMetrics'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/metrics/provisioning': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get numbers about operations: success, duration, failure points, bottlenecks and use
     * @description Counts the operations that were requested in the period, at most 400 days. A token that may only order sees the numbers of its own operations.
     *
     *     Requires a token with any of these roles: `tenants:order`, `tenants:read`, `tenants:suspend`, `tenants:deprovision`, `legal-hold:manage`, `approvals:decide`, `operations:operate`.
     */
    get: operations['getProvisioningMetrics'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/metrics/steps': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get how long each step of recent operations took, by plan
     * @description From the newest 30 operations of each plan that have succeeded within 30 days without an operator’s decision: the ones that estimates rest on. A step counts from the end of the level before it, so waiting for a free worker is included.
     *
     *     Requires a token with any of these roles: `tenants:read`, `tenants:suspend`, `tenants:deprovision`, `legal-hold:manage`, `approvals:decide`, `operations:operate`.
     */
    get: operations['getStepMetrics'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/openapi.json': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get this API’s OpenAPI 3.1 document
     * @description Built from the same schemas that requests are checked against.
     *
     *     Public: needs no API token.
     */
    get: operations['getOpenApi'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export interface components {
  schemas: {
    /** @description An entry of an audit trail: an event, chained by hash to the event before it. */
    AuditRecord: {
      /** @description The tenant, or `control-plane`. */
      tenantId: string;
      /** @description Starts at 1 and has no gaps. */
      sequence: number;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      at: string;
      /**
       * @description Random id of the operation.
       * @example op_a2b3c4d5e6f7g2h3i4j5
       */
      operationId?: string | undefined;
      /** @example token:operator */
      actor: string;
      /** @example operation.active */
      action: string;
      detail: {
        [key: string]: unknown;
      };
      /** @description `hash` of the previous entry; 64 zeros for the first one. */
      previousHash: string;
      /** @description SHA-256 of the bytes of `previousHash` followed by the canonical JSON (RFC 8785) of all fields but the two hashes. */
      hash: string;
    };
    /** @description A JWS (RFC 7515, flattened) over `{ tenantId, sequence, hash, at }`, as stored in the region’s vault. */
    SignedAuditHead: {
      payload: string;
      protected: string;
      signature: string;
    };
    /** @description The order was accepted and will be carried out; follow its operation. */
    Accepted: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /**
       * @description Random id of the operation.
       * @example op_a2b3c4d5e6f7g2h3i4j5
       */
      operationId: string;
      /**
       * @description `pending` for a new order; for a repeated order, the present status of its operation.
       * @example pending
       * @enum {string}
       */
      status:
        | 'pending'
        | 'validating'
        | 'awaiting_approval'
        | 'provisioning'
        | 'running'
        | 'grace'
        | 'removing'
        | 'on_hold'
        | 'compensating'
        | 'active'
        | 'completed'
        | 'rejected'
        | 'cancelled'
        | 'failed'
        | 'needs_operator';
    };
    /** @description What went wrong (RFC 9457). */
    Problem: {
      /**
       * @description Stable URI that identifies the type of the problem and leads to a page about it.
       * @example https://api.example.com/problems/invalid-order
       */
      type: string;
      /**
       * @description Short summary, the same for every problem of the type.
       * @example The order is not valid
       */
      title: string;
      /**
       * @description The HTTP status.
       * @example 422
       */
      status: number;
      /** @description What happened this time, why, and what to do now. */
      detail?: string | undefined;
      /**
       * @description The path of the request.
       * @example /v1/tenants
       */
      instance?: string | undefined;
      /** @description Id of the request in the logs. Quote it when you ask for help. */
      requestId?: string | undefined;
      /** @description Every field that is wrong. */
      errors?:
        | {
            /**
             * @description RFC 6901 pointer into the request body.
             * @example /adminUser/email
             */
            pointer: string;
            /** @description What is wrong with the field and how to correct it. */
            detail: string;
            /**
             * @description Type from the failure catalogue, where it has one.
             * @example FeatureNotInPlan
             */
            type?: string | undefined;
          }[]
        | undefined;
      /**
       * @description On a state conflict: the verbs that are allowed now.
       * @example [
       *       "cancel"
       *     ]
       */
      allowed?: string[] | undefined;
      /**
       * @description Number of the oldest event that is kept.
       * @example 4000
       */
      oldest?: number | undefined;
      /**
       * @description Number of the newest event.
       * @example 4711
       */
      newest?: number | undefined;
    };
    /** @description An order for a tenant. */
    TenantProvisioningRequest: {
      /**
       * @description Short name, used as the first label of the tenant’s host name. Unique on the platform; names that differ only in 0 for o or 1 for l count as equal.
       * @example acme-bikes
       */
      tenantName: string;
      /**
       * @description The customer’s name. At most 200 characters as a reader counts them (grapheme clusters).
       * @example Acme Bikes Ltd.
       */
      organizationName: string;
      adminUser: components['schemas']['AdminUser'];
      contact?: components['schemas']['OrderContact'] | undefined;
      subscription: components['schemas']['Subscription'];
      configuration: components['schemas']['OrderConfiguration'];
      compliance?: components['schemas']['Compliance'] | undefined;
      /**
       * @description Name of a region; without it a suitable one is chosen.
       * @example eu-central
       */
      region?: string | undefined;
      /**
       * @description Id of a Stripe payment method.
       * @example pm_card_visa
       */
      paymentMethod?: string | undefined;
      billing?: components['schemas']['OrderBilling'] | undefined;
      /**
       * @description Changes to the plan’s template, under the names that it allows. Some of them need an approval.
       * @example {
       *       "storageQuotaGb": 20
       *     }
       */
      customizations?:
        | {
            [key: string]: unknown;
          }
        | undefined;
      /**
       * @description Variants that the tenant gets in place of the plan’s, by key of the feature flag.
       * @example {
       *       "new-editor": "on"
       *     }
       */
      featureFlags?:
        | {
            [key: string]: string;
          }
        | undefined;
      /** @description Webhook endpoints of the caller, the only ones that are told of the tenant’s alerts. Without it every endpoint is that follows `alert.firing` or `alert.resolved`. Only for plans with monitoring. */
      alertReceivers?: string[] | undefined;
      recovery?: components['schemas']['OrderRecovery'] | undefined;
    };
    /** @description The first admin of the tenant, who receives the invitation with a one-time link. */
    AdminUser: {
      /**
       * Format: email
       * @description The address to which the invitation is sent.
       * @example ada@example.com
       */
      email: string;
      /**
       * @description Given name, or the single name of a person who has only one. At most 200 characters as a reader counts them (grapheme clusters).
       * @example Ada
       */
      firstName: string;
      /**
       * @description Family name. Omit it, or leave it empty, for a person with a single name. At most 200 characters as a reader counts them (grapheme clusters).
       * @example Lovelace
       */
      lastName?: string | undefined;
      /**
       * @description Title of the admin in the application.
       * @example owner
       */
      role: string;
    };
    /** @description A person or a list at the customer. It gets the mails that the plan sends to a contact, never one with credentials. */
    OrderContact: {
      /**
       * Format: email
       * @description The address to which the invitation is sent.
       * @example ada@example.com
       */
      email: string;
    };
    /** @description The plan and features that the customer buys. */
    Subscription: {
      /**
       * @description The plan, whose template defines what is provisioned.
       * @example professional
       * @enum {string}
       */
      plan: 'starter' | 'professional' | 'enterprise';
      /**
       * @description How often the customer is billed.
       * @example monthly
       * @enum {string}
       */
      billingCycle: 'monthly' | 'yearly';
      /**
       * @description Optional features of the plan.
       * @example [
       *       "advanced-reports"
       *     ]
       */
      features: string[];
    };
    /** @description The configuration of the application for this tenant. */
    OrderConfiguration: {
      /**
       * @description A public host name of the customer; not an IP address, a name of a private network or a public suffix such as `co.uk` or `github.io`. Only one tenant at a time can have it. International names are stored in their ASCII form. The order is not delayed by its DNS: once the tenant is active, its owner proves the name by a record, and then the edge serves it.
       * @example app.example.com
       */
      customDomain?: string | undefined;
      branding?: components['schemas']['TenantBranding'] | undefined;
      /**
       * @description Integrations to enable.
       * @example [
       *       "webhooks"
       *     ]
       */
      integrations?: string[] | undefined;
      /**
       * @description Settings of the application. At most 5 levels, 200 keys and 16 KiB; never secrets. `locale`, if present, must be a BCP 47 language tag: mails to the customer are written in that language if there are texts for it. `timeZone`, if it is an IANA name such as `Europe/Berlin`, is the time zone in these mails. Only the application interprets the rest.
       * @example {
       *       "locale": "de-DE",
       *       "timeZone": "Europe/Berlin",
       *       "weekStartsOn": "monday"
       *     }
       */
      settings?:
        | {
            [key: string]: unknown;
          }
        | undefined;
    };
    /** @description The appearance of the tenant’s screens. Absent fields are taken from the plan’s template. */
    TenantBranding: {
      /**
       * @description Name of the tenant on its screens. At most 200 characters as a reader counts them (grapheme clusters).
       * @example Acme Bikes
       */
      displayName?: string | undefined;
      /**
       * @description Colour of buttons and links.
       * @example #0b5fff
       */
      primaryColor?: string | undefined;
      /**
       * Format: uri
       * @description Image of the logo.
       * @example https://www.example.com/logo.svg
       */
      logoUrl?: string | undefined;
      /**
       * Format: uri
       * @description Where users find help.
       * @example https://www.example.com/help
       */
      supportUrl?: string | undefined;
    };
    /** @description Rules for the tenant’s data. */
    Compliance: {
      /**
       * @description A region or jurisdiction that the tenant’s data must never leave.
       * @example EU
       */
      dataResidency: string;
      /**
       * @description Retention in days.
       * @example 365
       */
      retentionPeriod: number;
      /**
       * @description `enhanced`: the tenant has its own key in the region’s key management, which encrypts its data key and its objects. Refused where the region or its object store does not support it.
       * @example standard
       * @enum {string}
       */
      encryptionLevel: 'standard' | 'enhanced';
    };
    /** @description What invoices say of the customer beside its name. */
    OrderBilling: {
      /**
       * @description Tax ids that invoices show.
       * @example [
       *       {
       *         "type": "eu_vat",
       *         "value": "DE123456789"
       *       }
       *     ]
       */
      taxIds: components['schemas']['TaxId'][];
    };
    /** @description A tax id of the customer, such as its VAT number. */
    TaxId: {
      /**
       * @description Type of the tax id, as Stripe names it.
       * @example eu_vat
       */
      type: string;
      /**
       * @description The tax id as the tax office writes it.
       * @example DE123456789
       */
      value: string;
    };
    /** @description How a permanent failure of a step is handled. */
    OrderRecovery: {
      /**
       * @description `compensate` undoes everything; `hold` waits for an operator first. Only allowed where the plan lets an order choose.
       * @example hold
       * @enum {string}
       */
      onPermanentFailure: 'compensate' | 'hold';
    };
    /** @description What an order would do. */
    OrderPreview: {
      /** @description True if there are no violations. What is unknown was not checked. */
      possible: boolean;
      /** @description Everything for which the order would be refused or would fail in its first step. */
      violations: {
        /**
         * @description RFC 6901 pointer into the order; empty if no single field is to blame.
         * @example /subscription/features/0
         */
        pointer: string;
        /** @description What is wrong and how to correct it. */
        detail: string;
        /**
         * @description Type from the failure catalogue, where it has one.
         * @example FeatureNotInPlan
         */
        type?: string | undefined;
      }[];
      /** @description What follows from the order although it can be placed as it is; absent if nothing does. */
      notes?:
        | {
            /**
             * @description RFC 6901 pointer into the order.
             * @example /paymentMethod
             */
            pointer: string;
            detail: string;
          }[]
        | undefined;
      /** @enum {string} */
      plan?: ('starter' | 'professional' | 'enterprise') | undefined;
      /** @description The steps in order, and those that must have finished before each. */
      steps: {
        /** @enum {string} */
        id:
          | 'validate'
          | 'reserve'
          | 'database'
          | 'storage-and-compute'
          | 'security'
          | 'configuration'
          | 'identity'
          | 'integrations'
          | 'verify'
          | 'announce'
          | 'export'
          | 'grace'
          | 'legal-hold'
          | 'remove'
          | 'prove'
          | 'finalize';
        label: string;
        needs: (
          | 'validate'
          | 'reserve'
          | 'database'
          | 'storage-and-compute'
          | 'security'
          | 'configuration'
          | 'identity'
          | 'integrations'
          | 'verify'
          | 'announce'
          | 'export'
          | 'grace'
          | 'legal-hold'
          | 'remove'
          | 'prove'
          | 'finalize'
        )[];
      }[];
      region?: components['schemas']['PreviewRegion'] | undefined;
      capacity?: components['schemas']['PreviewCapacity'] | undefined;
      residency?: components['schemas']['PreviewResidency'] | undefined;
      approvals?: components['schemas']['PreviewApprovals'] | undefined;
      /** @description What would be made. */
      resources?:
        | {
            /** @enum {string} */
            step:
              | 'validate'
              | 'reserve'
              | 'database'
              | 'storage-and-compute'
              | 'security'
              | 'configuration'
              | 'identity'
              | 'integrations'
              | 'verify'
              | 'announce'
              | 'export'
              | 'grace'
              | 'legal-hold'
              | 'remove'
              | 'prove'
              | 'finalize';
            /** @example postgres */
            provider: string;
            /** @example postgres-schema */
            kind: string;
            /**
             * @description `global` for what belongs to no region.
             * @example eu-central
             */
            region: string;
          }[]
        | undefined;
      price?: components['schemas']['PreviewPrice'] | undefined;
      duration?: components['schemas']['PreviewDuration'] | undefined;
      /** @description Parts that this answer lacks, each with the reason. */
      unknown: {
        /** @enum {string} */
        part: 'region' | 'capacity' | 'residency' | 'approvals' | 'resources' | 'price' | 'price.invoice' | 'duration';
        reason: string;
      }[];
    };
    PreviewRegion: {
      /** @example eu-central */
      region: string;
      /** @example EU */
      jurisdiction: string;
      /**
       * @description Whether the order names it.
       * @enum {string}
       */
      chosen: 'named' | 'first-suitable';
      /** @description Regions that come before it, and why each cannot serve the order. */
      passedOver: {
        region: string;
        reason: string;
      }[];
      /** @description Where in the region the tenant would be placed now. */
      cells: {
        database?: components['schemas']['PreviewCell'] | undefined;
        storage?: components['schemas']['PreviewCell'] | undefined;
        compute?: components['schemas']['PreviewCell'] | undefined;
      };
    };
    /** @description The cell with the most free units. Among equals, the first name wins. */
    PreviewCell: {
      /** @example eu-central-db-1 */
      cell: string;
      /** @description What the tenant takes: one place, one bucket, or milli-CPU. */
      units: number;
      candidates: {
        cell: string;
        capacity: number;
        free: number;
      }[];
    };
    /** @description A snapshot; nothing is reserved. */
    PreviewCapacity: {
      /** @description How many such tenants fit into the region now. */
      places: number;
      database: components['schemas']['PreviewRoom'];
      storage: components['schemas']['PreviewRoom'];
      compute: components['schemas']['PreviewRoom'];
    };
    /** @description All cells that the tenant may be placed in, added up. */
    PreviewRoom: {
      capacity: number;
      free: number;
    };
    PreviewResidency: {
      /** @description As ordered; absent if nothing is required. */
      required?: string | undefined;
      satisfied: boolean;
      explanation: string;
    };
    PreviewApprovals: {
      /** @description Customizations that need an approval. */
      required: string[];
      /** @description Role of those who can decide. */
      role: string;
      /** @description Time for the decision, from the end of the first step. Without one, the order counts as rejected. */
      withinSeconds: number;
    };
    /** @description Price of the plan, from its template. */
    PreviewPrice: {
      /** @example eur */
      currency: string;
      /** @description What is charged once the tenant is active. Nothing is charged before. */
      now: {
        /**
         * @description In the smallest currency unit, without taxes and before the coupon.
         * @example 19900
         */
        amount: number;
        /** @enum {string} */
        due: 'activation';
      };
      /** @description What is charged for every further period. */
      later: {
        /**
         * @description In the smallest currency unit, without taxes and before the coupon.
         * @example 19900
         */
        amount: number;
        /** @enum {string} */
        every: 'month' | 'year';
      };
      /**
       * @description Usage that invoices show without charging for it.
       * @example [
       *       "api_requests"
       *     ]
       */
      meters: string[];
      /** @description How often the plan’s price is charged; 1 if absent. */
      quantity?: number | undefined;
      /** @description Id of the coupon at the billing provider that the subscription begins with. */
      coupon?: string | undefined;
      /** @description Ids of the tax rates at the billing provider that invoices have. */
      taxRates?: string[] | undefined;
      /** @description The trial with which the plan begins. */
      trial?:
        | {
            days: number;
            /** @enum {string} */
            then: 'suspend' | 'deprovision';
          }
        | undefined;
      /** @description What the billing provider says that the first invoice comes to, as a worker last asked it. It knows nothing of the customer. */
      invoice?:
        | {
            /** @description In the smallest currency unit, with what the provider adds. */
            due: number;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            askedAt: string;
          }
        | undefined;
    };
    /** @description How long it takes, without the time that people take to decide. */
    PreviewDuration: {
      likelySeconds: number;
      lateSeconds: number;
      /** @description Number of earlier operations on which this rests. */
      samples: number;
    };
    /** @description One page, newest first. */
    TenantPage: {
      items: components['schemas']['Tenant'][];
      /** @description Pass it as `cursor` to get the next page; absent on the last page. */
      nextCursor?: string | undefined;
    };
    /** @description A customer’s isolated share of the product. */
    Tenant: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /** @example acme-bikes */
      tenantName: string;
      /** @enum {string} */
      plan: 'starter' | 'professional' | 'enterprise';
      region?: string | undefined;
      /**
       * @description `provisioning`: ordered, or being undone with leftovers that hold the name. `suspended`: switched off for now. `leaving`: closed, and to be removed; `removalAt` says when. `gone`: nothing is left but its history, and its name is free unless it was kept.
       * @example active
       * @enum {string}
       */
      state: 'provisioning' | 'active' | 'suspended' | 'leaving' | 'gone';
      /**
       * Format: date-time
       * @description When the tenant came into this state.
       * @example 2026-01-31T12:00:00.000Z
       */
      stateSince: string;
      /**
       * @description How far the tenant may use what it has. Other than `open` while it is suspended.
       * @example open
       * @enum {string}
       */
      access: 'open' | 'read-only' | 'closed';
      suspension?: components['schemas']['Suspension'] | undefined;
      /**
       * Format: date-time
       * @description While leaving: when the tenant is to be removed, once that was announced.
       * @example 2026-01-31T12:00:00.000Z
       */
      removalAt?: string | undefined;
      removal?: components['schemas']['TenantRemoval'] | undefined;
      arrears?: components['schemas']['Arrears'] | undefined;
      /**
       * @description Status of the operation that provisioned it.
       * @example active
       */
      status: string;
      /**
       * @description The operation that provisioned it.
       * @example op_a2b3c4d5e6f7g2h3i4j5
       */
      operationId?: string | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      createdAt: string;
      openOperation?: components['schemas']['OpenOperation'] | undefined;
      /**
       * @description The operations that may begin now; none while one is open.
       * @example [
       *       "suspend"
       *     ]
       */
      verbs: ('provision' | 'suspend' | 'resume' | 'deprovision' | 'configure-sso' | 'connect-domain' | 'reconcile')[];
      legalHold?: components['schemas']['StandingLegalHold'] | undefined;
      trial?: components['schemas']['Trial'] | undefined;
      /**
       * @description The cells and the host name that are reserved for the tenant.
       * @example {
       *       "database": "cell-1",
       *       "network": "acme-bikes.example.com"
       *     }
       */
      placement?:
        | {
            [key: string]: string;
          }
        | undefined;
      /** @description Why each cell was chosen, by purpose; absent in lists. */
      placementReasons?:
        | {
            [key: string]: components['schemas']['PlacementReason'];
          }
        | undefined;
      /** @description Whether the tenant was exported, also for a removal that was called off; absent in lists. */
      hasExport?: boolean | undefined;
      /** @description Whether the certificate of its removal was issued; absent in lists. */
      hasCertificate?: boolean | undefined;
      resources?: components['schemas']['TenantResource'][] | undefined;
      skippedSteps?: components['schemas']['SkippedStep'][] | undefined;
      storage?: components['schemas']['StorageUsage'] | undefined;
      /** @description The newest complete backup; absent while there is none. */
      lastGoodBackup?:
        | {
            /**
             * @description Random id of the backup.
             * @example bk_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60
             */
            backupId: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            at: string;
          }
        | undefined;
      /** @description The newest backup that was restored into a scratch tenant and matched the original data. */
      lastGoodRestore?:
        | {
            /**
             * @description Random id of the backup.
             * @example bk_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60
             */
            backupId: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            at: string;
          }
        | undefined;
    };
    /** @description Why a tenant is suspended; absent in any other state. */
    Suspension: {
      /** @enum {string} */
      reason: 'non_payment' | 'abuse' | 'customer_request' | 'trial_ended';
      /**
       * Format: date-time
       * @description When everything was closed.
       * @example 2026-01-31T12:00:00.000Z
       */
      since: string;
      /**
       * @description The operation that suspended the tenant.
       * @example op_a2b3c4d5e6f7g2h3i4j5
       */
      operationId: string;
    };
    /** @description The removal of a tenant that is leaving or gone. Of any other tenant, when it is requested by id: what a removal does unless its request says otherwise. Absent if a tenant is gone without a removal. */
    TenantRemoval: {
      /**
       * @description Days between the announcement and the deletion.
       * @example 30
       */
      graceDays: number;
      /** @description Whether everything is exported before. */
      export: boolean;
      /**
       * @description Why the tenant leaves or has left; absent while no removal was asked for.
       * @enum {string}
       */
      reason?: ('non_payment' | 'abuse' | 'customer_request' | 'trial_ended' | 'other') | undefined;
      /**
       * @description The removal; absent while none was asked for.
       * @example op_a2b3c4d5e6f7g2h3i4j5
       */
      operationId?: string | undefined;
    };
    /** @description An invoice that is due is not paid; absent if none is. */
    Arrears: {
      /**
       * Format: date-time
       * @description When the oldest unpaid invoice could first not be collected.
       * @example 2026-01-31T12:00:00.000Z
       */
      since: string;
      /** @description Whether the owner of the payment method has to authenticate. */
      actionRequired: boolean;
    };
    /** @description The operation of the tenant that has not ended; absent if there is none. */
    OpenOperation: {
      /**
       * @description Random id of the operation.
       * @example op_a2b3c4d5e6f7g2h3i4j5
       */
      operationId: string;
      /** @enum {string} */
      kind: 'provision' | 'suspend' | 'resume' | 'deprovision' | 'configure-sso' | 'connect-domain' | 'reconcile';
      /** @enum {string} */
      status:
        | 'pending'
        | 'validating'
        | 'awaiting_approval'
        | 'provisioning'
        | 'running'
        | 'grace'
        | 'removing'
        | 'on_hold'
        | 'compensating'
        | 'active'
        | 'completed'
        | 'rejected'
        | 'cancelled'
        | 'failed'
        | 'needs_operator';
    };
    /** @description The legal hold that stands on the tenant; absent if none does. While it stands, nothing of the tenant is deleted. */
    StandingLegalHold: {
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      since: string;
      /**
       * Format: date-time
       * @description Absent: until it is lifted.
       * @example 2026-01-31T12:00:00.000Z
       */
      until?: string | undefined;
    };
    /** @description The trial that the tenant is on; absent if it is on none, or if it is over. */
    Trial: {
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      endsAt: string;
      /**
       * @description The operation that begins at the end.
       * @enum {string}
       */
      then: 'suspend' | 'deprovision';
    };
    /** @description Why the tenant is in this cell: it had the most free units. */
    PlacementReason: {
      /** @example cell-1 */
      cell: string;
      /**
       * @description Capacity that the tenant takes of the cell: one tenant of a database, one bucket, or milli-CPU.
       * @example 1
       */
      units: number;
      /** @description The cells that qualified, as they were at the time of placement, most free units first. */
      candidates: {
        /** @example cell-1 */
        cell: string;
        /** @example 500 */
        capacity: number;
        /**
         * @description Free units before this tenant was placed.
         * @example 312
         */
        free: number;
      }[];
    };
    /** @description A row of the ledger: a resource that was made, or is about to be made, at a provider. */
    TenantResource: {
      /** @example bucket */
      kind: string;
      /** @example versity */
      provider: string;
      /** @example eu-central */
      region: string;
      id: string;
      /** @enum {string} */
      state: 'intended' | 'present' | 'changing' | 'closing' | 'absent' | 'accepted' | 'scheduled_for_deletion';
      /** @example storage-and-compute */
      step?: string | undefined;
      /** @description Facts about the resource from its provider; never secrets. */
      facts?:
        | {
            [key: string]: unknown;
          }
        | undefined;
    };
    /** @description A step that an operator skipped. The tenant lacks what the step would make. */
    SkippedStep: {
      /** @enum {string} */
      step:
        | 'validate'
        | 'reserve'
        | 'database'
        | 'storage-and-compute'
        | 'security'
        | 'configuration'
        | 'identity'
        | 'integrations'
        | 'verify'
        | 'announce'
        | 'export'
        | 'grace'
        | 'legal-hold'
        | 'remove'
        | 'prove'
        | 'finalize';
      /** @example Billed by hand, contract on paper. */
      reason: string;
      /**
       * @description Who decided.
       * @example token:operator
       */
      by: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      at: string;
    };
    /** @description The content of the tenant’s bucket at its last measurement. */
    StorageUsage: {
      /**
       * @description Size of all versions of all objects.
       * @example 1200000000
       */
      bytes: number;
      /** @example 5312 */
      versions: number;
      /** @example 5000000000 */
      quotaBytes?: number | undefined;
      /** @description False above the quota: objects can then only be read and deleted. */
      writable: boolean;
      /**
       * Format: date-time
       * @description Since when the bucket has been above its quota.
       * @example 2026-01-31T12:00:00.000Z
       */
      overSince?: string | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      measuredAt: string;
    };
    /** @description The application’s configuration for this tenant. */
    TenantConfiguration: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      version: number;
      /** @description Features, modules, settings, branding, integrations, notifications and reporting; flags as they were ordered, without later changes. */
      configuration: {
        [key: string]: unknown;
      };
    };
    /** @description Closes what a tenant has, and keeps it. */
    SuspendRequest: {
      /** @enum {string} */
      reason: 'non_payment' | 'abuse' | 'customer_request' | 'trial_ended';
      /**
       * @description Message shown with the tenant; encrypted like the order.
       * @example Invoice 2026-118.
       */
      message?: string | undefined;
      /** @description Leaves what is there to be read, where the provider can; false by default. */
      readOnly?: boolean | undefined;
    };
    /** @description Opens what a suspended tenant has, as it was before. */
    ResumeRequest: {
      /** @description Message shown with the tenant. */
      message?: string | undefined;
    };
    /** @description Compares everything that a tenant has with the ledger, and mends the differences. */
    ReconcileRequest: {
      /** @description Only lists the differences; false by default. */
      dryRun?: boolean | undefined;
      /** @description Message shown with the tenant. */
      message?: string | undefined;
    };
    /** @description Closes a tenant at once, and removes it after a grace period in which the removal can be called off. */
    DeprovisionRequest: {
      /** @enum {string} */
      reason: 'non_payment' | 'abuse' | 'customer_request' | 'trial_ended' | 'other';
      /** @description Message shown with the tenant; encrypted like the order. */
      message?: string | undefined;
      /**
       * @description Days between the announcement and the removal; from the plan’s template by default.
       * @example 30
       */
      graceDays?: number | undefined;
      /** @description Exports the tenant before it is removed. Plans may do so in any case. */
      export?: boolean | undefined;
      /**
       * @description The customer’s public age key. Exports the tenant, encrypted for it; without it a key is made and handed out once.
       * @example age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
       */
      exportTo?: string | undefined;
      /** @description Keeps the name from being ordered again once the tenant is gone; false by default. */
      keepName?: boolean | undefined;
    };
    /** @description The legal hold that stands on a tenant, if one does, and the past ones. */
    LegalHolds: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /** @description Newest first. */
      holds: components['schemas']['LegalHold'][];
    };
    /** @description A legal hold: while it stands, nothing of the tenant is deleted. */
    LegalHold: {
      /** @example lh_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60 */
      holdId: string;
      /**
       * @description `ended`: its end has passed.
       * @enum {string}
       */
      state: 'standing' | 'lifted' | 'ended';
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      placedAt: string;
      /** @example token:legal */
      placedBy: string;
      /**
       * Format: date-time
       * @description When the hold ends by itself; absent: when it is lifted.
       * @example 2026-01-31T12:00:00.000Z
       */
      until?: string | undefined;
      /** @description Absent if it cannot be decrypted: the tenant’s key is destroyed or cannot be reached. */
      reason?: string | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      changedAt?: string | undefined;
      changedBy?: string | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      liftedAt?: string | undefined;
      liftedBy?: string | undefined;
      /** @description Absent like `reason`. */
      liftReason?: string | undefined;
    };
    /** @description Keeps everything that a tenant has. */
    LegalHoldRequest: {
      /**
       * @description Why; encrypted under the tenant’s key.
       * @example Court order 7 O 118/26.
       */
      reason: string;
      /**
       * Format: date-time
       * @description When the hold ends by itself; absent: when it is lifted.
       * @example 2027-01-31T12:00:00Z
       */
      until?: string | undefined;
    };
    /** @description Lifts the legal hold that stands on a tenant. */
    LiftHoldRequest: {
      /**
       * @description Why; encrypted under the tenant’s key.
       * @example Court order 7 O 118/26.
       */
      reason: string;
    };
    TenantTrial: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      trial: components['schemas']['Trial'];
    };
    /** @description Moves the end of a trial. */
    TrialRequest: {
      /**
       * Format: date-time
       * @description When the trial ends now.
       * @example 2027-01-31T12:00:00Z
       */
      endsAt: string;
    };
    /** @description Evidence for each claim about a tenant: which provider was asked, what it answered, and when. */
    TenantEvidence: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /**
       * @description Random id of the operation.
       * @example op_a2b3c4d5e6f7g2h3i4j5
       */
      operationId: string;
      /** @enum {string} */
      state: 'provisioning' | 'active' | 'suspended' | 'leaving' | 'gone';
      /** @description Status of the operation that provisioned the tenant. */
      status: string;
      /** @enum {string} */
      plan: 'starter' | 'professional' | 'enterprise';
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      readAt: string;
      residency: {
        /**
         * @description The residency that the order asks for; null when none.
         * @example EU
         */
        asked: string | null;
        region: string | null;
        /**
         * @description The jurisdiction that applies; null where none was stated.
         * @example EU
         */
        jurisdiction: string | null;
      };
      template: {
        id: string;
        version: string;
        /** @description SHA-256 of the canonical JSON of the template that the run used. */
        fingerprint: string;
        /**
         * @description Version of the SQL that was applied.
         * @example 0001
         */
        schemaVersion: string;
        /** @enum {string} */
        isolation: 'pooled' | 'schema' | 'database';
      };
      encryption: {
        /** @description As ordered; null when none was ordered or the key is destroyed. */
        level: string | null;
        /**
         * @description The tenant’s own key, which encrypts the personal data in the control plane. Once it is destroyed, that data is unreadable.
         * @enum {string}
         */
        key: 'present' | 'destroyed';
        generations: components['schemas']['KeyGenerationEvidence'][];
      };
      placement: {
        [key: string]: string;
      } | null;
      places: components['schemas']['EvidencePlace'][];
      personalData: components['schemas']['PersonalDataPlace'][];
      processors: components['schemas']['Processor'][];
      /** @description SHA-256 over the hashes of all entries, hexadecimal, each followed by a line feed. */
      digest: {
        entries: number;
        sha256: string;
      };
      entries: components['schemas']['EvidenceEntry'][];
      /** @description Further requests about the tenant. */
      links: {
        [key: string]: string;
      };
    };
    /** @description A generation of the tenant’s own key; never the key. */
    KeyGenerationEvidence: {
      generation: number;
      /**
       * @description The keeper of the key that wraps it.
       * @example local
       */
      wrappedBy: string;
      /** @description Region of the wrapping key; null for the control plane’s key ring. */
      region: string | null;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      madeAt: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      destroyedAt: string | null;
    };
    /** @description The location of a resource of the tenant, from the ledger. */
    EvidencePlace: {
      /**
       * @description Kind of the resource.
       * @example bucket
       */
      what: string;
      provider: string;
      /** @description A region, or `global`. */
      region: string;
      /**
       * @description The jurisdiction that applies; null where none was stated.
       * @example EU
       */
      jurisdiction: string | null;
      cell?: string | undefined;
      id: string;
      /** @example present */
      state: string;
    };
    /** @description Where personal data is kept, and what protects it. */
    PersonalDataPlace: {
      data: string;
      where: string;
      protection: string;
    };
    /** @description A service that all regions share and that processes personal data. */
    Processor: {
      /** @enum {string} */
      service: 'identity' | 'billing' | 'mail';
      name: string;
      /**
       * @description The jurisdiction that applies; null where none was stated.
       * @example EU
       */
      jurisdiction: string | null;
      /** @description Whether it is in the jurisdiction of the tenant’s region; null where its own was not stated. */
      insideJurisdiction: boolean | null;
      /** @description The personal data that it receives. */
      receives: string;
    };
    /** @description One answer, as it was given. Entries never change. */
    EvidenceEntry: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /**
       * @description Random id of the operation.
       * @example op_a2b3c4d5e6f7g2h3i4j5
       */
      operationId: string | null;
      /** @description The activity that asked, the same for all of its attempts. */
      askedBy: string;
      /**
       * @description Name of the probe that found the answer.
       * @example storage.anonymous.read
       */
      probe: string;
      /**
       * @description Stable name of the check. `baseline.<rule>@<version>` is a rule applied to the answers, `scan.…` a result of a scanner.
       * @example storage.anonymous.read
       */
      check: string;
      /** @description What should hold. */
      claim: string;
      passed: boolean;
      /**
       * @description The provider that answered.
       * @example versity
       */
      provider: string;
      /** @example eu-central */
      region: string;
      /**
       * @description The answer.
       * @example AccessDenied (403)
       */
      answered: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      at: string;
      /** @description SHA-256, hexadecimal, of the canonical JSON (RFC 8785) of the fields above. */
      hash: string;
      /** @description False when a later entry answers the same check. */
      current: boolean;
    };
    /** @description The certificate of a tenant’s removal, with its signature. */
    SignedRemovalCertificate: {
      /** @description A readable copy of what is signed. */
      certificate: {
        /** @enum {number} */
        version: 1;
        /**
         * @description Random id of the certificate.
         * @example rc_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60
         */
        certificateId: string;
        /** @description The result in one sentence. It names everything that an operator accepted. */
        headline: string;
        /**
         * @description Random id of the tenant.
         * @example k3v9x2m4q7w8r5ta
         */
        tenantId: string;
        plan: string;
        region: string;
        /** @description The residency that was ordered; null for none. */
        residency: string | null;
        /**
         * @description Random id of the operation.
         * @example op_a2b3c4d5e6f7g2h3i4j5
         */
        operationId: string;
        requested: {
          /** @example token:signup */
          by: string;
          /**
           * Format: date-time
           * @example 2026-01-31T12:00:00.000Z
           */
          at: string;
          /** @example customer_request */
          reason: string | null;
        };
        /** @description Null if no announcement was recorded. */
        announced: {
          /**
           * Format: date-time
           * @example 2026-01-31T12:00:00.000Z
           */
          at: string;
          /**
           * Format: date-time
           * @description The date that was announced.
           * @example 2026-01-31T12:00:00.000Z
           */
          removalAt: string | null;
        } | null;
        /**
         * Format: date-time
         * @description When the removal could no longer be called off.
         * @example 2026-01-31T12:00:00.000Z
         */
        began: string;
        /**
         * Format: date-time
         * @example 2026-01-31T12:00:00.000Z
         */
        completed: string;
        /** @description Everything the tenant ever had and that was removed. */
        resources: {
          /** @example bucket */
          kind: string;
          /** @example versity */
          provider: string;
          /** @description A region’s name, or `global`. */
          region: string;
          /** @description Empty for kinds without cells. */
          cell: string;
          /** @description Its name at the provider, which is made of the tenant’s id. */
          name: string;
          /**
           * Format: date-time
           * @example 2026-01-31T12:00:00.000Z
           */
          removedAt: string;
          /**
           * Format: date-time
           * @description When the provider itself deletes what is `scheduled`; null for what is gone.
           * @example 2026-01-31T12:00:00.000Z
           */
          deletesAt: string | null;
          asked: components['schemas']['RemovalAnswer'][];
        }[];
        /** @description Leftovers that an operator has taken over instead of having them removed. */
        accepted: {
          /** @example bucket */
          kind: string;
          /** @example versity */
          provider: string;
          /** @description A region’s name, or `global`. */
          region: string;
          /** @description Empty for kinds without cells. */
          cell: string;
          /** @description Its name at the provider, which is made of the tenant’s id. */
          name: string;
          /** @description The provider’s id. */
          id: string;
          /** @example token:operator */
          by: string;
          /**
           * Format: date-time
           * @example 2026-01-31T12:00:00.000Z
           */
          at: string;
          reason: string;
          asked: components['schemas']['RemovalAnswer'][];
        }[];
        /** @description What stays on purpose. */
        retained: {
          what: string;
          where: string;
          /** @description The law or the reason. */
          why: string;
          /**
           * Format: date-time
           * @description Null: for as long as the reason stands.
           * @example 2026-01-31T12:00:00.000Z
           */
          until: string | null;
          /** @description `false`: it can no longer be read. Otherwise what can be read, and by which readers. */
          readable: false | string;
        }[];
        /** @description Every key that the tenant’s data was ever encrypted with. */
        keys: {
          /**
           * @description `data-key`: encrypted the tenant’s data in the registry and the vault; `own-key`: the tenant’s own key at AWS KMS.
           * @enum {string}
           */
          key: 'data-key' | 'own-key';
          /** @description Null for a tenant’s own key. */
          generation: number | null;
          /** @example aws-kms */
          provider: string;
          /** @description Null for the control plane’s key ring. */
          region: string | null;
          /**
           * Format: date-time
           * @example 2026-01-31T12:00:00.000Z
           */
          destroyedAt: string | null;
          /**
           * Format: date-time
           * @description The date of the deletion that AWS KMS has scheduled; the key is unusable until then.
           * @example 2026-01-31T12:00:00.000Z
           */
          deletesAt: string | null;
        }[];
        /** @description Digest of all evidence about the tenant, which has the answers in full. */
        evidence: {
          entries: number;
          sha256: string;
        };
        /** @description The newest entry of the tenant’s audit trail: the one that records the end of the removal. */
        audit: {
          sequence: number;
          hash: string;
        };
      };
      /** @description A JWS (RFC 7515, flattened, Ed25519) over the canonical JSON (RFC 8785) of the certificate. `kid` in its header names one of the keys of `GET /v1/audit/keys`. */
      signed: {
        payload: string;
        protected: string;
        signature: string;
      };
    };
    /** @description What a provider answered when it was asked again after the removal. */
    RemovalAnswer: {
      /**
       * @description The provider that answered.
       * @example postgres
       */
      who: string;
      /**
       * @description `lookup`: asked for this one thing; `listing`: asked for everything of its kind in the region.
       * @enum {string}
       */
      how: 'lookup' | 'listing';
      /**
       * Format: date-time
       * @description When the question was sent, by the clock of the registry.
       * @example 2026-01-31T12:00:00.000Z
       */
      at: string;
      /**
       * @description `scheduled`: there, unusable, and deleted by the provider itself on `deletesAt`; `foreign`: the name is taken by something without our marks; `unanswered`: there was no complete answer.
       * @enum {string}
       */
      answer: 'absent' | 'scheduled' | 'present' | 'foreign' | 'unanswered';
    };
    /** @description The credentials of the first admin. Shown once. */
    Credentials: {
      /**
       * Format: uri
       * @description Where the first admin logs in.
       */
      adminAccessUrl: string;
      /** @description The login name of the first admin. */
      username?: string | undefined;
      /** @description Must be changed at the first login. */
      temporaryPassword: string;
      /** @description API keys by name. */
      apiKeys: {
        [key: string]: string;
      };
      monitoring?: components['schemas']['MonitoringCredentials'] | undefined;
    };
    /** @description Only for plans with monitoring. This key stays the same when credentials are reissued. */
    MonitoringCredentials: {
      /**
       * Format: uri
       * @description Where the tenant’s programs send and read metrics and logs.
       */
      endpoint: string;
      /** @description Their bearer token there. */
      key: string;
    };
    /** @description Uses a link. This works once. */
    ClaimRequest: {
      /** @description The token in the link. */
      token: string;
    };
    /** @description A new link is on its way by mail and replaces the old one. */
    Reissuing: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /** @enum {string} */
      status: 'reissuing';
    };
    /** @description The work has begun; follow it on the backup. */
    BackupAccepted: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /**
       * @description Random id of the backup.
       * @example bk_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60
       */
      backupId: string;
    };
    /** @description One page, newest first. */
    BackupPage: {
      items: components['schemas']['Backup'][];
      /** @description Pass it as `cursor` to get the next page; absent on the last page. */
      nextCursor?: string | undefined;
    };
    /** @description The content of a tenant’s database at one moment, encrypted, in its region. */
    Backup: {
      /**
       * @description Random id of the backup.
       * @example bk_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60
       */
      backupId: string;
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /**
       * @description The region whose vault holds it, always the tenant’s own.
       * @example eu-central
       */
      region: string;
      /** @enum {string} */
      reason: 'provisioned' | 'scheduled' | 'requested';
      /** @example schedule */
      requestedBy: string;
      /**
       * @description `good`: complete and in the vault. `failed`: unusable. `removed`: replaced by newer backups, and its key destroyed.
       * @enum {string}
       */
      state: 'requested' | 'running' | 'good' | 'failed' | 'removed';
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      requestedAt: string;
      /**
       * Format: date-time
       * @description The moment at which the data was as the backup holds it.
       * @example 2026-01-31T12:00:00.000Z
       */
      takenAt?: string | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      endedAt?: string | undefined;
      /** @description Number of objects in the vault that make up the backup. */
      parts?: number | undefined;
      /** @description Encrypted size in the vault. */
      bytes?: number | undefined;
      /** @description Checksum over the encrypted parts in their order. */
      sha256?: string | undefined;
      /** @enum {string} */
      isolation?: ('pooled' | 'schema' | 'database') | undefined;
      /** @example 0001 */
      schemaVersion?: string | undefined;
      /** @example 18.1 */
      serverVersion?: string | undefined;
      /** @description Number of rows of each table and their checksum, as they were in the database. */
      tables?:
        | {
            name: string;
            rows: number;
            sha256: string;
          }[]
        | undefined;
      /** @description Why the backup failed. */
      problem?: string | undefined;
      /** @description The newest restore into a scratch tenant; absent before the first one. */
      restoreTest?:
        | {
            /** @enum {string} */
            state: 'running' | 'good' | 'failed';
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            begunAt?: string | undefined;
            /**
             * Format: date-time
             * @description When the backup was last restored successfully.
             * @example 2026-01-31T12:00:00.000Z
             */
            restoredAt?: string | undefined;
            /** @description Why the last restore test failed. */
            problem?: string | undefined;
          }
        | undefined;
      /** @description The newest restore of the tenant itself from this backup. */
      restore?:
        | {
            /** @enum {string} */
            state: 'running' | 'good' | 'failed';
            /** @example token:operator */
            requestedBy: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            begunAt: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            endedAt?: string | undefined;
            /** @description Why the tenant was left as it was. */
            problem?: string | undefined;
          }
        | undefined;
    };
    /** @description Replaces the content of a tenant’s database by that of a backup. */
    RestoreRequest: {
      /**
       * @description The tenant’s name, to confirm that its present data is replaced.
       * @example acme-bikes
       */
      confirm: string;
    };
    /** @description Everything that a tenant has, as an encrypted archive. */
    TenantExport: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /**
       * @description The removal that the export is part of.
       * @example op_a2b3c4d5e6f7g2h3i4j5
       */
      operationId: string;
      /** @description The region whose vault holds it, always the tenant’s own. */
      region: string;
      /**
       * @description `running`: volumes are being written. `ready`: complete and verified. `removing`, `removed`: deleted.
       * @enum {string}
       */
      state: 'running' | 'ready' | 'removing' | 'removed';
      /** @description Version of the archive’s format; docs/export.md describes it. */
      format: number;
      /** @description The age recipient that can decrypt it. */
      recipient: string;
      /**
       * @description Who has the key: the customer, or the bearer of the link that was mailed to the first admin.
       * @enum {string}
       */
      key: 'customer' | 'one-time-link';
      /**
       * Format: date-time
       * @description When the link was used. The product then has no key.
       * @example 2026-01-31T12:00:00.000Z
       */
      keyClaimedAt?: string | undefined;
      volumes: {
        number: number;
        name: string;
        /** @description Encrypted size. */
        bytes: number;
        /** @description Checksum of the encrypted file. */
        sha256: string;
        entries: number;
        tables: number;
        rows: number;
        objects: number;
        objectBytes: number;
      }[];
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      begunAt: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      readyAt?: string | undefined;
      /**
       * Format: date-time
       * @description When the archive is deleted: 30 days after the tenant is gone. Absent until then.
       * @example 2026-01-31T12:00:00.000Z
       */
      expiresAt?: string | undefined;
    };
    /** @description The key that decrypts an export. It is not shown again. */
    ExportKey: {
      /** @description The age identity, for a file that `age --identity` reads. */
      identity: string;
      /** @description The age recipient that it belongs to. */
      recipient: string;
    };
    /** @description The data key of a tenant, which encrypts its order, secrets and configuration. */
    TenantKeys: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /** @enum {string} */
      state: 'present' | 'destroyed';
      /** @description Newest first. */
      generations: components['schemas']['KeyGeneration'][];
    };
    /** @description Facts about one of a tenant’s data keys; never the key itself. */
    KeyGeneration: {
      generation: number;
      /**
       * @description The keeper of the key that wraps this one.
       * @enum {string}
       */
      provider: 'local' | 'aws-kms';
      /**
       * @description The wrapping key: an id of the control plane’s key ring, or the ARN of the tenant’s own key.
       * @example k1
       */
      keyId: string;
      /**
       * @description Region of the tenant’s own key.
       * @example eu-central
       */
      region?: string | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      createdAt: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      destroyedAt?: string | undefined;
    };
    /** @description Everything is now encrypted under this generation; the previous one is destroyed. */
    KeyRotated: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      generation: number;
    };
    /** @description Everything that was encrypted for the tenant is now unreadable. */
    KeyDestroyed: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /** @enum {string} */
      state: 'destroyed';
      /**
       * Format: date-time
       * @description When the tenant’s own key will be deleted; it already decrypts nothing.
       * @example 2026-01-31T12:00:00.000Z
       */
      ownKeyGoneAt?: string | undefined;
    };
    /** @description Makes everything that is encrypted for a tenant unreadable. This cannot be undone. */
    DestroyKeyRequest: {
      /**
       * @description The tenant’s name, to confirm.
       * @example acme-bikes
       */
      confirm: string;
      /**
       * @description Why; kept in the audit trail, which is never deleted, so it must not contain personal data.
       * @example Agreed with the customer, ticket 4711.
       */
      reason: string;
      /** @description Must be true for an active tenant, which becomes unusable. */
      whileActive?: boolean | undefined;
    };
    /** @description Every API key a tenant has ever had, by name, newest first. */
    ApiKeys: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      apiKeys: components['schemas']['ApiKey'][];
    };
    /** @description Facts about a key with which a tenant’s own programs call the product; never the key itself. */
    ApiKey: {
      /** @example default */
      name: string;
      /** @example ak_1f2e3d4c */
      prefix: string;
      /**
       * @example [
       *       "data:read"
       *     ]
       */
      scopes: string[];
      /**
       * @description `superseded`: a newer key of the same name replaces this one, which stays valid until it expires.
       * @enum {string}
       */
      state: 'current' | 'superseded' | 'expired' | 'revoked';
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      createdAt: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      expiresAt?: string | undefined;
      /**
       * Format: date-time
       * @description Accurate to a few seconds.
       * @example 2026-01-31T12:00:00.000Z
       */
      lastUsedAt?: string | undefined;
    };
    /** @description A new key. Shown once. */
    ApiKeyCreated: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      name: string;
      /** @description The new key. It is not shown again. */
      key: string;
      /**
       * @example [
       *       "data:read"
       *     ]
       */
      scopes: string[];
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      expiresAt?: string | undefined;
    };
    /** @description Creates another API key for a tenant. */
    CreateApiKeyRequest: {
      /**
       * @description A name that no key in use has.
       * @example warehouse
       */
      name: string;
      /**
       * @description Scopes that keys of the tenant’s plan may have.
       * @example [
       *       "records:read"
       *     ]
       */
      scopes: string[];
      /**
       * @description Days until the new key expires; without it the key does not expire.
       * @example 365
       */
      expiresInDays?: number | undefined;
    };
    /** @description A new key of the same name. Shown once. */
    ApiKeyRotated: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      name: string;
      /** @description The new key. It is not shown again. */
      key: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      expiresAt?: string | undefined;
      /**
       * Format: date-time
       * @description Until when the previous key stays valid.
       * @example 2026-01-31T12:00:00.000Z
       */
      previousUntil: string;
    };
    /** @description How the next key replaces the current one. */
    RotateApiKeyRequest: {
      /**
       * @description Hours for which the previous key stays valid; 24 by default.
       * @example 24
       */
      overlapHours?: number | undefined;
      /**
       * @description Days until the new key expires; without it the key does not expire.
       * @example 365
       */
      expiresInDays?: number | undefined;
    };
    /** @description How many keys were revoked, not counting keys that had already ended. */
    ApiKeyRevoked: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      name: string;
      revoked: number;
    };
    /** @description The key of this name to revoke; all of them by default. */
    RevokeApiKeyRequest: {
      /**
       * @description The beginning of the key, which identifies it.
       * @example ak_1f2e3d4c
       */
      prefix?: string | undefined;
    };
    /** @description The tenant, scopes and access of a valid key. An invalid key is only said to be invalid, unless it is current and its tenant is closed for now. */
    ApiKeyVerified: components['schemas']['InvalidApiKey'] | components['schemas']['ValidApiKey'];
    InvalidApiKey: {
      /** @enum {boolean} */
      valid: false;
      /**
       * @description Only for a key that is neither revoked nor expired: its tenant is closed for now. Absent for any other key.
       * @enum {string}
       */
      reason?: ('tenant_suspended' | 'tenant_leaving') | undefined;
    };
    ValidApiKey: {
      /** @enum {boolean} */
      valid: true;
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      name: string;
      /**
       * @example [
       *       "data:read"
       *     ]
       */
      scopes: string[];
      /**
       * @description `read-only`: the tenant is suspended, and what it has may still be read. Allow the scopes of the key only as far as they read; the providers refuse to write.
       * @enum {string}
       */
      access: 'open' | 'read-only';
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      expiresAt?: string | undefined;
    };
    VerifyApiKeyRequest: {
      /** @description The key that a caller has presented. */
      key: string;
    };
    /** @description The feature flags of a tenant. */
    TenantFlags: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /** @description By key. */
      flags: components['schemas']['TenantFlag'][];
    };
    /** @description A feature flag of a tenant, as it is evaluated. */
    TenantFlag: {
      /**
       * @description Key of the flag.
       * @example new-editor
       */
      flag: string;
      description?: string | undefined;
      /**
       * @description The values that the plan has for the flag, by name.
       * @example {
       *       "on": true,
       *       "off": false
       *     }
       */
      variants: {
        [key: string]: unknown;
      };
      /**
       * @description Name of one of the flag’s variants.
       * @example on
       */
      variant: string;
      /**
       * @description Rule in JSONLogic with flagd’s operators. It answers with the name of a variant, or with null for the default.
       * @example {
       *       "if": [
       *         {
       *           "ends_with": [
       *             {
       *               "var": "targetingKey"
       *             },
       *             "-beta"
       *           ]
       *         },
       *         "on",
       *         null
       *       ]
       *     }
       */
      targeting?:
        | {
            [key: string]: unknown;
          }
        | undefined;
      /** @description What the plan and the order have. */
      ordered: {
        /**
         * @description Name of one of the flag’s variants.
         * @example on
         */
        variant: string;
        /**
         * @description Rule in JSONLogic with flagd’s operators. It answers with the name of a variant, or with null for the default.
         * @example {
         *       "if": [
         *         {
         *           "ends_with": [
         *             {
         *               "var": "targetingKey"
         *             },
         *             "-beta"
         *           ]
         *         },
         *         "on",
         *         null
         *       ]
         *     }
         */
        targeting?:
          | {
              [key: string]: unknown;
            }
          | undefined;
      };
      /** @description The newest change; absent if there was none. */
      change?:
        | {
            /**
             * @description `ordered`: the flag was reset.
             * @enum {string}
             */
            to: 'setting' | 'ordered';
            /** @example token:support */
            by: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            at: string;
            reason: string;
          }
        | undefined;
    };
    /** @description The variant that the tenant gets. Without `targeting` every evaluation gives it; with it, the variant is the default of the rule. */
    ChangeFlagRequest: {
      /**
       * @description Name of one of the flag’s variants.
       * @example on
       */
      variant: string;
      /**
       * @description Rule in JSONLogic with flagd’s operators. It answers with the name of a variant, or with null for the default.
       * @example {
       *       "if": [
       *         {
       *           "ends_with": [
       *             {
       *               "var": "targetingKey"
       *             },
       *             "-beta"
       *           ]
       *         },
       *         "on",
       *         null
       *       ]
       *     }
       */
      targeting?:
        | {
            [key: string]: unknown;
          }
        | undefined;
      /**
       * @description Why; encrypted under the tenant’s key.
       * @example Pilot customer, ticket 4711.
       */
      reason: string;
    };
    /** @description The flag becomes what the plan and the order have. */
    ResetFlagRequest: {
      /**
       * @description Why; encrypted under the tenant’s key.
       * @example Pilot customer, ticket 4711.
       */
      reason: string;
    };
    /** @description Every flag of the tenant, by key. */
    EvaluatedFlags: {
      flags: (components['schemas']['EvaluatedFlag'] | components['schemas']['FailedEvaluation'])[];
    };
    /** @description The value of a flag for this context. */
    EvaluatedFlag: {
      /** @example new-editor */
      key: string;
      /**
       * @description Boolean, string, number or object.
       * @example true
       */
      value?: unknown;
      /** @example on */
      variant: string;
      /**
       * @description Why this value: `STATIC`, `DEFAULT` or `TARGETING_MATCH`.
       * @example STATIC
       */
      reason: string;
      metadata: {
        [key: string]: unknown;
      };
    };
    /** @description Why a flag has no value for this context. */
    FailedEvaluation: {
      /** @example new-editor */
      key: string;
      /** @enum {string} */
      errorCode: 'FLAG_NOT_FOUND' | 'INVALID_CONTEXT' | 'PARSE_ERROR' | 'GENERAL';
      errorDetails: string;
    };
    /** @description Why no flag was evaluated. */
    FailedEvaluations: {
      /** @enum {string} */
      errorCode: 'FLAG_NOT_FOUND' | 'INVALID_CONTEXT' | 'PARSE_ERROR' | 'GENERAL';
      errorDetails: string;
    };
    /** @description For whom flags are evaluated. */
    FlagEvaluationRequest: {
      /** @description What targeting rules may ask for. It is neither stored nor logged. */
      context?:
        | ({
            /**
             * @description For whom, such as a user’s id.
             * @example user-4711
             */
            targetingKey?: string | undefined;
          } & {
            [key: string]: unknown;
          })
        | undefined;
    } & {
      [key: string]: unknown;
    };
    /** @description What became of the records. */
    UsageReceipt: {
      /** @description One for each record, in the order of the request. */
      results: {
        tenantId: string;
        recordId: string;
        /**
         * @description `recorded`: it counts. `corrected`: it counts in place of an earlier revision. `duplicate`: it was there already. `outdated`: a later revision was there already. `refused`: it does not count.
         * @enum {string}
         */
        outcome: 'recorded' | 'corrected' | 'duplicate' | 'outdated' | 'refused';
        /** @enum {string} */
        reason?:
          | (
              | 'no-tenant'
              | 'not-provisioned'
              | 'gone'
              | 'no-meter'
              | 'measured-here'
              | 'future'
              | 'too-old'
              | 'before-tenant'
              | 'differs'
            )
          | undefined;
        /** @description What is wrong, and what to do. */
        detail?: string | undefined;
      }[];
      /** @description How many records were refused. */
      refused: number;
    };
    /** @description What tenants have used. */
    UsageReport: {
      /**
       * @description Who counts, if several programs do; `application` by default.
       * @example gateway
       */
      source?: string | undefined;
      records: components['schemas']['UsageRecord'][];
    };
    /** @description Something that a tenant has used. */
    UsageRecord: {
      /**
       * @description Id of the record, unique for the tenant within the source. A record that is sent again counts once.
       * @example api-2026-01-31T12
       */
      recordId: string;
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /**
       * @description Name of the meter.
       * @example api_requests
       */
      meter: string;
      /**
       * Format: date-time
       * @description When it was used. At most 400 days ago, and not in the future.
       * @example 2026-01-31T12:00:00Z
       */
      at: string;
      /**
       * @description How much was used, in the unit of the meter.
       * @example 1200
       */
      value: number;
      /** @description 1 by default. To correct a value, send the record with the right value and a higher revision; the highest counts, whatever order they arrive in. */
      revision?: number | undefined;
    };
    /** @description What a tenant has used of each meter of its plan. */
    TenantUsage: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /**
       * Format: date
       * @description A day in UTC.
       * @example 2026-01-31
       */
      from: string;
      /**
       * Format: date
       * @description The last day, inclusive.
       * @example 2026-01-31
       */
      to: string;
      /** @enum {string} */
      by: 'day' | 'month';
      meters: components['schemas']['MeterUsage'][];
      /**
       * Format: date-time
       * @description When this was read.
       * @example 2026-01-31T12:00:00.000Z
       */
      until: string;
    };
    MeterUsage: {
      meter: string;
      displayName: string;
      /**
       * @description `sum`: records add up. `last`: the newest record counts, as for bytes stored.
       * @enum {string}
       */
      aggregation: 'sum' | 'last';
      current: components['schemas']['UsageNow'];
      /** @description Days or months in which something was used, oldest first. */
      periods: {
        /**
         * Format: date
         * @description A day in UTC.
         * @example 2026-01-31
         */
        from: string;
        used: number;
      }[];
    };
    /** @description The period of the limit that goes on now. */
    UsageNow: {
      /** @enum {string} */
      per: 'day' | 'month';
      /**
       * Format: date
       * @description A day in UTC.
       * @example 2026-01-31
       */
      from: string;
      /**
       * Format: date
       * @description The last day, inclusive.
       * @example 2026-01-31
       */
      to: string;
      used: number;
      /** @description Absent if there is none. */
      limit?: number | undefined;
      /** @description Used of the limit: 1 is all of it. */
      share?: number | undefined;
      /**
       * @description `near`: at the threshold of the plan. `reached`: at the limit or above it.
       * @enum {string}
       */
      level?: ('near' | 'reached') | undefined;
    };
    /** @description Every SCIM token a tenant has ever had, by name, newest first. */
    ScimTokens: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      scimTokens: components['schemas']['ScimToken'][];
    };
    /** @description Facts about a token with which a customer’s directory provisions people; never the token itself. */
    ScimToken: {
      /** @example entra */
      name: string;
      /**
       * @description The beginning of the token, which identifies it.
       * @example scim_1f2e3d4c
       */
      prefix: string;
      /**
       * @description `superseded`: a newer token of the same name replaces this one, which stays valid until it expires.
       * @enum {string}
       */
      state: 'current' | 'superseded' | 'expired' | 'revoked';
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      createdAt: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      expiresAt?: string | undefined;
      /**
       * Format: date-time
       * @description Accurate to a minute.
       * @example 2026-01-31T12:00:00.000Z
       */
      lastUsedAt?: string | undefined;
    };
    /** @description A new token. Shown once. */
    ScimTokenCreated: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      name: string;
      /** @description The new token. It is not shown again. */
      token: string;
      /**
       * Format: uri
       * @description The address that the directory asks for as “tenant URL” or “base URL”.
       * @example https://provisioner.example.com/scim/v2/k3v9x2m4q7w8r5ta
       */
      baseUrl: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      expiresAt?: string | undefined;
    };
    /** @description Creates a token for the customer’s directory. */
    CreateScimTokenRequest: {
      /**
       * @description A name that no token in use has.
       * @example entra
       */
      name: string;
      /**
       * @description Days until the new token expires; without it the token does not expire.
       * @example 365
       */
      expiresInDays?: number | undefined;
    };
    /** @description A new token of the same name. Shown once. */
    ScimTokenRotated: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      name: string;
      /** @description The new token. It is not shown again. */
      token: string;
      /**
       * Format: uri
       * @description The address that the directory asks for as “tenant URL” or “base URL”.
       * @example https://provisioner.example.com/scim/v2/k3v9x2m4q7w8r5ta
       */
      baseUrl: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      expiresAt?: string | undefined;
      /**
       * Format: date-time
       * @description Until when the previous token stays valid.
       * @example 2026-01-31T12:00:00.000Z
       */
      previousUntil: string;
    };
    /** @description How the next token replaces the current one. */
    RotateScimTokenRequest: {
      /**
       * @description Hours for which the previous token stays valid; 24 by default.
       * @example 24
       */
      overlapHours?: number | undefined;
      /**
       * @description Days until the new token expires; without it the token does not expire.
       * @example 365
       */
      expiresInDays?: number | undefined;
    };
    /** @description How many tokens were revoked, not counting those that had already ended. */
    ScimTokenRevoked: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      name: string;
      revoked: number;
    };
    /** @description The token of this name to revoke; all of them by default. */
    RevokeScimTokenRequest: {
      /**
       * @description The beginning of the token, which identifies it.
       * @example scim_1f2e3d4c
       */
      prefix?: string | undefined;
    };
    /** @description The domains that a tenant has claimed, by name. */
    TenantDomains: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      domains: components['schemas']['TenantDomain'][];
    };
    /** @description A domain that a tenant has claimed, with the record that proves it. */
    TenantDomain: {
      /** @description Random id; events name the domain by it. */
      domainId: string;
      /**
       * @description The part of a company’s e-mail addresses after the @: a public name that is not a public suffix such as `co.uk` or `github.io`. International names are stored in their ASCII form.
       * @example acme.example
       */
      domain: string;
      /**
       * @description `proved`: it is this tenant’s and no other tenant’s. `withdrawn`: it was proved, and then its record was missing for seven days.
       * @enum {string}
       */
      state: 'pending' | 'proved' | 'withdrawn';
      record: components['schemas']['DomainRecord'];
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      createdAt: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      provedAt?: string | undefined;
      /**
       * Format: date-time
       * @description When the DNS last gave an answer.
       * @example 2026-01-31T12:00:00.000Z
       */
      checkedAt?: string | undefined;
      /**
       * Format: date-time
       * @description Since when the record of a proved domain is missing. After seven days it is withdrawn.
       * @example 2026-01-31T12:00:00.000Z
       */
      missingSince?: string | undefined;
    };
    /** @description The record that the owner of the domain publishes in its DNS, and keeps there. */
    DomainRecord: {
      /** @enum {string} */
      type: 'TXT';
      /** @example _tenant-verification.acme.example */
      name: string;
      /** @example tenant-verification=0f3c5d7e9b1a2c4d6e8f0a1b2c3d4e5f6a7b8c9d */
      value: string;
    };
    /** @description Claims a domain for a tenant. */
    ClaimDomainRequest: {
      /**
       * @description The part of a company’s e-mail addresses after the @: a public name that is not a public suffix such as `co.uk` or `github.io`. International names are stored in their ASCII form.
       * @example acme.example
       */
      domain: string;
    };
    /** @description What the DNS has answered about the record of a domain. */
    DomainCheck: {
      domain: components['schemas']['TenantDomain'];
      /** @enum {string} */
      lookup: 'found' | 'missing' | 'unanswered' | 'held-by-another';
      /** @description What was found, and what to do now. */
      message: string;
      /**
       * @description The operation that connects the custom domain at the edge, or disconnects it, if one has begun now.
       * @example op_a2b3c4d5e6f7g2h3i4j5
       */
      operationId?: string | undefined;
    };
    /** @description How the people of a tenant sign in at their company. */
    TenantSso: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /**
       * Format: uri
       * @description What to enter at the company’s identity provider as redirect URI; for SAML, as assertion consumer service URL.
       */
      redirectUri?: string | undefined;
      /**
       * Format: uri
       * @description What to enter there as our entity id (audience), for SAML.
       */
      entityId?: string | undefined;
      /** @description Absent while the tenant has no single sign-on. The secret is never shown. */
      connection?:
        | {
            oidc?:
              | {
                  /**
                   * Format: uri
                   * @description The issuer exactly as the identity provider shows it; its discovery document must name it.
                   * @example https://login.acme.example
                   */
                  issuer: string;
                  /**
                   * @description Our client at the identity provider.
                   * @example saas-sign-in
                   */
                  clientId: string;
                }
              | undefined;
            saml?:
              | {
                  entityId: string;
                  /** Format: uri */
                  signOnUrl: string;
                  /** Format: uri */
                  metadataUrl?: string | undefined;
                  /**
                   * @description Why the metadata could not be used when they were last read again. People sign in as before meanwhile.
                   * @enum {string}
                   */
                  metadataProblem?: ('unreadable' | 'other-entity') | undefined;
                }
              | undefined;
            /** @description Proved domains of the tenant. Only people with an address in one of them can sign in. */
            domains: string[];
            /**
             * @description Groups of the plan in which everyone is who signs in.
             * @example [
             *       "members"
             *     ]
             */
            groups: string[];
            rules: components['schemas']['SsoGroupRule'][];
            /**
             * @description Random id of the operation.
             * @example op_a2b3c4d5e6f7g2h3i4j5
             */
            operationId: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            since: string;
            /** @description Whether an operation is changing it now. */
            changing: boolean;
          }
        | undefined;
    };
    /** @description People whose claim has this value are in the group, from their next login on. */
    SsoGroupRule: {
      /**
       * @description Name of the claim.
       * @example groups
       */
      claim: string;
      /**
       * @description Its value, or one of its values.
       * @example Accounting
       */
      value: string;
      /**
       * @description A group of the plan.
       * @example members
       */
      group: string;
    };
    /** @description How the people of a tenant sign in at their company. */
    ConfigureSsoRequest: {
      oidc?: components['schemas']['SsoOidc'] | undefined;
      saml?: components['schemas']['SsoSaml'] | undefined;
      /** @description Proved domains of the tenant. Only people with an address in one of them can sign in. */
      domains: string[];
      /**
       * @description Groups of the plan in which everyone is who signs in.
       * @example [
       *       "members"
       *     ]
       */
      groups?: string[] | undefined;
      rules?: components['schemas']['SsoGroupRule'][] | undefined;
    };
    /** @description The company’s identity provider, by OpenID Connect. */
    SsoOidc: {
      /**
       * Format: uri
       * @description The issuer exactly as the identity provider shows it; its discovery document must name it.
       * @example https://login.acme.example
       */
      issuer: string;
      /**
       * @description Our client at the identity provider.
       * @example saas-sign-in
       */
      clientId: string;
      /** @description The client’s secret. Left out: the one of the present connection, if issuer and client are the same. */
      clientSecret?: string | undefined;
    };
    /** @description The company’s identity provider, by SAML 2.0. */
    SsoSaml: {
      /** @description The metadata as XML. */
      metadata?: string | undefined;
      /**
       * Format: uri
       * @description Where to read the metadata. They are read again every day, and an operation puts a renewed certificate in place.
       * @example https://login.acme.example/metadata
       */
      metadataUrl?: string | undefined;
    };
    /** @description Whether people could sign in with this configuration. Nothing was changed. */
    SsoTest: {
      /** @description Whether no check has failed. */
      usable: boolean;
      findings: components['schemas']['SsoFinding'][];
      /** @description The groups of a person with the given claims. */
      groups?: string[] | undefined;
    };
    /** @description What one look at the identity provider or at a domain has come to. */
    SsoFinding: {
      /** @enum {string} */
      check: 'discovery' | 'endpoints' | 'keys' | 'credentials' | 'metadata' | 'certificate' | 'domain';
      /** @enum {string} */
      outcome: 'passed' | 'failed' | 'unknown';
      /** @description What was found, and what to do now. */
      message: string;
    };
    /** @description What to test. */
    TestSsoRequest: {
      /** @description What to test; by default the connection that the tenant has. */
      configuration?:
        | {
            oidc?: components['schemas']['SsoOidc'] | undefined;
            saml?: components['schemas']['SsoSaml'] | undefined;
            /** @description Proved domains of the tenant. Only people with an address in one of them can sign in. */
            domains: string[];
            /**
             * @description Groups of the plan in which everyone is who signs in.
             * @example [
             *       "members"
             *     ]
             */
            groups?: string[] | undefined;
            rules?: components['schemas']['SsoGroupRule'][] | undefined;
          }
        | undefined;
      /** @description Claims of an example person, to see which groups the rules give. */
      claims?:
        | {
            [key: string]: string | number | boolean | string[];
          }
        | undefined;
    };
    /** @description Every link that a tenant has ever had, newest first. */
    SsoLinks: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      links: components['schemas']['SsoLink'][];
    };
    /** @description Facts about a link; never the link itself. */
    SsoLink: {
      /**
       * @description Names the link in the audit trail.
       * @example acme-it
       */
      name: string;
      /**
       * @description The beginning of the link’s token.
       * @example ssol_1f2e3d4c
       */
      prefix: string;
      /**
       * @description `used`: single sign-on was connected through it, and it opens nothing any more.
       * @enum {string}
       */
      state: 'new' | 'opened' | 'used' | 'expired' | 'revoked';
      /**
       * @description Groups of the plan in which everyone is who signs in. The link’s holder cannot choose them. Left out: those of the present connection, or none.
       * @example [
       *       "members"
       *     ]
       */
      groups: string[];
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      createdAt: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      expiresAt: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      openedAt?: string | undefined;
      /**
       * @description The newest operation that was begun through the link.
       * @example op_a2b3c4d5e6f7g2h3i4j5
       */
      operationId?: string | undefined;
    };
    /** @description A new link. Shown once. */
    SsoLinkCreated: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /**
       * @description Names the link in the audit trail.
       * @example acme-it
       */
      name: string;
      /**
       * Format: uri
       * @description The link. It is not shown again.
       */
      url: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      expiresAt: string;
    };
    /** @description Creates a link for the customer’s administrator. */
    CreateSsoLinkRequest: {
      /**
       * @description Names the link in the audit trail.
       * @example acme-it
       */
      name: string;
      /**
       * @description Days until the link and its session end; 7 by default.
       * @example 7
       */
      expiresInDays?: number | undefined;
      /**
       * @description Groups of the plan in which everyone is who signs in. The link’s holder cannot choose them. Left out: those of the present connection, or none.
       * @example [
       *       "members"
       *     ]
       */
      groups?: string[] | undefined;
    };
    /** @description How many links of this name were revoked now. */
    SsoLinkRevoked: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /**
       * @description Names the link in the audit trail.
       * @example acme-it
       */
      name: string;
      revoked: number;
    };
    /** @description The link is open; its session is in a cookie. */
    SsoLinkOpened: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      expiresAt: string;
    };
    /** @description Where the setup through a link stands. */
    SsoSetup: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      expiresAt: string;
      /** @description The newest operation that was begun through the link. */
      operation?:
        | {
            /**
             * @description Random id of the operation.
             * @example op_a2b3c4d5e6f7g2h3i4j5
             */
            operationId: string;
            /** @enum {string} */
            status:
              | 'pending'
              | 'validating'
              | 'awaiting_approval'
              | 'provisioning'
              | 'running'
              | 'grace'
              | 'removing'
              | 'on_hold'
              | 'compensating'
              | 'active'
              | 'completed'
              | 'rejected'
              | 'cancelled'
              | 'failed'
              | 'needs_operator';
          }
        | undefined;
    };
    /** @description One page, newest first. */
    OperationPage: {
      items: components['schemas']['Operation'][];
      /** @description Pass it as `cursor` to get the next page; absent on the last page. */
      nextCursor?: string | undefined;
    };
    /** @description One run that changes a tenant, with its state and its result. */
    Operation: {
      /**
       * @description Random id of the operation.
       * @example op_a2b3c4d5e6f7g2h3i4j5
       */
      operationId: string;
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      tenantName?: string | undefined;
      /**
       * @example provision
       * @enum {string}
       */
      kind: 'provision' | 'suspend' | 'resume' | 'deprovision' | 'configure-sso' | 'connect-domain' | 'reconcile';
      /** @enum {string} */
      status:
        | 'pending'
        | 'validating'
        | 'awaiting_approval'
        | 'provisioning'
        | 'running'
        | 'grace'
        | 'removing'
        | 'on_hold'
        | 'compensating'
        | 'active'
        | 'completed'
        | 'rejected'
        | 'cancelled'
        | 'failed'
        | 'needs_operator';
      /** @enum {string} */
      plan: 'starter' | 'professional' | 'enterprise';
      /**
       * @description Who asked for it.
       * @example token:signup
       */
      requestedBy: string;
      /** @description Known once the order is validated. */
      region?: string | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      createdAt: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      updatedAt: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      completedAt?: string | undefined;
      /** @description The steps of this kind of operation, in order. */
      steps: components['schemas']['OperationStep'][];
      approval: components['schemas']['Approval'];
      /** @description Present while a failed step waits for an operator. */
      hold?:
        | {
            /**
             * Format: date-time
             * @description The time at which the run compensates by itself.
             * @example 2026-01-31T12:00:00.000Z
             */
            until: string;
          }
        | undefined;
      /**
       * @description Of a removal: days between its announcement and the deletion.
       * @example 30
       */
      graceDays?: number | undefined;
      /**
       * @description Of a suspension or a removal: why it was asked for.
       * @example non_payment
       * @enum {string}
       */
      reason?: ('non_payment' | 'abuse' | 'customer_request' | 'trial_ended' | 'other') | undefined;
      /** @description Oldest first; absent in lists. */
      resolutions?: components['schemas']['Resolution'][] | undefined;
      /**
       * @description Number of steps done.
       * @example 4
       */
      completed: number;
      /**
       * @description Number of steps.
       * @example 10
       */
      total: number;
      failure?: components['schemas']['OperationFailure'] | undefined;
      leftovers: components['schemas']['Leftover'][];
      /** @description The differences that a reconciliation has found between the ledger and the providers; absent in lists. */
      drift?: components['schemas']['Drift'][] | undefined;
      /** @description Present for an active tenant. */
      handover?:
        | {
            /**
             * @description `pending`: the mail with the link has not been sent yet and is retried. `sent`: the mail server accepted it. `claimed`: the credentials were fetched. `lapsed`: the link was not used in time. `refused`: the recipient’s mail server rejects the mail. `expired`: the mail could not be sent for two weeks. `unrecorded`: the mail was sent by a version that kept no record.
             * @enum {string}
             */
            state: 'pending' | 'sent' | 'claimed' | 'lapsed' | 'refused' | 'expired' | 'unrecorded';
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            since: string;
            /** @description How often the mail server was asked to accept the mail. */
            attempts: number;
            /** @description Why the last attempt failed. */
            problem?: string | undefined;
            /** @description What to do about it, if anything can be done. */
            action?: string | undefined;
            /**
             * Format: date-time
             * @description Until when the mailed link is valid.
             * @example 2026-01-31T12:00:00.000Z
             */
            linkExpires?: string | undefined;
          }
        | undefined;
      /** @description Undelivered mail about this operation; absent when there is none. */
      undelivered?: components['schemas']['UndeliveredMail'][] | undefined;
      /** @description Absent once the operation has ended. */
      estimate?:
        | {
            /**
             * @description Half of such operations take at most this long from now on.
             * @example 6.2
             */
            likelySeconds?: number | undefined;
            /**
             * @description Nine in ten of such operations take at most this long from now on.
             * @example 11.8
             */
            lateSeconds?: number | undefined;
            /**
             * Format: date-time
             * @description Absent while the operation has people to wait for.
             * @example 2026-01-31T12:00:00.000Z
             */
            likelyAt?: string | undefined;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            lateAt?: string | undefined;
            /**
             * @description Number of earlier operations it rests on; too few give no numbers.
             * @example 30
             */
            samples: number;
            /**
             * @description `all`: the region alone has too few, so the same plan’s operations in all regions count.
             * @enum {string}
             */
            regions: 'own' | 'all';
            /**
             * @description The remaining steps that are expected to decide when it ends.
             * @example [
             *       "verify",
             *       "finalize"
             *     ]
             */
            criticalPath: (
              | 'validate'
              | 'reserve'
              | 'database'
              | 'storage-and-compute'
              | 'security'
              | 'configuration'
              | 'identity'
              | 'integrations'
              | 'verify'
              | 'announce'
              | 'export'
              | 'grace'
              | 'legal-hold'
              | 'remove'
              | 'prove'
              | 'finalize'
            )[];
            /**
             * @description Its end depends on this first; the numbers cover only the work besides.
             * @enum {string}
             */
            waitsFor?: ('approver' | 'operator' | 'grace-period' | 'legal-hold') | undefined;
            /** @description The same in words, or why there are no numbers. */
            summary: string;
          }
        | undefined;
      /**
       * @description The verbs that are allowed now.
       * @example [
       *       "cancel"
       *     ]
       */
      verbs: string[];
      /**
       * Format: uri
       * @description The run in the Temporal Web UI; for operators, where its address is configured, and absent in lists.
       */
      webUi?: string | undefined;
      result?: components['schemas']['TenantProvisioningResult'] | undefined;
    };
    /** @description The state of one step. */
    OperationStep: {
      /** @enum {string} */
      id:
        | 'validate'
        | 'reserve'
        | 'database'
        | 'storage-and-compute'
        | 'security'
        | 'configuration'
        | 'identity'
        | 'integrations'
        | 'verify'
        | 'announce'
        | 'export'
        | 'grace'
        | 'legal-hold'
        | 'remove'
        | 'prove'
        | 'finalize';
      /** @example Provision the database share */
      label: string;
      /** @enum {string} */
      state: 'pending' | 'running' | 'done' | 'failed' | 'compensating' | 'compensated' | 'skipped';
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      startedAt?: string | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      endedAt?: string | undefined;
      /**
       * @description Total number of attempts of its activities.
       * @example 1
       */
      attempts: number;
      /** @description The last error, even if the attempt was retried since. */
      error?:
        | {
            /** @example ProviderUnavailable */
            type: string;
            message: string;
          }
        | undefined;
      /**
       * Format: date-time
       * @description When a failed attempt is repeated; it may have begun meanwhile.
       * @example 2026-01-31T12:00:00.000Z
       */
      nextTry?: string | undefined;
      /** @description Why an operator skipped the step. */
      reason?: string | undefined;
      /** @description How the step gets on; only of a step in progress or held up. */
      progress?:
        | {
            /**
             * @description `slow`: it has taken longer than 95 % of earlier runs. `stuck`: no attempt makes progress, or a failed one waits to be repeated.
             * @enum {string}
             */
            pace: 'normal' | 'slow' | 'stuck';
            /** @example Retry 2 of 3 in 8 s; the last attempt failed: A provider refused the request. */
            reason: string;
          }
        | undefined;
    };
    /** @description The state of the approval of restricted customizations. */
    Approval: {
      /**
       * @description `withdrawn`: the operation ended before an approver decided.
       * @enum {string}
       */
      state: 'not_required' | 'waiting' | 'approved' | 'rejected' | 'expired' | 'withdrawn';
      /**
       * @description Customizations that need an approval.
       * @example [
       *       "storageQuotaGb"
       *     ]
       */
      required: string[];
      /**
       * @description The values ordered for these customizations, on which the approver decides.
       * @example {
       *       "storageQuotaGb": 50
       *     }
       */
      requested?:
        | {
            [key: string]: unknown;
          }
        | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      deadline?: string | undefined;
      decision?: components['schemas']['ApprovalVerdict'] | undefined;
    };
    /** @description The decision that stands; absent in lists. */
    ApprovalVerdict: {
      /**
       * @description Who decided.
       * @example token:approver
       */
      by: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      at: string;
      /** @description Why; absent when no comment was given. */
      comment?: string | undefined;
      /** @description False when the decision bypassed this API and its author is unknown. */
      verified: boolean;
    };
    /** @description A decision of an operator that the run has accepted. */
    Resolution: {
      /** @enum {string} */
      verb: 'retry' | 'amend' | 'skip' | 'compensate' | 'accept';
      /** @description Why; empty when no reason was given. */
      reason: string;
      /**
       * @description Who decided.
       * @example token:operator
       */
      by: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      at: string;
      /** @description False when the decision bypassed this API and its author is unknown. */
      verified: boolean;
    };
    /** @description The first failure that stopped the run from going forward. */
    OperationFailure: {
      /**
       * @description A type of the failure catalogue.
       * @example PaymentMethodDeclined
       */
      type: string;
      message: string;
      /** @enum {string} */
      step:
        | 'validate'
        | 'reserve'
        | 'database'
        | 'storage-and-compute'
        | 'security'
        | 'configuration'
        | 'identity'
        | 'integrations'
        | 'verify'
        | 'announce'
        | 'export'
        | 'grace'
        | 'legal-hold'
        | 'remove'
        | 'prove'
        | 'finalize';
      /**
       * @description JSON pointer into the order, when correcting that field would help.
       * @example /paymentMethod
       */
      pointer?: string | undefined;
    };
    /** @description A resource that the undo could not release and that waits for an operator. */
    Leftover: {
      kind: string;
      provider: string;
      region: string;
      id: string;
      lastError: string;
    };
    /** @description A difference between the ledger and a provider. */
    Drift: {
      kind: string;
      provider: string;
      region: string;
      id: string;
      /**
       * @description What differs: `existence`, `access`, or something that the kind compares.
       * @example existence
       */
      what: string;
      /**
       * @description As the ledger has it.
       * @example present
       */
      was: string;
      /**
       * @description As the provider has it.
       * @example absent
       */
      is: string;
      /**
       * @description `found`: it was only listed, or is still to be mended. `mended`: it is as the ledger says again. `left`: a person has to mend it.
       * @enum {string}
       */
      outcome: 'found' | 'mended' | 'left';
      /** @description What a person can do about it. */
      remedy?: string | undefined;
    };
    /** @description A mail that is still needed and has not been delivered. */
    UndeliveredMail: {
      /**
       * @description What the mail is about.
       * @example approval
       */
      purpose: string;
      /** @enum {string} */
      to: 'first-admin' | 'contact' | 'approver' | 'operator';
      /**
       * @description `pending`: delivery is retried. `refused`: the recipient’s mail server rejects it. `expired`: delivery was given up.
       * @enum {string}
       */
      state: 'pending' | 'refused' | 'expired';
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      since: string;
      /** @description How often the mail server was asked to accept the mail. */
      attempts: number;
      /** @description Why the last attempt failed. */
      problem?: string | undefined;
      /** @description What to do about it, if anything can be done. */
      action?: string | undefined;
    };
    /** @description The result of an order. */
    TenantProvisioningResult: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /** @enum {string} */
      status: 'success' | 'pending' | 'failed';
      /** @description Existing resources by purpose. */
      resources: {
        database: components['schemas']['ProvisionedResource'][];
        storage: components['schemas']['ProvisionedResource'][];
        compute: components['schemas']['ProvisionedResource'][];
      };
      /** @description The application’s configuration, by section. */
      configuration?:
        | {
            [key: string]: unknown;
          }
        | undefined;
      credentials?:
        | {
            /**
             * Format: uri
             * @description Where the first admin logs in.
             */
            adminAccessUrl?: string | undefined;
          }
        | undefined;
      /**
       * Format: date-time
       * @description The likely time of completion; absent while people have to decide, or if too few earlier operations are known.
       */
      estimatedCompletionTime?: string | undefined;
      errors?: string[] | undefined;
    };
    /** @description A resource made at a provider. */
    ProvisionedResource: {
      /** @example postgres-schema */
      kind: string;
      /** @example postgres */
      provider: string;
      /** @example eu-central */
      region: string;
      id: string;
      /** @description Facts about the resource from its provider; never secrets. */
      facts?:
        | {
            [key: string]: unknown;
          }
        | undefined;
    };
    /** @description The recorded attempts of an operation. */
    OperationAttempts: {
      /**
       * @description Random id of the operation.
       * @example op_a2b3c4d5e6f7g2h3i4j5
       */
      operationId: string;
      /** @description Oldest first; the newest 1000. */
      items: components['schemas']['OperationAttempt'][];
      /** @description False if there were earlier attempts. */
      complete: boolean;
    };
    /** @description One attempt of an activity of a step. */
    OperationAttempt: {
      /** @enum {string} */
      step:
        | 'validate'
        | 'reserve'
        | 'database'
        | 'storage-and-compute'
        | 'security'
        | 'configuration'
        | 'identity'
        | 'integrations'
        | 'verify'
        | 'announce'
        | 'export'
        | 'grace'
        | 'legal-hold'
        | 'remove'
        | 'prove'
        | 'finalize';
      /**
       * @description The activity; a step can have several, side by side.
       * @example 7
       */
      activity: string;
      /** @description Counts the attempts of the activity. */
      attempt: number;
      /** @enum {string} */
      direction: 'forward' | 'compensation';
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      startedAt: string;
      /**
       * Format: date-time
       * @description Absent while it goes on, and if its worker died.
       * @example 2026-01-31T12:00:00.000Z
       */
      endedAt?: string | undefined;
      error?:
        | {
            /**
             * @description A type of the failure catalogue.
             * @example ProviderUnavailable
             */
            type: string;
            message: string;
          }
        | undefined;
      /**
       * Format: date-time
       * @description When the failed attempt is repeated; absent if it is not.
       * @example 2026-01-31T12:00:00.000Z
       */
      nextTry?: string | undefined;
    };
    /** @description What the operation’s tenant was ordered with, and how that differs from its plan. */
    OperationOrder: {
      /**
       * @description Random id of the operation.
       * @example op_a2b3c4d5e6f7g2h3i4j5
       */
      operationId: string;
      template: {
        /** @example professional */
        id: string;
        /** @example 1.0.0 */
        version: string;
        /**
         * @description Version of the plan’s template today.
         * @example 1.1.0
         */
        current?: string | undefined;
      };
      /** @description The customer, for callers who may decide on approvals; absent for all others, and once the tenant’s key is destroyed. */
      organizationName?: string | undefined;
      /** @description Absent once the tenant’s key is destroyed. */
      order?:
        | {
            /** @enum {string} */
            billingCycle: 'monthly' | 'yearly';
            features: string[];
            customDomain?: string | undefined;
            integrations?: string[] | undefined;
            compliance?: components['schemas']['Compliance'] | undefined;
            /** @description The region that was asked for; absent if any would do. */
            region?: string | undefined;
            customizations?:
              | {
                  [key: string]: unknown;
                }
              | undefined;
            /**
             * @description Variants that the tenant gets in place of the plan’s, by key of the feature flag.
             * @example {
             *       "new-editor": "on"
             *     }
             */
            featureFlags?:
              | {
                  [key: string]: string;
                }
              | undefined;
            /** @enum {string} */
            onPermanentFailure?: ('compensate' | 'hold') | undefined;
            /** @description Whether the order names a payment method. */
            paymentMethod: boolean;
          }
        | undefined;
      differences: components['schemas']['TemplateDifference'][];
    };
    /** @description A value in which an order differs from its plan of today. */
    TemplateDifference: {
      /**
       * @description RFC 6901 pointer into the template.
       * @example /resources/storage/quotaGb
       */
      pointer: string;
      /** @description A JSON value; absent if the template does not have it. */
      plan?: unknown;
      /** @description A JSON value; absent if the template does not have it. */
      ordered?: unknown;
      /** @description The customization that changes this value; absent if the plan was another then. */
      customization?: string | undefined;
      needsApproval: boolean;
    };
    /** @description A page of events, oldest first. It may be empty although more follow. */
    EventPage: {
      items: components['schemas']['Event'][];
      /**
       * @description Pass it as `after` to get the next page.
       * @example 4711
       */
      position: number;
      /** @description Whether more may follow already; then ask again without waiting. */
      more: boolean;
      /**
       * @description Of an operation’s events: it has ended, and this page is the last.
       * @enum {boolean}
       */
      ended?: true | undefined;
    };
    /** @description A fact that others may follow. */
    Event: {
      /**
       * @description Number of the event in the log, and the position after it.
       * @example 4711
       */
      sequence: number;
      /**
       * Format: date-time
       * @description When it happened.
       * @example 2026-01-31T12:00:00.000Z
       */
      at: string;
      /**
       * @description Later versions add types: ignore those you do not know.
       * @enum {string}
       */
      type:
        | 'operation.status'
        | 'operation.held'
        | 'operation.leftovers'
        | 'step.state'
        | 'step.attempt'
        | 'resource.state'
        | 'approval.asked'
        | 'approval.decided'
        | 'approval.expired'
        | 'resolution.taken'
        | 'tenant.state'
        | 'legal-hold.placed'
        | 'legal-hold.changed'
        | 'legal-hold.lifted'
        | 'legal-hold.ended'
        | 'trial.began'
        | 'trial.moved'
        | 'trial.ended'
        | 'flags.changed'
        | 'billing.state'
        | 'billing.payment'
        | 'billing.finding'
        | 'export.state'
        | 'backup.state'
        | 'restore-test.state'
        | 'restore.state'
        | 'domain.state'
        | 'sso.metadata'
        | 'usage.quota-near'
        | 'usage.quota-reached'
        | 'alert.firing'
        | 'alert.resolved'
        | 'quarantine.found'
        | 'quarantine.ended'
        | 'evidence.recorded';
      tenantId?: string | undefined;
      operationId?: string | undefined;
      /**
       * @description Ids, enumerations, numbers and times, by the type of the event.
       * @example {
       *       "from": "provisioning",
       *       "status": "active"
       *     }
       */
      data: {
        [key: string]: unknown;
      };
    };
    /** @description The decision that stands. */
    Decision: {
      /**
       * @description Random id of the operation.
       * @example op_a2b3c4d5e6f7g2h3i4j5
       */
      operationId: string;
      /** @enum {string} */
      decision: 'approve' | 'reject';
      comment: string;
      /** @description Id of the approver. */
      decidedBy: string;
    };
    /** @description An approver’s decision. */
    ApprovalRequest: {
      /** @enum {string} */
      decision: 'approve' | 'reject';
      /**
       * @description Why; kept with the decision.
       * @example Agreed with sales.
       */
      comment?: string | undefined;
    };
    /** @description The operation stops and undoes what it made. */
    Cancelling: {
      /**
       * @description Random id of the operation.
       * @example op_a2b3c4d5e6f7g2h3i4j5
       */
      operationId: string;
      /** @enum {string} */
      status:
        | 'pending'
        | 'validating'
        | 'awaiting_approval'
        | 'provisioning'
        | 'running'
        | 'grace'
        | 'removing'
        | 'on_hold'
        | 'compensating'
        | 'active'
        | 'completed'
        | 'rejected'
        | 'cancelled'
        | 'failed'
        | 'needs_operator';
    };
    /** @description Stops an operation that has not ended and undoes everything it has made. */
    CancelRequest: {
      /** @description Why; kept in the audit trail. */
      reason?: string | undefined;
    };
    /** @description The run has accepted the decision and carries it out. */
    ResolutionTaken: {
      /**
       * @description Random id of the operation.
       * @example op_a2b3c4d5e6f7g2h3i4j5
       */
      operationId: string;
      /** Format: uuid */
      resolutionId: string;
      /** @enum {string} */
      verb: 'retry' | 'amend' | 'skip' | 'compensate' | 'accept';
    };
    /** @description How an operation that waits for an operator continues. On hold: `retry` the failed steps, `amend` the order and retry them, `skip` them, or `compensate`. With leftovers: `retry` the undo, or `accept` leftovers, which the operator then takes over. */
    ResolutionRequest:
      | components['schemas']['Retry']
      | components['schemas']['Compensate']
      | components['schemas']['Amend']
      | components['schemas']['Skip']
      | components['schemas']['AcceptLeftovers'];
    Retry: {
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      verb: 'retry';
      /**
       * @description Why; kept in the audit trail, which is never deleted, so it must not contain personal data.
       * @example Agreed with the customer, ticket 4711.
       */
      reason?: string | undefined;
    };
    Compensate: {
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      verb: 'compensate';
      /**
       * @description Why; kept in the audit trail, which is never deleted, so it must not contain personal data.
       * @example Agreed with the customer, ticket 4711.
       */
      reason?: string | undefined;
    };
    Amend: {
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      verb: 'amend';
      /**
       * @description A JSON Merge Patch (RFC 7396) for the order: fields replace those of the order, and null removes a field. Only fields that no finished step has used may change.
       * @example {
       *       "paymentMethod": "pm_card_visa"
       *     }
       */
      patch: {
        [key: string]: unknown;
      };
      /**
       * @description Why; kept in the audit trail, which is never deleted, so it must not contain personal data.
       * @example Agreed with the customer, ticket 4711.
       */
      reason?: string | undefined;
    };
    Skip: {
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      verb: 'skip';
      /**
       * @description Why; kept in the audit trail, which is never deleted, so it must not contain personal data.
       * @example Agreed with the customer, ticket 4711.
       */
      reason: string;
    };
    AcceptLeftovers: {
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      verb: 'accept';
      /** @description The leftovers of the operation that an operator takes over. */
      leftovers: {
        /** @example bucket */
        kind: string;
        /** @example t-k3v9x2m4q7w8r5ta */
        id: string;
      }[];
      /**
       * @description Why; kept in the audit trail, which is never deleted, so it must not contain personal data.
       * @example Agreed with the customer, ticket 4711.
       */
      reason: string;
    };
    /** @description The scan begins. Its findings become part of the tenant’s evidence. */
    Scanning: {
      /**
       * @description Random id of the tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId: string;
      /** @enum {string} */
      status: 'scanning';
    };
    /** @description The newest twenty scans, newest first. Their findings are in the evidence. */
    Scans: {
      items: components['schemas']['Scan'][];
    };
    /** @description A scan of the resources of a tenant. */
    Scan: {
      /**
       * @description Random id of the scan.
       * @example sc_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60
       */
      scanId: string;
      scanner: string;
      /** @example schedule */
      requestedBy: string;
      /**
       * @description `not_run`: no scanner is installed, so the absence of findings means nothing.
       * @enum {string}
       */
      state: 'running' | 'done' | 'not_run' | 'failed';
      /** @description Why the scan did not run or failed. */
      outcome?: string | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      startedAt: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      endedAt?: string | undefined;
    };
    /** @description The report of a scanner. */
    ScanReport: {
      /** @description The token that the scanner was given for its report. */
      token: string;
      /**
       * @description Name and version of the scanner.
       * @example s3scanner 2.0.2
       */
      scanner: string;
      findings: components['schemas']['ScanFinding'][];
      /** @description Why the scanner could not check anything. There are no findings then. */
      failure?: string | undefined;
    };
    /** @description A scanner’s result for one thing it checked. */
    ScanFinding: {
      /**
       * @description Stable name of the check.
       * @example s3.all-users
       */
      id: string;
      /** @description What should hold, as a sentence. */
      claim: string;
      /**
       * @description `info`: the claim holds.
       * @enum {string}
       */
      severity: 'critical' | 'high' | 'medium' | 'low' | 'info';
      /** @description What the scanner saw; no secrets and no names of people. */
      seen: string;
    };
    /** @description Shows that the scanner is still running. */
    ScanHeartbeat: {
      /** @description The token that the scanner was given for its report. */
      token: string;
    };
    /** @description The sweep has begun; follow it by its id. */
    SweepAccepted: {
      /**
       * @description Random id of the sweep.
       * @example sw_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60
       */
      sweepId: string;
    };
    /** @description Looks for lost runs and orphaned resources. */
    SweepRequest: {
      /** @description Only find and report; quarantine, remove and resume nothing. True by default. */
      dryRun?: boolean | undefined;
      /** @description Tenants unknown to the registry whose resources may be removed nevertheless, once their grace period has passed. Check first whether they belong to another installation, or whether the registry was restored to an older state. */
      tenants?: string[] | undefined;
    };
    /** @description One page, newest first. */
    SweepPage: {
      items: components['schemas']['Sweep'][];
      /** @description Pass it as `cursor` to get the next page; absent on the last page. */
      nextCursor?: string | undefined;
    };
    /** @description One search for lost runs and orphaned resources. */
    Sweep: {
      /**
       * @description Random id of the sweep.
       * @example sw_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60
       */
      sweepId: string;
      /** @example schedule */
      requestedBy: string;
      dryRun: boolean;
      /**
       * @description `refused`: the sweep did not begin, because the ledger is empty; nothing was touched.
       * @enum {string}
       */
      state: 'running' | 'done' | 'refused' | 'failed';
      /** @description Why the sweep was refused or failed. */
      reason?: string | undefined;
      /** @description Findings by reason, the actions taken on findings, and problems. Empty until the sweep has ended. */
      counts: {
        orphans?: number | undefined;
        unknownTenants?: number | undefined;
        lostRuns?: number | undefined;
        released?: number | undefined;
        removed?: number | undefined;
        resumed?: number | undefined;
        problems?: number | undefined;
      };
      /** @description What could not be checked or done, each with the cause. */
      problems: string[];
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      startedAt: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      endedAt?: string | undefined;
      /** @description Findings that are new in this sweep; for a dry run, all of them. At most 1000. */
      findings?: components['schemas']['Finding'][] | undefined;
    };
    /** @description A lost run or an orphaned resource that a sweep has found. */
    Finding: {
      /**
       * @description `orphan`: a resource that carries our marks, but has no row in the ledger. `unknown-tenant`: a resource of a tenant that the registry does not know. `lost-run`: an operation that has not ended, but has no run.
       * @enum {string}
       */
      reason: 'orphan' | 'unknown-tenant' | 'lost-run';
      /** @example bucket */
      kind: string;
      /** @example versity */
      provider: string;
      /**
       * @description `global` for what belongs to no region.
       * @example eu-central
       */
      region: string;
      cell?: string | undefined;
      name: string;
      /** @description Id at the provider; for a lost run the id of its operation. */
      id: string;
      tenantId: string;
      operationId?: string | undefined;
      /**
       * @description `resolved`: the sweeper has dealt with it. `released`: nothing needed to be done. Absent in a dry run.
       * @enum {string}
       */
      state?: ('quarantined' | 'resolving' | 'resolved' | 'released') | undefined;
      /** @description Why the last attempt to deal with it failed. */
      lastError?: string | undefined;
      /**
       * @description Random id of the sweep.
       * @example sw_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60
       */
      foundBy?: string | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      foundAt?: string | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      lastSeenAt?: string | undefined;
      /**
       * Format: date-time
       * @description Earliest time at which the sweeper acts on it.
       * @example 2026-01-31T12:00:00.000Z
       */
      dueAt?: string | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      resolvedAt?: string | undefined;
    };
    /** @description One page, newest first. */
    FindingPage: {
      items: components['schemas']['Finding'][];
      /** @description Pass it as `cursor` to get the next page; absent on the last page. */
      nextCursor?: string | undefined;
    };
    /** @description A JWK Set, RFC 7517. */
    AuditKeys: {
      keys: {
        /** @enum {string} */
        kty: 'OKP';
        /** @enum {string} */
        crv: 'Ed25519';
        x: string;
        kid: string;
        alg: string;
        /** @enum {string} */
        use: 'sig';
      }[];
    };
    /** @description One page, newest first. */
    AuditEntryPage: {
      items: components['schemas']['AuditEntry'][];
      /** @description Pass it as `cursor` to get the next page; absent on the last page. */
      nextCursor?: string | undefined;
    };
    /** @description An entry of an audit trail, without its hashes. */
    AuditEntry: {
      /** @description The tenant, or `control-plane`. */
      tenantId: string;
      /** @description Starts at 1 and has no gaps. */
      sequence: number;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      at: string;
      /**
       * @description Random id of the operation.
       * @example op_a2b3c4d5e6f7g2h3i4j5
       */
      operationId?: string | undefined;
      /** @example token:operator */
      actor: string;
      /** @example operation.active */
      action: string;
      detail: {
        [key: string]: unknown;
      };
    };
    /** @description Trails that contradict their newest signed head, newest first. */
    AuditFindings: {
      items: components['schemas']['AuditFinding'][];
    };
    /** @description A trail that contradicts its newest signed head. */
    AuditFinding: {
      /**
       * @description Id of the finding.
       * @example af_17
       */
      findingId: string;
      /** @description The tenant, or `control-plane`. */
      tenantId: string;
      region: string;
      /** @description Sequence of the entry concerned; 0 when no entry is. */
      sequence: number;
      /** @example Entry 4 was edited: its content does not match the hash in it. */
      problem: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      foundAt: string;
      /** @enum {string} */
      state: 'open' | 'accepted';
      /** @description The newest head in the region’s vault at that time. It lacks a `hash` when no known key had signed it, and is absent when the vault had no head. */
      head?:
        | {
            key: string;
            sequence: number;
            hash?: string | undefined;
          }
        | undefined;
      acceptance?:
        | {
            /** @example token:operator */
            by: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            at: string;
            reason: string;
            /** @description Sequence of the entry in the trail that records the acceptance. */
            entry: number;
          }
        | undefined;
    };
    /** @description Accepts a trail as it is, so that its heads are signed again from here on. */
    AcceptAuditFindingRequest: {
      /**
       * @description Why; kept in the audit trail, which is never deleted, so it must not contain personal data.
       * @example Agreed with the customer, ticket 4711.
       */
      reason: string;
    };
    /** @description The new endpoint with its secret. */
    WebhookEndpointCreated: {
      /**
       * @description Random id of the webhook endpoint.
       * @example we_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60
       */
      endpointId: string;
      /**
       * @description The caller whose endpoint it is.
       * @example token:signup
       */
      owner: string;
      /**
       * @description Where messages are sent.
       * @example https://hooks.example.com/provisioner
       */
      url: string;
      /** @description Absent: every type. */
      eventTypes?: string[] | undefined;
      /** @enum {string} */
      state: 'enabled' | 'disabled';
      /**
       * @description `requested`: by a caller. `gone`: it has answered 410. `failing`: every answer of 5 days was a failure.
       * @enum {string}
       */
      disabledBecause?: ('requested' | 'gone' | 'failing') | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      disabledAt?: string | undefined;
      /**
       * Format: date-time
       * @description First failure since the last success.
       * @example 2026-01-31T12:00:00.000Z
       */
      failingSince?: string | undefined;
      /**
       * Format: date-time
       * @description Until then, messages are also signed with the secret before the last rotation.
       * @example 2026-01-31T12:00:00.000Z
       */
      previousSecretUntil?: string | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      createdAt: string;
      /**
       * @description Signs the messages (Standard Webhooks). It is not shown again.
       * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=
       */
      secret: string;
    };
    /** @description A webhook endpoint to create. */
    WebhookEndpointRequest: {
      /**
       * Format: uri
       * @description An https URL on a public host, without a user name or a fragment.
       * @example https://hooks.example.com/provisioner
       */
      url: string;
      /**
       * @description Only events of these types; every type by default.
       * @example [
       *       "operation.status",
       *       "tenant.state"
       *     ]
       */
      eventTypes?:
        | (
            | 'operation.status'
            | 'operation.held'
            | 'operation.leftovers'
            | 'step.state'
            | 'step.attempt'
            | 'resource.state'
            | 'approval.asked'
            | 'approval.decided'
            | 'approval.expired'
            | 'resolution.taken'
            | 'tenant.state'
            | 'legal-hold.placed'
            | 'legal-hold.changed'
            | 'legal-hold.lifted'
            | 'legal-hold.ended'
            | 'trial.began'
            | 'trial.moved'
            | 'trial.ended'
            | 'flags.changed'
            | 'billing.state'
            | 'billing.payment'
            | 'billing.finding'
            | 'export.state'
            | 'backup.state'
            | 'restore-test.state'
            | 'restore.state'
            | 'domain.state'
            | 'sso.metadata'
            | 'usage.quota-near'
            | 'usage.quota-reached'
            | 'alert.firing'
            | 'alert.resolved'
            | 'quarantine.found'
            | 'quarantine.ended'
            | 'evidence.recorded'
          )[]
        | undefined;
    };
    /** @description One page, newest first. */
    WebhookEndpointPage: {
      items: components['schemas']['WebhookEndpoint'][];
      /** @description Pass it as `cursor` to get the next page; absent on the last page. */
      nextCursor?: string | undefined;
    };
    /** @description Where events are sent to. */
    WebhookEndpoint: {
      /**
       * @description Random id of the webhook endpoint.
       * @example we_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60
       */
      endpointId: string;
      /**
       * @description The caller whose endpoint it is.
       * @example token:signup
       */
      owner: string;
      /**
       * @description Where messages are sent.
       * @example https://hooks.example.com/provisioner
       */
      url: string;
      /** @description Absent: every type. */
      eventTypes?: string[] | undefined;
      /** @enum {string} */
      state: 'enabled' | 'disabled';
      /**
       * @description `requested`: by a caller. `gone`: it has answered 410. `failing`: every answer of 5 days was a failure.
       * @enum {string}
       */
      disabledBecause?: ('requested' | 'gone' | 'failing') | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      disabledAt?: string | undefined;
      /**
       * Format: date-time
       * @description First failure since the last success.
       * @example 2026-01-31T12:00:00.000Z
       */
      failingSince?: string | undefined;
      /**
       * Format: date-time
       * @description Until then, messages are also signed with the secret before the last rotation.
       * @example 2026-01-31T12:00:00.000Z
       */
      previousSecretUntil?: string | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      createdAt: string;
    };
    /** @description New values; absent ones stay as they are. */
    WebhookEndpointChange: {
      /**
       * Format: uri
       * @description An https URL on a public host, without a user name or a fragment.
       * @example https://hooks.example.com/provisioner
       */
      url?: string | undefined;
      /**
       * @description Null: every type.
       * @example [
       *       "operation.status",
       *       "tenant.state"
       *     ]
       */
      eventTypes?:
        | (
            | (
                | 'operation.status'
                | 'operation.held'
                | 'operation.leftovers'
                | 'step.state'
                | 'step.attempt'
                | 'resource.state'
                | 'approval.asked'
                | 'approval.decided'
                | 'approval.expired'
                | 'resolution.taken'
                | 'tenant.state'
                | 'legal-hold.placed'
                | 'legal-hold.changed'
                | 'legal-hold.lifted'
                | 'legal-hold.ended'
                | 'trial.began'
                | 'trial.moved'
                | 'trial.ended'
                | 'flags.changed'
                | 'billing.state'
                | 'billing.payment'
                | 'billing.finding'
                | 'export.state'
                | 'backup.state'
                | 'restore-test.state'
                | 'restore.state'
                | 'domain.state'
                | 'sso.metadata'
                | 'usage.quota-near'
                | 'usage.quota-reached'
                | 'alert.firing'
                | 'alert.resolved'
                | 'quarantine.found'
                | 'quarantine.ended'
                | 'evidence.recorded'
              )[]
            | null
          )
        | undefined;
    };
    /** @description The new secret. */
    WebhookSecretRotated: {
      /**
       * @description Random id of the webhook endpoint.
       * @example we_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60
       */
      endpointId: string;
      /**
       * @description Signs the messages (Standard Webhooks). It is not shown again.
       * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=
       */
      secret: string;
      /**
       * Format: date-time
       * @description 24 hours later.
       * @example 2026-01-31T12:00:00.000Z
       */
      previousUntil: string;
    };
    /** @description The message is being delivered; follow it by its id. */
    WebhookDeliveryAccepted: {
      /**
       * @description Random id of the message, which every attempt to deliver it carries as `webhook-id`.
       * @example msg_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60
       */
      deliveryId: string;
    };
    /** @description One page, newest first. */
    WebhookDeliveryPage: {
      items: components['schemas']['WebhookDelivery'][];
      /** @description Pass it as `cursor` to get the next page; absent on the last page. */
      nextCursor?: string | undefined;
    };
    /** @description A message to a webhook endpoint. */
    WebhookDelivery: {
      /**
       * @description Random id of the message, which every attempt to deliver it carries as `webhook-id`.
       * @example msg_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60
       */
      deliveryId: string;
      /**
       * @description Type of the event, or `webhook.test`.
       * @example operation.status
       */
      type: string;
      /** @description Number of the event; absent for a test. */
      sequence?: number | undefined;
      tenantId?: string | undefined;
      operationId?: string | undefined;
      /**
       * @description `waiting`: an earlier message of its tenant, or too many others, are under way. `failed`: not delivered in 3 days, or the endpoint has answered 410. `cancelled`: the endpoint was disabled.
       * @enum {string}
       */
      state: 'waiting' | 'trying' | 'delivered' | 'failed' | 'cancelled';
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      createdAt: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      nextAttemptAt?: string | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      endedAt?: string | undefined;
      attempts: number;
      lastAttempt?: components['schemas']['WebhookAttempt'] | undefined;
    };
    /** @description One request to the endpoint. */
    WebhookAttempt: {
      attempt: number;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      at: string;
      /** @description From the look-up of the name to the end of the answer. */
      milliseconds: number;
      /** @description HTTP status of the answer; absent if there was none. */
      status?: number | undefined;
      /** @description Why there was no answer. */
      problem?: string | undefined;
      /** @description The first 4096 bytes of the answer. */
      answer?: string | undefined;
    };
    /** @description A message to a webhook endpoint, with every attempt. */
    WebhookDeliveryDetails: {
      /**
       * @description Random id of the message, which every attempt to deliver it carries as `webhook-id`.
       * @example msg_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60
       */
      deliveryId: string;
      /**
       * @description Type of the event, or `webhook.test`.
       * @example operation.status
       */
      type: string;
      /** @description Number of the event; absent for a test. */
      sequence?: number | undefined;
      tenantId?: string | undefined;
      operationId?: string | undefined;
      /**
       * @description `waiting`: an earlier message of its tenant, or too many others, are under way. `failed`: not delivered in 3 days, or the endpoint has answered 410. `cancelled`: the endpoint was disabled.
       * @enum {string}
       */
      state: 'waiting' | 'trying' | 'delivered' | 'failed' | 'cancelled';
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      createdAt: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      nextAttemptAt?: string | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      endedAt?: string | undefined;
      attempts: number;
      lastAttempt?: components['schemas']['WebhookAttempt'] | undefined;
      /** @description The body of the message, as it is signed. */
      payload: string;
      /** @description Every attempt, the oldest first. */
      history: components['schemas']['WebhookAttempt'][];
    };
    /** @description Messages that are delivered again, in their old order. */
    WebhookRedelivered: {
      /** @description Messages that are delivered again. */
      count: number;
      /** @description There are more in the range: send the request again. */
      more: boolean;
    };
    /** @description A range of messages to deliver again. */
    WebhookRedeliverRequest: {
      /**
       * Format: date-time
       * @description Messages that were made at this time or later.
       * @example 2026-01-31T12:00:00Z
       */
      from: string;
      /**
       * Format: date-time
       * @description Messages that were made before this time; until now by default.
       * @example 2026-01-31T12:00:00Z
       */
      before?: string | undefined;
      /** @description Also messages that were delivered; by default only failed and cancelled ones. */
      delivered?: boolean | undefined;
    };
    StripeEventReceived: {
      /**
       * @description `passed-over`: the event is about nothing that is followed here, or was received before.
       * @enum {string}
       */
      outcome: 'recorded' | 'passed-over';
    };
    /** @description An event of Stripe, https://docs.stripe.com/api/events/object. Only these members are read. */
    StripeEvent: {
      id: string;
      type: string;
      /** @description Unix seconds. */
      created: number;
      data: {
        object: {
          id?: string | undefined;
          customer?: (string | null) | undefined;
        };
      };
    };
    AlertsTaken: {
      /** @description Number of alerts that are about tenants. */
      recorded: number;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      at: string;
    };
    /** @description Alerts, each in its newest state. Only these members are read. */
    AlertReport: components['schemas']['ReportedAlert'][];
    ReportedAlert: {
      /** @description Alerts with the labels `tenant`, `severity` and `alertname` of a tenant’s rules are recorded; all others are passed over. */
      labels: {
        [key: string]: string;
      };
      /**
       * Format: date-time
       * @description Since when it fires.
       */
      startsAt: string;
      /**
       * Format: date-time
       * @description In the past once it does not fire any more.
       */
      endsAt?: string | undefined;
    };
    /** @description One page, newest first. */
    BillingFindingPage: {
      items: components['schemas']['BillingFinding'][];
      /** @description Pass it as `cursor` to get the next page; absent on the last page. */
      nextCursor?: string | undefined;
    };
    /** @description Something in billing that is not as the registry has it, or will soon stop payments. */
    BillingFinding: {
      /**
       * @description Id of the finding.
       * @example bf_3f0c1f6e8d9b4a7c9e2d5b8a
       */
      findingId: string;
      /**
       * @description Absent if what was found belongs to no tenant.
       * @example k3v9x2m4q7w8r5ta
       */
      tenantId?: string | undefined;
      /** @enum {string} */
      problem:
        | 'subscription_cancelled'
        | 'subscription_changed'
        | 'collection_paused'
        | 'card_expiring'
        | 'payment_disputed'
        | 'event_set_aside'
        | 'subscription_without_tenant'
        | 'tenant_without_subscription'
        | 'second_customer';
      /** @description Id of the object at the billing provider; the tenant’s where there is no such object. */
      object: string;
      /** @description What was found, in words. */
      found: string;
      /** @description What to do about it, in words. */
      remedy: string;
      /**
       * @description `resolved`: an operator has decided about it. `ended`: it is not so any more.
       * @enum {string}
       */
      state: 'open' | 'resolved' | 'ended';
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      foundAt: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      endedAt?: string | undefined;
      resolution?:
        | {
            /** @example token:operator */
            by: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            at: string;
            reason: string;
          }
        | undefined;
    };
    /** @description Decides that nothing more is to be done about a finding. */
    ResolveBillingFindingRequest: {
      /**
       * @description Why; kept in the audit trail, which is never deleted, so it must not contain personal data.
       * @example Agreed with the customer, ticket 4711.
       */
      reason: string;
    };
    /** @description One page, newest first. */
    InvoicePage: {
      items: components['schemas']['Invoice'][];
      /** @description Pass it as `cursor` to get the next page; absent on the last page. */
      nextCursor?: string | undefined;
    };
    /** @description An invoice, as the billing provider has it. */
    Invoice: {
      /**
       * @description The billing provider’s id.
       * @example in_1MtHbELkdIwHu7ixl4OzzPMv
       */
      invoiceId: string;
      /** @description Its number for people; absent for a draft. */
      number?: string | undefined;
      /** @enum {string} */
      status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';
      /**
       * @description ISO 4217, in lower case.
       * @example eur
       */
      currency: string;
      /**
       * @description With taxes and discounts, in the smallest unit of the currency.
       * @example 1900
       */
      total: number;
      /**
       * @description In the smallest unit of the currency.
       * @example 1900
       */
      amountDue: number;
      /**
       * @description In the smallest unit of the currency.
       * @example 1900
       */
      amountPaid: number;
      /**
       * @description In the smallest unit of the currency.
       * @example 1900
       */
      amountRemaining: number;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      createdAt: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      dueAt?: string | undefined;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      periodBegins: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      periodEnds: string;
      /**
       * Format: uri
       * @description The provider’s page to look at the invoice and pay it. Anyone with the link can open it.
       */
      hostedUrl?: string | undefined;
      /** Format: uri */
      pdfUrl?: string | undefined;
    };
    /** @description What waits for a person. Sections that the caller may not see are absent. */
    Attention: {
      approvals: components['schemas']['AttentionApprovals'];
      holds: components['schemas']['AttentionHolds'];
      leftovers: components['schemas']['AttentionLeftovers'];
      stuck: components['schemas']['AttentionStuck'];
      quarantine?: components['schemas']['AttentionQuarantine'] | undefined;
      auditFindings?: components['schemas']['AttentionAuditFindings'] | undefined;
      billing?: components['schemas']['AttentionBilling'] | undefined;
      webhooks?: components['schemas']['AttentionWebhooks'] | undefined;
      capacity?: components['schemas']['AttentionCapacity'] | undefined;
      quotas?: components['schemas']['AttentionQuotas'] | undefined;
      unbilled?: components['schemas']['AttentionUnbilled'] | undefined;
    };
    /** @description Operations that wait for an approver, the next deadline first. */
    AttentionApprovals: {
      /** @description How many there are; 1000: or more. */
      count: number;
      /** @description The most urgent, at most 20. */
      items: {
        /**
         * @description Random id of the operation.
         * @example op_a2b3c4d5e6f7g2h3i4j5
         */
        operationId: string;
        /** @enum {string} */
        kind: 'provision' | 'suspend' | 'resume' | 'deprovision' | 'configure-sso' | 'connect-domain' | 'reconcile';
        /**
         * @description Random id of the tenant.
         * @example k3v9x2m4q7w8r5ta
         */
        tenantId: string;
        tenantName: string;
        /** @enum {string} */
        plan: 'starter' | 'professional' | 'enterprise';
        requestedBy: string;
        /**
         * Format: date-time
         * @description Last change of the operation.
         * @example 2026-01-31T12:00:00.000Z
         */
        since: string;
        /** @description Customizations that need the approval. */
        required: string[];
        /**
         * Format: date-time
         * @example 2026-01-31T12:00:00.000Z
         */
        deadline?: string | undefined;
      }[];
    };
    /** @description Operations whose failed step waits for an operator, the next deadline first. */
    AttentionHolds: {
      /** @description How many there are; 1000: or more. */
      count: number;
      /** @description The most urgent, at most 20. */
      items: {
        /**
         * @description Random id of the operation.
         * @example op_a2b3c4d5e6f7g2h3i4j5
         */
        operationId: string;
        /** @enum {string} */
        kind: 'provision' | 'suspend' | 'resume' | 'deprovision' | 'configure-sso' | 'connect-domain' | 'reconcile';
        /**
         * @description Random id of the tenant.
         * @example k3v9x2m4q7w8r5ta
         */
        tenantId: string;
        tenantName: string;
        /** @enum {string} */
        plan: 'starter' | 'professional' | 'enterprise';
        requestedBy: string;
        /**
         * Format: date-time
         * @description Last change of the operation.
         * @example 2026-01-31T12:00:00.000Z
         */
        since: string;
        failure?:
          | {
              type: string;
              /** @enum {string} */
              step:
                | 'validate'
                | 'reserve'
                | 'database'
                | 'storage-and-compute'
                | 'security'
                | 'configuration'
                | 'identity'
                | 'integrations'
                | 'verify'
                | 'announce'
                | 'export'
                | 'grace'
                | 'legal-hold'
                | 'remove'
                | 'prove'
                | 'finalize';
            }
          | undefined;
        /**
         * Format: date-time
         * @description When the run compensates by itself.
         * @example 2026-01-31T12:00:00.000Z
         */
        until?: string | undefined;
      }[];
    };
    /** @description Operations whose undo or removal has left something behind, oldest first. */
    AttentionLeftovers: {
      /** @description How many there are; 1000: or more. */
      count: number;
      /** @description The most urgent, at most 20. */
      items: {
        /**
         * @description Random id of the operation.
         * @example op_a2b3c4d5e6f7g2h3i4j5
         */
        operationId: string;
        /** @enum {string} */
        kind: 'provision' | 'suspend' | 'resume' | 'deprovision' | 'configure-sso' | 'connect-domain' | 'reconcile';
        /**
         * @description Random id of the tenant.
         * @example k3v9x2m4q7w8r5ta
         */
        tenantId: string;
        tenantName: string;
        /** @enum {string} */
        plan: 'starter' | 'professional' | 'enterprise';
        requestedBy: string;
        /**
         * Format: date-time
         * @description Last change of the operation.
         * @example 2026-01-31T12:00:00.000Z
         */
        since: string;
        failure?:
          | {
              type: string;
              /** @enum {string} */
              step:
                | 'validate'
                | 'reserve'
                | 'database'
                | 'storage-and-compute'
                | 'security'
                | 'configuration'
                | 'identity'
                | 'integrations'
                | 'verify'
                | 'announce'
                | 'export'
                | 'grace'
                | 'legal-hold'
                | 'remove'
                | 'prove'
                | 'finalize';
            }
          | undefined;
        leftovers: number;
      }[];
    };
    /** @description Operations with a step that has not got on for 60 s, oldest first, among the 100 oldest at work. They go on by themselves once a person has removed the cause. */
    AttentionStuck: {
      /** @description How many there are; 1000: or more. */
      count: number;
      /** @description The most urgent, at most 20. */
      items: {
        /**
         * @description Random id of the operation.
         * @example op_a2b3c4d5e6f7g2h3i4j5
         */
        operationId: string;
        /** @enum {string} */
        kind: 'provision' | 'suspend' | 'resume' | 'deprovision' | 'configure-sso' | 'connect-domain' | 'reconcile';
        /**
         * @description Random id of the tenant.
         * @example k3v9x2m4q7w8r5ta
         */
        tenantId: string;
        tenantName: string;
        /** @enum {string} */
        plan: 'starter' | 'professional' | 'enterprise';
        requestedBy: string;
        /**
         * Format: date-time
         * @description Last change of the operation.
         * @example 2026-01-31T12:00:00.000Z
         */
        since: string;
        /**
         * @description The first of its steps that is stuck.
         * @enum {string}
         */
        step:
          | 'validate'
          | 'reserve'
          | 'database'
          | 'storage-and-compute'
          | 'security'
          | 'configuration'
          | 'identity'
          | 'integrations'
          | 'verify'
          | 'announce'
          | 'export'
          | 'grace'
          | 'legal-hold'
          | 'remove'
          | 'prove'
          | 'finalize';
        /**
         * @description Why the step does not get on.
         * @example No worker on `region.eu-central`; the last one asked for work at 2026-01-01 12:00:01 UTC.
         */
        reason: string;
      }[];
    };
    /** @description Findings in quarantine, the next to be acted on first. */
    AttentionQuarantine: {
      /** @description How many there are; 1000: or more. */
      count: number;
      /** @description The most urgent, at most 20. */
      items: {
        /** @enum {string} */
        reason: 'orphan' | 'unknown-tenant' | 'lost-run';
        kind: string;
        provider: string;
        region: string;
        id: string;
        tenantId: string;
        /**
         * Format: date-time
         * @example 2026-01-31T12:00:00.000Z
         */
        since: string;
        /**
         * Format: date-time
         * @example 2026-01-31T12:00:00.000Z
         */
        dueAt: string;
        lastError?: string | undefined;
      }[];
    };
    /** @description Audit trails that contradict their signed heads, newest first. */
    AttentionAuditFindings: {
      /** @description How many there are; 1000: or more. */
      count: number;
      /** @description The most urgent, at most 20. */
      items: {
        /**
         * @description Id of the finding.
         * @example af_17
         */
        findingId: string;
        tenantId: string;
        region: string;
        problem: string;
        /**
         * Format: date-time
         * @example 2026-01-31T12:00:00.000Z
         */
        since: string;
      }[];
    };
    /** @description What was found in billing, oldest first: what is not as the registry has it, and what will stop payments. */
    AttentionBilling: {
      /** @description How many there are; 1000: or more. */
      count: number;
      /** @description The most urgent, at most 20. */
      items: {
        /**
         * @description Id of the finding.
         * @example bf_3f0c1f6e8d9b4a7c9e2d5b8a
         */
        findingId: string;
        /**
         * @description Random id of the tenant.
         * @example k3v9x2m4q7w8r5ta
         */
        tenantId?: string | undefined;
        /** @enum {string} */
        problem:
          | 'subscription_cancelled'
          | 'subscription_changed'
          | 'collection_paused'
          | 'card_expiring'
          | 'payment_disputed'
          | 'event_set_aside'
          | 'subscription_without_tenant'
          | 'tenant_without_subscription'
          | 'second_customer';
        /** @description What was found, in words. */
        found: string;
        /** @description What to do about it, in words. */
        remedy: string;
        /** @description Id of the object at the billing provider. */
        object: string;
        /**
         * Format: date-time
         * @example 2026-01-31T12:00:00.000Z
         */
        since: string;
      }[];
    };
    /** @description Endpoints to which nothing gets through, those that have failed longest first. */
    AttentionWebhooks: {
      /** @description How many there are; 1000: or more. */
      count: number;
      /** @description The most urgent, at most 20. */
      items: {
        /**
         * @description Random id of the webhook endpoint.
         * @example we_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60
         */
        endpointId: string;
        owner: string;
        url: string;
        /**
         * Format: date-time
         * @description First failure since the last success.
         * @example 2026-01-31T12:00:00.000Z
         */
        since?: string | undefined;
        /** @enum {string} */
        disabledBecause?: ('requested' | 'gone' | 'failing') | undefined;
      }[];
    };
    /** @description Plans that a region serves and has little or no room for, the fullest first. */
    AttentionCapacity: {
      /** @description How many there are; 1000: or more. */
      count: number;
      /** @description The most urgent, at most 20. */
      items: {
        region: string;
        /** @enum {string} */
        plan: 'starter' | 'professional' | 'enterprise';
        /** @description How many more tenants of the plan fit. */
        places: number;
      }[];
    };
    /** @description Limits that tenants have reached or are near, of plans that want them shown; those reached first. */
    AttentionQuotas: {
      /** @description How many there are; 1000: or more. */
      count: number;
      /** @description The most urgent, at most 20. */
      items: {
        /**
         * @description Random id of the tenant.
         * @example k3v9x2m4q7w8r5ta
         */
        tenantId: string;
        tenantName: string;
        /** @enum {string} */
        plan: 'starter' | 'professional' | 'enterprise';
        meter: string;
        /** @enum {string} */
        level: 'near' | 'reached';
        limit: number;
        /**
         * Format: date-time
         * @example 2026-01-31T12:00:00.000Z
         */
        since: string;
        /**
         * Format: date
         * @description Last day of the limit’s period, in UTC.
         */
        until: string;
      }[];
    };
    /** @description Usage that is not on its way to an invoice, oldest first. */
    AttentionUnbilled: {
      /** @description How many there are; 1000: or more. */
      count: number;
      /** @description The most urgent, at most 20. */
      items: {
        /**
         * @description Random id of the tenant.
         * @example k3v9x2m4q7w8r5ta
         */
        tenantId: string;
        tenantName: string;
        /** @enum {string} */
        plan: 'starter' | 'professional' | 'enterprise';
        meter: string;
        /**
         * @description `refused`: the billing provider refuses it, and it is sent again every few hours. `unknown`: no answer came, so it may or may not count there.
         * @enum {string}
         */
        state: 'refused' | 'unknown';
        records: number;
        /**
         * Format: date-time
         * @example 2026-01-31T12:00:00.000Z
         */
        since: string;
      }[];
    };
    /** @description What the regions hold and how much of it is taken. */
    Capacity: {
      /** @description Sorted by name. */
      items: components['schemas']['RegionCapacity'][];
    };
    /** @description A region with its cells. */
    RegionCapacity: {
      /** @example eu-central */
      region: string;
      /** @example EU */
      jurisdiction: string;
      plans: components['schemas']['CapacityPlan'][];
      /** @description Sorted by kind and name. */
      cells: components['schemas']['CapacityCell'][];
    };
    CapacityPlan: {
      /** @enum {string} */
      plan: 'starter' | 'professional' | 'enterprise';
      /** @description How many more tenants fit if only this plan is ordered. */
      places: number;
      /** @enum {string} */
      room: 'plenty' | 'little' | 'none';
    };
    CapacityCell: {
      /** @example eu-central-db-1 */
      cell: string;
      /** @enum {string} */
      kind: 'database' | 'storage' | 'compute';
      /**
       * @description Tenants of a database, buckets, or milli-CPU.
       * @example 500
       */
      capacity: number;
      /** @example 188 */
      used: number;
    };
    /** @description One page, newest first. */
    ApiTokenPage: {
      items: components['schemas']['ApiToken'][];
      /** @description Pass it as `cursor` to get the next page; absent on the last page. */
      nextCursor?: string | undefined;
    };
    /** @description What is known of an API token. The token itself is not kept. */
    ApiToken: {
      /** Format: uuid */
      tokenId: string;
      /**
       * @description Its holder; tokens of one name are one caller.
       * @example signup
       */
      name: string;
      /**
       * @description Beginning of the token after `tp_`, to recognise it by.
       * @example 9f86d081
       */
      prefix: string;
      /**
       * @example [
       *       "tenants:order"
       *     ]
       */
      roles: string[];
      /** @enum {string} */
      state: 'valid' | 'expired' | 'revoked';
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      createdAt: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      expiresAt: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      revokedAt?: string | undefined;
      /**
       * Format: date-time
       * @description To the minute; absent if it was never used.
       * @example 2026-01-31T12:00:00.000Z
       */
      lastUsedAt?: string | undefined;
    };
    /** @description Every role, what it permits, and who of the staff has it. */
    Roles: {
      items: components['schemas']['Role'][];
    };
    Role: {
      /** @example tenants:order */
      role: string;
      permits: string;
      /**
       * @description Groups of the staff’s identity provider that have the role.
       * @example [
       *       "operator"
       *     ]
       */
      groups: string[];
    };
    TemplateList: {
      items: components['schemas']['TemplateSummary'][];
    };
    /** @description Summary of what a plan provisions. */
    TemplateSummary: {
      /** @enum {string} */
      plan: 'starter' | 'professional' | 'enterprise';
      templateId: string;
      templateName: string;
      /** @example 1.0.0 */
      version: string;
      /** @description SHA-256 of the template, in hexadecimal. */
      fingerprint: string;
      allowedCustomizations: string[];
      /** @description Customizations that an approver must approve. */
      requiredApprovals: string[];
    };
    /** @description What a plan provisions, and which parts an order may change. */
    ProvisioningTemplate: {
      templateId: string;
      templateName: string;
      version: string;
      /** @enum {string} */
      subscriptionPlan: 'starter' | 'professional' | 'enterprise';
      resources: {
        database: {
          /** @enum {string} */
          isolation: 'pooled' | 'schema' | 'database';
          schemaVersion: string;
          connectionLimit: number;
          statementTimeoutSeconds: number;
          /** @description Whether triggers record every change in a table of the tenant’s own schema. Not for `pooled`. */
          auditTrail?: boolean | undefined;
        };
        storage: {
          versioning: boolean;
          quotaGb: number;
          accessLogging?: boolean | undefined;
        };
        compute: components['schemas']['PoolCompute'] | components['schemas']['NamespaceCompute'];
      };
      configuration: {
        features: {
          key: string;
          /** @enum {string} */
          includedIn: 'always' | 'order';
          limit?: number | undefined;
        }[];
        modules: string[];
        integrations: {
          name: string;
          endpoint: string;
          jurisdiction?: string | undefined;
        }[];
        security: {
          groups: {
            name: string;
            roles: string[];
          }[];
          adminGroups: string[];
          apiKeys: {
            name: string;
            scopes: string[];
          }[];
          passwordLength: number;
        };
        branding: {
          primaryColor: string;
        };
        notifications: {
          event: string;
          subject: string;
          body: string;
        }[];
        reports: {
          name: string;
          schedule: string;
        }[];
      };
      flags?:
        | {
            [key: string]: {
              description?: string | undefined;
              variants: {
                [key: string]: unknown;
              };
              /**
               * @description Name of one of the flag’s variants.
               * @example on
               */
              defaultVariant: string;
              /**
               * @description Rule in JSONLogic with flagd’s operators. It answers with the name of a variant, or with null for the default.
               * @example {
               *       "if": [
               *         {
               *           "ends_with": [
               *             {
               *               "var": "targetingKey"
               *             },
               *             "-beta"
               *           ]
               *         },
               *         "on",
               *         null
               *       ]
               *     }
               */
              targeting?:
                | {
                    [key: string]: unknown;
                  }
                | undefined;
            };
          }
        | undefined;
      billing: {
        currency: string;
        prices: {
          monthly: number;
          yearly: number;
        };
        quantity?: number | undefined;
        coupon?: string | undefined;
        taxRates?: string[] | undefined;
        /** @enum {string} */
        proration?: ('none' | 'next_invoice' | 'at_once') | undefined;
        /** @enum {string} */
        end?: ('none' | 'credit_unused') | undefined;
        meters: {
          eventName: string;
          displayName: string;
          /** @enum {string} */
          aggregation?: ('sum' | 'last') | undefined;
          feature?: string | undefined;
          /** @enum {string} */
          per?: ('day' | 'month') | undefined;
        }[];
        dunning?:
          | {
              remindDays?: number[] | undefined;
              suspendAfterDays?: number | undefined;
              resumeOnPayment?: boolean | undefined;
            }
          | undefined;
      };
      usage?:
        | {
            nearPercent?: number | undefined;
            attention?: boolean | undefined;
          }
        | undefined;
      customizations: {
        allowedCustomizations: string[];
        requiredApprovals: string[];
        validationRules: {
          customization: string;
          target: string;
          schema: {
            [key: string]: unknown;
          };
        }[];
      };
      compliance?:
        | {
            scan?:
              | {
                  everyDays: number;
                }
              | undefined;
          }
        | undefined;
      backup?:
        | {
            schedule: string;
            keep: number;
          }
        | undefined;
      monitoring?:
        | {
            retentionDays: number;
            alerts: {
              name: string;
              expression: string;
              afterMinutes: number;
              /** @enum {string} */
              severity: 'page' | 'ticket';
            }[];
          }
        | undefined;
      identity?:
        | {
            directory?:
              | {
                  maxUsers: number;
                  groups: string[];
                }
              | undefined;
            sso?: boolean | undefined;
          }
        | undefined;
      removal?:
        | {
            graceDays?: number | undefined;
            /** @enum {string} */
            export?: ('always' | 'asked') | undefined;
          }
        | undefined;
      trial?:
        | {
            days: number;
            /** @enum {string} */
            then: 'suspend' | 'deprovision';
            remindDays?: number[] | undefined;
          }
        | undefined;
      customerMail?:
        | {
            locale?: string | undefined;
            timeZone?: string | undefined;
            progress?: ('first-admin' | 'contact')[] | undefined;
            completion?: ('first-admin' | 'contact')[] | undefined;
            errors?: ('first-admin' | 'contact')[] | undefined;
            lifecycle?: ('first-admin' | 'contact')[] | undefined;
            slowAfterMinutes?: number | undefined;
          }
        | undefined;
      recovery: {
        retry: {
          maximumAttempts: number;
          initialIntervalSeconds: number;
          backoffCoefficient: number;
          maximumIntervalSeconds: number;
          outageSeconds?: number | undefined;
        };
        /** @enum {string} */
        onPermanentFailure?: ('compensate' | 'hold') | undefined;
        orderMayChoose?: boolean | undefined;
        holdForHours?: number | undefined;
        skippable?: ('integrations' | 'verify')[] | undefined;
      };
    };
    PoolCompute: {
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      model: 'pool';
      cpuMillis: number;
      memoryMb: number;
    };
    NamespaceCompute: {
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      model: 'namespace';
      cpuMillis: number;
      memoryMb: number;
      pods: number;
      /** @enum {string} */
      podSecurity: 'baseline' | 'restricted';
    };
    /** @description One page, newest first. */
    TemplateVersionPage: {
      items: components['schemas']['TemplateVersion'][];
      /** @description Pass it as `cursor` to get the next page; absent on the last page. */
      nextCursor?: string | undefined;
    };
    /** @description A template that a plan has, or had. */
    TemplateVersion: {
      /** @description SHA-256 of the template, in hexadecimal. */
      fingerprint: string;
      /**
       * @description As the template states it. Two templates with the same number and different content are listed separately.
       * @example 1.0.0
       */
      version: string;
      /**
       * Format: date-time
       * @description When an API loaded the template for the first time.
       * @example 2026-01-31T12:00:00.000Z
       */
      recordedAt: string;
      /** @description Whether new orders of the plan get this template. */
      current: boolean;
    };
    RegionList: {
      items: components['schemas']['Region'][];
    };
    /** @description A region, and the plans that can be ordered there. */
    Region: {
      /**
       * @description Value for `region` in an order.
       * @example eu-central
       */
      region: string;
      /**
       * @description Law that applies in the region.
       * @example EU
       */
      jurisdiction: string;
      plans: components['schemas']['RegionPlan'][];
    };
    RegionPlan: {
      /** @enum {string} */
      plan: 'starter' | 'professional' | 'enterprise';
      /**
       * @description `little`: fewer than 10 more tenants of this plan fit. `none`: an order fails with `CapacityExhausted`.
       * @enum {string}
       */
      room: 'plenty' | 'little' | 'none';
    };
    /** @description Temporal payloads as proto3 JSON. */
    Payloads: {
      payloads?:
        | (
            | ({
                metadata?:
                  | ({
                      [key: string]: string;
                    } | null)
                  | undefined;
                data?: (string | null) | undefined;
              } & {
                [key: string]: unknown;
              })[]
            | null
          )
        | undefined;
    } & {
      [key: string]: unknown;
    };
    /** @description The caller as this API knows it. */
    Me: {
      /**
       * @description Id by which operations, decisions and audit entries name the caller.
       * @example token:signup
       */
      id: string;
      /** @example signup */
      name: string;
      /**
       * @example [
       *       "tenants:order"
       *     ]
       */
      roles: (
        | 'tenants:order'
        | 'tenants:read'
        | 'approvals:decide'
        | 'operations:operate'
        | 'tenants:suspend'
        | 'tenants:deprovision'
        | 'legal-hold:manage'
        | 'keys:destroy'
        | 'api-keys:manage'
        | 'flags:manage'
        | 'webhooks:manage'
        | 'usage:write'
        | 'alerts:report'
        | 'api-keys:verify'
      )[];
      /** @description Only where Stripe is a local stand-in or in test mode: its test cards. */
      testPaymentMethods?:
        | {
            /**
             * @description Value for `paymentMethod` in an order.
             * @example pm_card_visa
             */
            id: string;
            /** @description What comes of an order that names it. */
            outcome: string;
          }[]
        | undefined;
    };
    Alive: {
      /** @enum {string} */
      status: 'ok';
      /**
       * @description Version of this program.
       * @example 1.2.3
       */
      version: string;
    };
    /** @description State of each dependency, by name. */
    Readiness: {
      /** @enum {string} */
      status: 'ready' | 'not-ready';
      checks: {
        [key: string]: {
          /** @enum {string} */
          status: 'up' | 'down';
          /** @description Duration of the check in milliseconds. */
          ms: number;
        };
      };
    };
    /** @description Numbers about the operations that were requested in a period. */
    ProvisioningMetrics: {
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      from: string;
      /**
       * Format: date-time
       * @example 2026-01-31T12:00:00.000Z
       */
      to: string;
      /** @example UTC */
      timeZone: string;
      /** @enum {string} */
      kind: 'provision' | 'suspend' | 'resume' | 'deprovision' | 'configure-sso' | 'connect-domain' | 'reconcile';
      /** @description Sorted by key; one group without `groupBy`, none if there are no operations. */
      groups: components['schemas']['ProvisioningGroup'][];
    };
    /** @description The numbers of a group of operations. */
    ProvisioningGroup: {
      /**
       * @description Value of `groupBy`: a plan, a region, a template’s id and version, or a day. Null for operations whose region is not chosen yet; absent without `groupBy`.
       * @example professional
       */
      key?: (string | null) | undefined;
      /** @description Operations requested in the period. */
      count: number;
      /** @description Of these, how many have not ended. */
      running: number;
      succeeded: number;
      failed: components['schemas']['FailedMetrics'];
      /**
       * @description Succeeded, of those that have ended; absent if none has.
       * @example 0.98
       */
      successRate?: number | undefined;
      duration?: components['schemas']['DurationMetrics'] | undefined;
      waiting: components['schemas']['WaitingMetrics'];
      /** @description The commonest, at most five. */
      failurePoints: components['schemas']['FailurePoint'][];
      /** @description Longest first. */
      bottlenecks: components['schemas']['Bottleneck'][];
      use: components['schemas']['UseMetrics'];
    };
    /** @description Operations that ended without success, by outcome. */
    FailedMetrics: {
      total: number;
      failed: number;
      rejected: number;
      cancelled: number;
    };
    /** @description From request to end, of the operations that succeeded; absent if none has. */
    DurationMetrics: {
      averageSeconds: number;
      p50Seconds: number;
      p95Seconds: number;
    };
    /** @description Time in these statuses, of all operations that have ended. */
    WaitingMetrics: {
      approval: components['schemas']['WaitMetrics'];
      hold: components['schemas']['WaitMetrics'];
      compensation: components['schemas']['WaitMetrics'];
    };
    /** @description How long those operations waited that did; without times if none did. */
    WaitMetrics: {
      /** @description How many operations waited. */
      operations: number;
      averageSeconds?: number | undefined;
      p95Seconds?: number | undefined;
    };
    /** @description A step and the failure that ended operations there. */
    FailurePoint: {
      /** @example integrations */
      step: string;
      /**
       * @description A type of the failure catalogue.
       * @example PaymentMethodDeclined
       */
      type: string;
      count: number;
      /** @description What to do about it. */
      advice: string;
    };
    /** @description A part of the critical path of the operations that succeeded. */
    Bottleneck: {
      /**
       * @description A step; or `waiting`, when no attempt of a step was under way.
       * @enum {string}
       */
      part:
        | 'validate'
        | 'reserve'
        | 'database'
        | 'storage-and-compute'
        | 'security'
        | 'configuration'
        | 'identity'
        | 'integrations'
        | 'verify'
        | 'announce'
        | 'export'
        | 'grace'
        | 'legal-hold'
        | 'remove'
        | 'prove'
        | 'finalize'
        | 'waiting';
      /** @example Create the organization and its first admin */
      label: string;
      /** @description How many operations it delayed. */
      operations: number;
      /** @description How long it delayed each of them. */
      averageSeconds: number;
      /**
       * @description Part of the time that all operations took.
       * @example 0.31
       */
      share: number;
    };
    /** @description What the operations that have ended used. */
    UseMetrics: {
      /** @description Resources that were made, including those that were removed again. */
      resources: {
        provider: string;
        kind: string;
        count: number;
      }[];
      /** @description Attempts of activities. */
      attempts: number;
      /** @description Attempts that followed another one. */
      retries: number;
      /** @description Pauses before retries, added up. */
      retryWaitSeconds: number;
    };
    /** @description How long each step of recent operations took, by plan. */
    StepMetricsList: {
      /** @enum {string} */
      kind: 'provision' | 'suspend' | 'resume' | 'deprovision' | 'configure-sso' | 'connect-domain' | 'reconcile';
      plans: components['schemas']['PlanStepMetrics'][];
    };
    PlanStepMetrics: {
      /** @enum {string} */
      plan: 'starter' | 'professional' | 'enterprise';
      /** @description Recent operations that the numbers come from. */
      samples: number;
      /** @description In order, without those that only wait for people. */
      steps: components['schemas']['StepMetrics'][];
    };
    /** @description How long a step took; without times if none was recorded. */
    StepMetrics: {
      /** @enum {string} */
      step:
        | 'validate'
        | 'reserve'
        | 'database'
        | 'storage-and-compute'
        | 'security'
        | 'configuration'
        | 'identity'
        | 'integrations'
        | 'verify'
        | 'announce'
        | 'export'
        | 'grace'
        | 'legal-hold'
        | 'remove'
        | 'prove'
        | 'finalize';
      /** @example Provision the database share */
      label: string;
      samples: number;
      averageSeconds?: number | undefined;
      p50Seconds?: number | undefined;
      p95Seconds?: number | undefined;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export interface operations {
  listTenants: {
    parameters: {
      query?: {
        /** @description Status of the operation that provisioned the tenant. */
        status?:
          | 'pending'
          | 'validating'
          | 'awaiting_approval'
          | 'provisioning'
          | 'running'
          | 'grace'
          | 'removing'
          | 'on_hold'
          | 'compensating'
          | 'active'
          | 'completed'
          | 'rejected'
          | 'cancelled'
          | 'failed'
          | 'needs_operator';
        plan?: 'starter' | 'professional' | 'enterprise';
        /** @description Name of a region. */
        region?: string;
        /** @description Beginning of the tenant’s name. */
        name?: string;
        /** @description Full name of the organization. Case and repeated spaces are ignored. */
        organization?: string;
        /** @description Ordered at this time or later. */
        createdFrom?: string;
        /** @description Ordered before this time. */
        createdBefore?: string;
        /** @description `nextCursor` of the previous page. */
        cursor?: string;
        /** @description Entries per page; 50 by default. */
        limit?: number;
        /** @description `all`: also the tenants that are gone, which are left out by default. */
        state?: 'provisioning' | 'active' | 'suspended' | 'leaving' | 'gone' | 'all';
        /** @description Only tenants on which a legal hold stands. */
        legalHold?: 'true';
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of tenants. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TenantPage'];
        };
      };
    };
  };
  orderTenant: {
    parameters: {
      query?: never;
      header?: {
        /** @description A value of your choice, for instance a UUID. Repeat a request with the same key to retry it safely. */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['TenantProvisioningRequest'];
      };
    };
    responses: {
      /** @description The order is accepted. */
      202: {
        headers: {
          /** @description Path of the operation. */
          Location?: string;
          /** @description Seconds to wait before polling it. */
          'Retry-After'?: string;
          /** @description `true` if this answers an earlier request with the same key, and this request changed nothing. */
          'Idempotency-Replayed'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Accepted'];
        };
      };
    };
  };
  previewTenant: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['TenantProvisioningRequest'];
      };
    };
    responses: {
      /** @description What the order would do, and what is wrong with it. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OrderPreview'];
        };
      };
    };
  };
  getTenant: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The tenant and its resources, from the ledger. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Tenant'];
        };
      };
    };
  };
  getTenantConfiguration: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The configuration. */
      200: {
        headers: {
          /** @description Changes with the version. */
          ETag?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TenantConfiguration'];
        };
      };
    };
  };
  suspendTenant: {
    parameters: {
      query?: never;
      header?: {
        /** @description A value of your choice, for instance a UUID. Repeat a request with the same key to retry it safely. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SuspendRequest'];
      };
    };
    responses: {
      /** @description The change is accepted; follow its operation. */
      202: {
        headers: {
          /** @description Path of the operation. */
          Location?: string;
          /** @description Seconds to wait before polling it. */
          'Retry-After'?: string;
          /** @description `true` if this answers an earlier request with the same key, and this request changed nothing. */
          'Idempotency-Replayed'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Accepted'];
        };
      };
    };
  };
  resumeTenant: {
    parameters: {
      query?: never;
      header?: {
        /** @description A value of your choice, for instance a UUID. Repeat a request with the same key to retry it safely. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['ResumeRequest'];
      };
    };
    responses: {
      /** @description The change is accepted; follow its operation. */
      202: {
        headers: {
          /** @description Path of the operation. */
          Location?: string;
          /** @description Seconds to wait before polling it. */
          'Retry-After'?: string;
          /** @description `true` if this answers an earlier request with the same key, and this request changed nothing. */
          'Idempotency-Replayed'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Accepted'];
        };
      };
    };
  };
  reconcileTenant: {
    parameters: {
      query?: never;
      header?: {
        /** @description A value of your choice, for instance a UUID. Repeat a request with the same key to retry it safely. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['ReconcileRequest'];
      };
    };
    responses: {
      /** @description The change is accepted; follow its operation. */
      202: {
        headers: {
          /** @description Path of the operation. */
          Location?: string;
          /** @description Seconds to wait before polling it. */
          'Retry-After'?: string;
          /** @description `true` if this answers an earlier request with the same key, and this request changed nothing. */
          'Idempotency-Replayed'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Accepted'];
        };
      };
    };
  };
  deprovisionTenant: {
    parameters: {
      query?: never;
      header?: {
        /** @description A value of your choice, for instance a UUID. Repeat a request with the same key to retry it safely. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['DeprovisionRequest'];
      };
    };
    responses: {
      /** @description The change is accepted; follow its operation. */
      202: {
        headers: {
          /** @description Path of the operation. */
          Location?: string;
          /** @description Seconds to wait before polling it. */
          'Retry-After'?: string;
          /** @description `true` if this answers an earlier request with the same key, and this request changed nothing. */
          'Idempotency-Replayed'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Accepted'];
        };
      };
    };
  };
  getLegalHolds: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The legal holds. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['LegalHolds'];
        };
      };
    };
  };
  putLegalHold: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['LegalHoldRequest'];
      };
    };
    responses: {
      /** @description The hold stands. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['LegalHolds'];
        };
      };
    };
  };
  liftLegalHold: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['LiftHoldRequest'];
      };
    };
    responses: {
      /** @description No legal hold stands any more. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  moveTrial: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['TrialRequest'];
      };
    };
    responses: {
      /** @description The trial with its new end. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TenantTrial'];
        };
      };
    };
  };
  endTrial: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The tenant is on trial no longer. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  getTenantEvidence: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The evidence, as a page if `Accept` names `text/html`. */
      200: {
        headers: {
          /** @description `Accept`. */
          Vary?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TenantEvidence'];
        };
      };
    };
  };
  getRemovalCertificate: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The certificate, as a page if `Accept` names `text/html`. */
      200: {
        headers: {
          /** @description `Accept`. */
          Vary?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SignedRemovalCertificate'];
        };
      };
    };
  };
  claimCredentials: {
    parameters: {
      query?: never;
      header?: {
        /** @description A value of your choice, for instance a UUID. Repeat a request with the same key to retry it safely. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ClaimRequest'];
      };
    };
    responses: {
      /** @description The credentials. They are not shown again. */
      200: {
        headers: {
          /** @description `true` if this answers an earlier request with the same key, and this request changed nothing. */
          'Idempotency-Replayed'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Credentials'];
        };
      };
    };
  };
  reissueCredentials: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The new link is on its way. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Reissuing'];
        };
      };
    };
  };
  listBackups: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the previous page. */
        cursor?: string;
        /** @description Entries per page; 50 by default. */
        limit?: number;
      };
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of backups. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['BackupPage'];
        };
      };
    };
  };
  startBackup: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Started. */
      202: {
        headers: {
          /** @description Path of the backup. */
          Location?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['BackupAccepted'];
        };
      };
    };
  };
  getBackup: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
        /** @description Random id of the backup. */
        backupId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The backup. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Backup'];
        };
      };
    };
  };
  verifyBackup: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
        /** @description Random id of the backup. */
        backupId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Started. */
      202: {
        headers: {
          /** @description Path of the backup. */
          Location?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['BackupAccepted'];
        };
      };
    };
  };
  restoreBackup: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
        /** @description Random id of the backup. */
        backupId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RestoreRequest'];
      };
    };
    responses: {
      /** @description Started. */
      202: {
        headers: {
          /** @description Path of the backup. */
          Location?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['BackupAccepted'];
        };
      };
    };
  };
  getExport: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The export and its volumes. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TenantExport'];
        };
      };
    };
  };
  downloadExport: {
    parameters: {
      query?: {
        /** @description The volume to download; 1 by default. */
        volume?: number;
      };
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The file, for clients that follow the redirect. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/octet-stream': string;
        };
      };
    };
  };
  claimExportKey: {
    parameters: {
      query?: never;
      header?: {
        /** @description A value of your choice, for instance a UUID. Repeat a request with the same key to retry it safely. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ClaimRequest'];
      };
    };
    responses: {
      /** @description The key. It is not shown again. */
      200: {
        headers: {
          /** @description `true` if this answers an earlier request with the same key, and this request changed nothing. */
          'Idempotency-Replayed'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ExportKey'];
        };
      };
    };
  };
  getTenantKeys: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Metadata of the keys, never the keys themselves. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TenantKeys'];
        };
      };
    };
  };
  rotateTenantKey: {
    parameters: {
      query?: never;
      header?: {
        /** @description A value of your choice, for instance a UUID. Repeat a request with the same key to retry it safely. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The key is rotated. */
      200: {
        headers: {
          /** @description `true` if this answers an earlier request with the same key, and this request changed nothing. */
          'Idempotency-Replayed'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['KeyRotated'];
        };
      };
    };
  };
  destroyTenantKey: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['DestroyKeyRequest'];
      };
    };
    responses: {
      /** @description The key is destroyed. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['KeyDestroyed'];
        };
      };
    };
  };
  listApiKeys: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Metadata of the keys, never the keys themselves. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ApiKeys'];
        };
      };
    };
  };
  createApiKey: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateApiKeyRequest'];
      };
    };
    responses: {
      /** @description The new key. It is not shown again. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ApiKeyCreated'];
        };
      };
    };
  };
  rotateApiKey: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
        keyName: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['RotateApiKeyRequest'];
      };
    };
    responses: {
      /** @description The new key. It is not shown again. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ApiKeyRotated'];
        };
      };
    };
  };
  revokeApiKey: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
        keyName: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['RevokeApiKeyRequest'];
      };
    };
    responses: {
      /** @description The keys are no longer valid. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ApiKeyRevoked'];
        };
      };
    };
  };
  verifyApiKey: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['VerifyApiKeyRequest'];
      };
    };
    responses: {
      /** @description The key’s tenant, scopes and access, or that it is not valid. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ApiKeyVerified'];
        };
      };
    };
  };
  listFlags: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The flags. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TenantFlags'];
        };
      };
    };
  };
  changeFlag: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
        /** @description Key of the flag. */
        flag: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ChangeFlagRequest'];
      };
    };
    responses: {
      /** @description The flag is as requested. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  resetFlag: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
        /** @description Key of the flag. */
        flag: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ResetFlagRequest'];
      };
    };
    responses: {
      /** @description The flag is as ordered. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  evaluateFlags: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['FlagEvaluationRequest'];
      };
    };
    responses: {
      /** @description The values. */
      200: {
        headers: {
          /** @description Changes with any of the values. */
          ETag?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['EvaluatedFlags'];
        };
      };
    };
  };
  evaluateFlag: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Key of the flag. */
        flag: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['FlagEvaluationRequest'];
      };
    };
    responses: {
      /** @description The value. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['EvaluatedFlag'];
        };
      };
    };
  };
  reportUsage: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['UsageReport'];
      };
    };
    responses: {
      /** @description What became of each record. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UsageReceipt'];
        };
      };
    };
  };
  getTenantUsage: {
    parameters: {
      query?: {
        /** @description First day, in UTC; 30 days before `to` by default. */
        from?: string;
        /** @description Last day, in UTC; today by default. */
        to?: string;
        /** @description `day` by default. */
        by?: 'day' | 'month';
        /** @description Only this meter. */
        meter?: string;
      };
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The usage of each meter. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TenantUsage'];
        };
      };
    };
  };
  listScimTokens: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Metadata of the tokens, never the tokens themselves. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ScimTokens'];
        };
      };
    };
  };
  createScimToken: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateScimTokenRequest'];
      };
    };
    responses: {
      /** @description The new token. It is not shown again. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ScimTokenCreated'];
        };
      };
    };
  };
  rotateScimToken: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
        tokenName: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['RotateScimTokenRequest'];
      };
    };
    responses: {
      /** @description The new token. It is not shown again. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ScimTokenRotated'];
        };
      };
    };
  };
  revokeScimToken: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
        tokenName: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['RevokeScimTokenRequest'];
      };
    };
    responses: {
      /** @description The tokens are no longer valid. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ScimTokenRevoked'];
        };
      };
    };
  };
  listDomains: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The domains, by name. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TenantDomains'];
        };
      };
    };
  };
  claimDomain: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ClaimDomainRequest'];
      };
    };
    responses: {
      /** @description The tenant has claimed the domain before. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TenantDomain'];
        };
      };
      /** @description The domain is claimed, and not yet proved. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TenantDomain'];
        };
      };
    };
  };
  checkDomain: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
        /** @description The part of a company’s e-mail addresses after the @: a public name that is not a public suffix such as `co.uk` or `github.io`. International names are stored in their ASCII form. */
        domain: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description What the DNS has answered. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DomainCheck'];
        };
      };
    };
  };
  getDomain: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
        /** @description The part of a company’s e-mail addresses after the @: a public name that is not a public suffix such as `co.uk` or `github.io`. International names are stored in their ASCII form. */
        domain: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The domain, with its record. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TenantDomain'];
        };
      };
    };
  };
  removeDomain: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
        /** @description The part of a company’s e-mail addresses after the @: a public name that is not a public suffix such as `co.uk` or `github.io`. International names are stored in their ASCII form. */
        domain: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The tenant no longer has the domain. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  getSso: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The connection, without its secret. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TenantSso'];
        };
      };
    };
  };
  configureSso: {
    parameters: {
      query?: never;
      header?: {
        /** @description A value of your choice, for instance a UUID. Repeat a request with the same key to retry it safely. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ConfigureSsoRequest'];
      };
    };
    responses: {
      /** @description The change is accepted; follow its operation. */
      202: {
        headers: {
          /** @description Path of the operation. */
          Location?: string;
          /** @description Seconds to wait before polling it. */
          'Retry-After'?: string;
          /** @description `true` if this answers an earlier request with the same key, and this request changed nothing. */
          'Idempotency-Replayed'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Accepted'];
        };
      };
    };
  };
  endSso: {
    parameters: {
      query?: never;
      header?: {
        /** @description A value of your choice, for instance a UUID. Repeat a request with the same key to retry it safely. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The change is accepted; follow its operation. */
      202: {
        headers: {
          /** @description Path of the operation. */
          Location?: string;
          /** @description Seconds to wait before polling it. */
          'Retry-After'?: string;
          /** @description `true` if this answers an earlier request with the same key, and this request changed nothing. */
          'Idempotency-Replayed'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Accepted'];
        };
      };
    };
  };
  testSso: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['TestSsoRequest'];
      };
    };
    responses: {
      /** @description What was found. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SsoTest'];
        };
      };
    };
  };
  listSsoLinks: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Facts about the links, never the links themselves. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SsoLinks'];
        };
      };
    };
  };
  createSsoLink: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateSsoLinkRequest'];
      };
    };
    responses: {
      /** @description The new link. It is not shown again. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SsoLinkCreated'];
        };
      };
    };
  };
  revokeSsoLink: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
        linkName: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The link opens nothing any more. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SsoLinkRevoked'];
        };
      };
    };
  };
  openSsoLink: {
    parameters: {
      query?: never;
      header?: {
        /** @description A value of your choice, for instance a UUID. Repeat a request with the same key to retry it safely. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ClaimRequest'];
      };
    };
    responses: {
      /** @description The link is open. */
      200: {
        headers: {
          /** @description The session. */
          'Set-Cookie'?: string;
          /** @description `true` if this answers an earlier request with the same key, and this request changed nothing. */
          'Idempotency-Replayed'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SsoLinkOpened'];
        };
      };
    };
  };
  getSsoSetup: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Where it stands. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SsoSetup'];
        };
      };
    };
  };
  listOperations: {
    parameters: {
      query?: {
        status?:
          | 'pending'
          | 'validating'
          | 'awaiting_approval'
          | 'provisioning'
          | 'running'
          | 'grace'
          | 'removing'
          | 'on_hold'
          | 'compensating'
          | 'active'
          | 'completed'
          | 'rejected'
          | 'cancelled'
          | 'failed'
          | 'needs_operator';
        plan?: 'starter' | 'professional' | 'enterprise';
        /** @description Name of a region. */
        region?: string;
        /** @description Beginning of the tenant’s name. */
        name?: string;
        /** @description Full name of the organization. Case and repeated spaces are ignored. */
        organization?: string;
        /** @description Ordered at this time or later. */
        createdFrom?: string;
        /** @description Ordered before this time. */
        createdBefore?: string;
        /** @description `nextCursor` of the previous page. */
        cursor?: string;
        /** @description Entries per page; 50 by default. */
        limit?: number;
        /** @description What the operation does to its tenant. */
        kind?: 'provision' | 'suspend' | 'resume' | 'deprovision' | 'configure-sso' | 'connect-domain' | 'reconcile';
        /** @description Only operations of this tenant. */
        tenantId?: string;
        /** @description Only operations that have not ended. */
        open?: 'true';
        /** @description Only operations with mail that has not reached its recipient. */
        undelivered?: 'true';
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of operations. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OperationPage'];
        };
      };
    };
  };
  getOperation: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the operation. */
        operationId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The operation with its steps and its outcome. */
      200: {
        headers: {
          /** @description Seconds to wait before polling again; absent once the operation has ended. */
          'Retry-After'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Operation'];
        };
      };
    };
  };
  listAttempts: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the operation. */
        operationId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The attempts. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OperationAttempts'];
        };
      };
    };
  };
  getOperationOrder: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the operation. */
        operationId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The order and the differences. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OperationOrder'];
        };
      };
    };
  };
  followOperation: {
    parameters: {
      query?: {
        /** @description Only events with a higher number. */
        after?: number;
        /** @description Events per page; 100 by default. Streams have no pages. */
        limit?: number;
        /** @description Seconds to wait for an event if there is none yet; 0 by default. Streams wait anyway. */
        wait?: number;
      };
      header?: {
        /** @description The id of the last event that was received: the answer begins after it. Overrides `after`. */
        'Last-Event-ID'?: string;
      };
      path: {
        /** @description Random id of the operation. */
        operationId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Events in the order of the log: a stream if `Accept` names `text/event-stream`, otherwise a page. */
      200: {
        headers: {
          /** @description `Accept`. */
          Vary?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['EventPage'];
          'text/event-stream': string;
        };
      };
      /** @description Streams only: the operation has ended, and no event follows. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  followEvents: {
    parameters: {
      query?: {
        /** @description Only events with a higher number. */
        after?: number;
        /** @description Events per page; 100 by default. Streams have no pages. */
        limit?: number;
        /** @description Seconds to wait for an event if there is none yet; 0 by default. Streams wait anyway. */
        wait?: number;
        /** @description Only events of these types, separated by commas. */
        types?: string;
        /** @description Only events about this tenant. */
        tenant?: string;
        /** @description Only events about tenants of this plan. */
        plan?: 'starter' | 'professional' | 'enterprise';
      };
      header?: {
        /** @description The id of the last event that was received: the answer begins after it. Overrides `after`. */
        'Last-Event-ID'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Events in the order of the log: a stream if `Accept` names `text/event-stream`, otherwise a page. */
      200: {
        headers: {
          /** @description `Accept`. */
          Vary?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['EventPage'];
          'text/event-stream': string;
        };
      };
    };
  };
  decideApproval: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the operation. */
        operationId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ApprovalRequest'];
      };
    };
    responses: {
      /** @description Recorded; the operation continues accordingly. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Decision'];
        };
      };
    };
  };
  cancelOperation: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the operation. */
        operationId: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['CancelRequest'];
      };
    };
    responses: {
      /** @description The operation is being undone. Follow its status. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Cancelling'];
        };
      };
    };
  };
  cancelTenantOperation: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['CancelRequest'];
      };
    };
    responses: {
      /** @description The operation is being undone. Follow its status. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Cancelling'];
        };
      };
    };
  };
  resolveOperation: {
    parameters: {
      query?: never;
      header?: {
        /** @description A value of your choice, for instance a UUID. Repeat a request with the same key to retry it safely. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Random id of the operation. */
        operationId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ResolutionRequest'];
      };
    };
    responses: {
      /** @description Taken by the run. Follow the operation. */
      202: {
        headers: {
          /** @description `true` if this answers an earlier request with the same key, and this request changed nothing. */
          'Idempotency-Replayed'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ResolutionTaken'];
        };
      };
    };
  };
  listScans: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The scans. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Scans'];
        };
      };
    };
  };
  startScan: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The scan is starting. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Scanning'];
        };
      };
    };
  };
  reportScan: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the scan. */
        scanId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ScanReport'];
      };
    };
    responses: {
      /** @description The report is accepted and kept as evidence. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  heartbeatScan: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the scan. */
        scanId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ScanHeartbeat'];
      };
    };
    responses: {
      /** @description Continue the scan. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  listSweeps: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the previous page. */
        cursor?: string;
        /** @description Entries per page; 50 by default. */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of sweeps. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SweepPage'];
        };
      };
    };
  };
  startSweep: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['SweepRequest'];
      };
    };
    responses: {
      /** @description Started. */
      202: {
        headers: {
          /** @description Path of the sweep. */
          Location?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SweepAccepted'];
        };
      };
    };
  };
  getSweep: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the sweep. */
        sweepId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The sweep with its findings. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Sweep'];
        };
      };
    };
  };
  listQuarantine: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the previous page. */
        cursor?: string;
        /** @description Entries per page; 50 by default. */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of findings. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['FindingPage'];
        };
      };
    };
  };
  getAuditTrail: {
    parameters: {
      query?: {
        /** @description Only entries after this sequence number. */
        after?: number;
        /** @description Maximum number of entries; 1000 by default. */
        limit?: number;
        /** @description Only entries of this operation. They are an excerpt: only the whole trail can show that no entry is missing. */
        operationId?: string;
      };
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description JSON Lines with one entry (`AuditRecord`) per line, in order. On the last page, the newest signed head (`SignedAuditHead`) follows the entries, if one has been exported. */
      200: {
        headers: {
          /** @description `rel="next"`: URL of the next page; absent on the last page. */
          Link?: string;
          [name: string]: unknown;
        };
        content: {
          'application/jsonl': string;
        };
      };
    };
  };
  getControlPlaneAuditTrail: {
    parameters: {
      query?: {
        /** @description Only entries after this sequence number. */
        after?: number;
        /** @description Maximum number of entries; 1000 by default. */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description JSON Lines with one entry (`AuditRecord`) per line, in order. On the last page, the newest signed head (`SignedAuditHead`) follows the entries, if one has been exported. */
      200: {
        headers: {
          /** @description `rel="next"`: URL of the next page; absent on the last page. */
          Link?: string;
          [name: string]: unknown;
        };
        content: {
          'application/jsonl': string;
        };
      };
    };
  };
  getAuditKeys: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A JWK Set. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AuditKeys'];
        };
      };
    };
  };
  listAuditEntries: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the previous page. */
        cursor?: string;
        /** @description Entries per page; 50 by default. */
        limit?: number;
        /** @description Only entries of this tenant’s trail, or of `control-plane`. */
        tenantId?: string;
        /** @description Only entries of this operation. */
        operationId?: string;
        /** @description Only what this caller did. */
        actor?: string;
        /** @description Only this action. */
        action?: string;
        /** @description At this time or later. */
        from?: string;
        /** @description Before this time. */
        before?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of entries. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AuditEntryPage'];
        };
      };
    };
  };
  listAuditFindings: {
    parameters: {
      query?: {
        /** @description Findings to list; open by default. */
        state?: 'open' | 'accepted' | 'all';
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description At most 1000 findings. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AuditFindings'];
        };
      };
    };
  };
  acceptAuditFinding: {
    parameters: {
      query?: never;
      header?: {
        /** @description A value of your choice, for instance a UUID. Repeat a request with the same key to retry it safely. */
        'Idempotency-Key'?: string;
      };
      path: {
        /** @description Id of the finding. */
        findingId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['AcceptAuditFindingRequest'];
      };
    };
    responses: {
      /** @description Accepted. */
      200: {
        headers: {
          /** @description `true` if this answers an earlier request with the same key, and this request changed nothing. */
          'Idempotency-Replayed'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AuditFinding'];
        };
      };
    };
  };
  listWebhookEndpoints: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the previous page. */
        cursor?: string;
        /** @description Entries per page; 50 by default. */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of endpoints. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['WebhookEndpointPage'];
        };
      };
    };
  };
  createWebhookEndpoint: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['WebhookEndpointRequest'];
      };
    };
    responses: {
      /** @description The endpoint with its secret. */
      201: {
        headers: {
          /** @description Path of the endpoint. */
          Location?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['WebhookEndpointCreated'];
        };
      };
    };
  };
  getWebhookEndpoint: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the webhook endpoint. */
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The endpoint, without its secret. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['WebhookEndpoint'];
        };
      };
    };
  };
  deleteWebhookEndpoint: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the webhook endpoint. */
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It is deleted. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  changeWebhookEndpoint: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the webhook endpoint. */
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['WebhookEndpointChange'];
      };
    };
    responses: {
      /** @description The changed endpoint. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['WebhookEndpoint'];
        };
      };
    };
  };
  rotateWebhookSecret: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the webhook endpoint. */
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The new secret. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['WebhookSecretRotated'];
        };
      };
    };
  };
  testWebhookEndpoint: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the webhook endpoint. */
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The message is being delivered. */
      202: {
        headers: {
          /** @description Path of the message. */
          Location?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['WebhookDeliveryAccepted'];
        };
      };
    };
  };
  disableWebhookEndpoint: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the webhook endpoint. */
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The endpoint is disabled. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['WebhookEndpoint'];
        };
      };
    };
  };
  enableWebhookEndpoint: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the webhook endpoint. */
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The endpoint is enabled. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['WebhookEndpoint'];
        };
      };
    };
  };
  listWebhookDeliveries: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the previous page. */
        cursor?: string;
        /** @description Entries per page; 50 by default. */
        limit?: number;
        state?: 'waiting' | 'trying' | 'delivered' | 'failed' | 'cancelled';
      };
      header?: never;
      path: {
        /** @description Random id of the webhook endpoint. */
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of messages. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['WebhookDeliveryPage'];
        };
      };
    };
  };
  getWebhookDelivery: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the webhook endpoint. */
        endpointId: string;
        /** @description Random id of the message, which every attempt to deliver it carries as `webhook-id`. */
        deliveryId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The message. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['WebhookDeliveryDetails'];
        };
      };
    };
  };
  redeliverWebhook: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the webhook endpoint. */
        endpointId: string;
        /** @description Random id of the message, which every attempt to deliver it carries as `webhook-id`. */
        deliveryId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The message is being delivered. */
      202: {
        headers: {
          /** @description Path of the message. */
          Location?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['WebhookDeliveryAccepted'];
        };
      };
    };
  };
  redeliverWebhooks: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Random id of the webhook endpoint. */
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['WebhookRedeliverRequest'];
      };
    };
    responses: {
      /** @description The messages are being delivered. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['WebhookRedelivered'];
        };
      };
    };
  };
  receiveStripeEvent: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['StripeEvent'];
      };
    };
    responses: {
      /** @description The event need not be sent again. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['StripeEventReceived'];
        };
      };
    };
  };
  reportAlerts: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['AlertReport'];
      };
    };
    responses: {
      /** @description The alerts need not be sent again. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AlertsTaken'];
        };
      };
    };
  };
  listBillingFindings: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the previous page. */
        cursor?: string;
        /** @description Entries per page; 50 by default. */
        limit?: number;
        /** @description State of the findings; all of them by default. */
        state?: 'open' | 'resolved' | 'ended';
        /** @description Random id of the tenant. */
        tenantId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One page of findings. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['BillingFindingPage'];
        };
      };
    };
  };
  resolveBillingFinding: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Id of the finding. */
        billingFindingId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ResolveBillingFindingRequest'];
      };
    };
    responses: {
      /** @description The finding does not wait for a person any more. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  listTenantInvoices: {
    parameters: {
      query?: {
        /** @description Entries per page; 50 by default. */
        limit?: number;
        /** @description `nextCursor` of the previous page. */
        cursor?: string;
      };
      header?: never;
      path: {
        /** @description Random id of the tenant. */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One page of invoices. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['InvoicePage'];
        };
      };
    };
  };
  getAttention: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Each section with its count and its most urgent entries. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Attention'];
        };
      };
    };
  };
  getCapacity: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description All regions with their cells. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Capacity'];
        };
      };
    };
  };
  listTokens: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the previous page. */
        cursor?: string;
        /** @description Entries per page; 50 by default. */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of tokens. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ApiTokenPage'];
        };
      };
    };
  };
  listRoles: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Every role. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Roles'];
        };
      };
    };
  };
  listTemplates: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One template per plan. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TemplateList'];
        };
      };
    };
  };
  getTemplate: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        plan: 'starter' | 'professional' | 'enterprise';
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The template. */
      200: {
        headers: {
          /** @description The template’s fingerprint. */
          ETag?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ProvisioningTemplate'];
        };
      };
    };
  };
  listTemplateVersions: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the previous page. */
        cursor?: string;
        /** @description Entries per page; 50 by default. */
        limit?: number;
      };
      header?: never;
      path: {
        plan: 'starter' | 'professional' | 'enterprise';
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of versions. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TemplateVersionPage'];
        };
      };
    };
  };
  getTemplateVersion: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        plan: 'starter' | 'professional' | 'enterprise';
        /** @description SHA-256 of the template, in hexadecimal. */
        fingerprint: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The template. It never changes. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ProvisioningTemplate'];
        };
      };
    };
  };
  listRegions: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description All regions, sorted by name. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RegionList'];
        };
      };
    };
  };
  encodePayloads: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['Payloads'];
      };
    };
    responses: {
      /** @description The same number of payloads, in the same order. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Payloads'];
        };
      };
    };
  };
  decodePayloads: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['Payloads'];
      };
    };
    responses: {
      /** @description The same number of payloads, in the same order. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Payloads'];
        };
      };
    };
  };
  askEdge: {
    parameters: {
      query: {
        domain: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It may. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/plain': string;
        };
      };
    };
  };
  getMe: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The caller. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Me'];
        };
      };
    };
  };
  isAlive: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The process is alive. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Alive'];
        };
      };
    };
  };
  isReady: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Every dependency is up. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Readiness'];
        };
      };
    };
  };
  getMetrics: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Text exposition format. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/plain': string;
        };
      };
    };
  };
  getProvisioningMetrics: {
    parameters: {
      query?: {
        /** @description Operations requested at this time or later; 7 days before `to` by default. */
        from?: string;
        /** @description Operations requested before this time; now by default. */
        to?: string;
        /** @description Without it, all operations are one group. */
        groupBy?: 'plan' | 'region' | 'template' | 'day';
        /** @description Kind of the operations; `provision` by default. */
        kind?: 'provision' | 'suspend' | 'resume' | 'deprovision' | 'configure-sso' | 'connect-domain' | 'reconcile';
        /** @description Time zone in which the days of `groupBy=day` begin; UTC by default. */
        timeZone?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The numbers of each group. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ProvisioningMetrics'];
        };
      };
    };
  };
  getStepMetrics: {
    parameters: {
      query?: {
        /** @description Kind of the operations; `provision` by default. */
        kind?: 'provision' | 'suspend' | 'resume' | 'deprovision' | 'configure-sso' | 'connect-domain' | 'reconcile';
        /** @description Only this region. */
        region?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The times of each plan’s steps. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['StepMetricsList'];
        };
      };
    };
  };
  getOpenApi: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The document. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': string;
        };
      };
    };
  };
}

/** Paths whose POST accepts an `Idempotency-Key`, and can therefore be repeated safely. */
export const IDEMPOTENT_PATHS: ReadonlySet<string> = new Set([
  '/v1/tenants',
  '/v1/tenants/{tenantId}:suspend',
  '/v1/tenants/{tenantId}:resume',
  '/v1/tenants/{tenantId}:reconcile',
  '/v1/tenants/{tenantId}:deprovision',
  '/v1/tenants/{tenantId}/credentials:claim',
  '/v1/tenants/{tenantId}/export:claim',
  '/v1/tenants/{tenantId}/keys:rotate',
  '/v1/tenants/{tenantId}/identity/sso/links:open',
  '/v1/operations/{operationId}/resolution',
  '/v1/audit/findings/{findingId}:accept',
]);
