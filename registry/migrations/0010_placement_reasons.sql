-- Why a tenant lies where it lies: the cells it could have gone to, with their room, as they were when one was taken.
alter table reservation add column candidates jsonb not null default '[]';
