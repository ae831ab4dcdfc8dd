-- People who are signed in to the console. The browser has a session's id; the registry has only its SHA-256.
create table staff_session (
  session_hash bytea primary key,
  issuer text not null,
  -- the person as the issuer knows it
  subject text not null,
  -- the person as operations, decisions and audit entries name it
  user_id text not null,
  name text not null,
  roles text[] not null,
  -- the issuer's own session, which its logout names
  sid text,
  -- the issuer's tokens, under a key that is derived from the session's id: the registry alone cannot read them
  tokens_ciphertext bytea not null,
  created_at timestamptz not null,
  seen_at timestamptz not null,
  -- when the issuer last confirmed the person and its groups
  checked_at timestamptz not null,
  -- never later than expires_at, so that this time alone tells whether the session is open
  idle_expires_at timestamptz not null,
  expires_at timestamptz not null,
  check (idle_expires_at <= expires_at)
);
create index staff_session_of_person on staff_session (issuer, subject);
create index staff_session_of_sid on staff_session (issuer, sid) where sid is not null;
create index staff_session_expiry on staff_session (idle_expires_at);

-- What the issuer last said of a person, for what goes on without the person: messages to the webhook endpoints that it owns.
create table staff_person (
  user_id text primary key,
  roles text[] not null,
  confirmed_at timestamptz not null
);
create index staff_person_expiry on staff_person (confirmed_at);

-- Logout messages of the issuer that were obeyed, until they expire: a repeated one is refused.
create table staff_logout (
  -- SHA-256 of issuer and jti
  token_hash bytea primary key,
  expires_at timestamptz not null
);
create index staff_logout_expiry on staff_logout (expires_at);
