-- How much an active tenant's bucket holds, as it was measured last.
create table storage_usage (
  tenant_id text primary key,
  region text not null,
  -- of all versions of all objects
  bytes bigint not null check (bytes >= 0),
  versions bigint not null check (versions >= 0),
  quota_bytes bigint check (quota_bytes > 0),
  -- since then the bucket holds more than its quota, and the tenant cannot write
  over_since timestamptz,
  -- the value of over_since that operators were told of
  told_over_since timestamptz,
  -- when was looked for expired versions last, where the store does not do so by itself
  expired_at timestamptz,
  measured_at timestamptz not null
);
create index storage_usage_untold on storage_usage (region) where over_since is distinct from told_over_since;
