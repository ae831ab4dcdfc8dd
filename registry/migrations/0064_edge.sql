-- Operations that connect a tenant's custom domain at the edge, or disconnect it.
alter table operation
  drop constraint operation_kind_check,
  add constraint operation_kind_check check (
    kind in ('provision', 'suspend', 'resume', 'deprovision', 'configure-sso', 'reconcile', 'connect-domain'));

-- The routes at the edge, which are compared with the proofs of their domains in every round.
create index resource_edge_route on resource (tenant_id) where kind = 'edge-route';

-- Domains whose owner has yet to publish the record: it is looked for again and again, for a while.
create index tenant_domain_pending on tenant_domain (asked_at) where state = 'pending';
