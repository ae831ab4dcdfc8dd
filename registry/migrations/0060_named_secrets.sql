-- A directory's token has the columns of an API key, so that one piece of code creates, rotates and revokes both.
alter table scim_token rename column token_id to key_id;
alter table scim_token add column scopes text[] not null default '{}';
