-- What each part of a sweep has to say, by the part's name: { counts, problems, findings }. A part that is done again says it again.
alter table sweep add column parts jsonb not null default '{}';

-- While resolving: since when. A claim whose sweeper died is taken over.
alter table quarantine add column claimed_at timestamptz;
