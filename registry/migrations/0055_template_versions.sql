-- Every template that a plan has had, as an API has loaded it. Orders keep templates with their customizations, so they cannot tell what the
-- plan itself was. Two different templates may carry the same version number; the fingerprint tells them apart.
create table template_version (
  plan text not null,
  -- SHA-256 of the template's canonical JSON, hexadecimal
  fingerprint text not null,
  version text not null,
  template jsonb not null,
  recorded_at timestamptz not null default now(),
  primary key (plan, fingerprint)
);
create index template_version_page on template_version (plan, recorded_at desc, fingerprint desc);
create trigger append_only before update or delete or truncate on template_version execute function refuse_change();
