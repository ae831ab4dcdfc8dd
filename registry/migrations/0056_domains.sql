-- E-mail domains that tenants claim, so that the people who have addresses in them sign in at the company's own identity provider.
create table tenant_domain (
  domain_id text primary key,
  tenant_id text not null references tenant,
  -- canonical: lower case, ASCII, without a trailing dot
  domain text not null,
  -- what its owner publishes; not a secret
  token text not null,
  state text not null default 'pending' check (state in ('pending', 'proved', 'withdrawn')),
  created_at timestamptz not null default now(),
  proved_at timestamptz,
  -- the newest answer of the DNS about it
  checked_at timestamptz,
  -- when its record was last looked for by itself, whatever came of it
  asked_at timestamptz not null default now(),
  -- a proved domain's record was missing in every answer since
  missing_since timestamptz,
  unique (tenant_id, domain)
);
-- Several tenants may claim a domain; one at a time has it.
create unique index tenant_domain_proved on tenant_domain (domain) where state = 'proved';
create index tenant_domain_due on tenant_domain (asked_at) where state = 'proved';
create index tenant_domain_withdrawn on tenant_domain (tenant_id) where state = 'withdrawn';
