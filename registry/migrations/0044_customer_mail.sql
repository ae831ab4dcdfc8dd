-- Mail to a customer's contact, and mail about progress, which keeps its order.
alter table mail drop constraint mail_recipient_check;
alter table mail add constraint mail_recipient_check check (recipient in ('first-admin', 'contact', 'approver', 'operator'));
-- the order in which mails were stored
alter table mail add column stored bigint generated always as identity;

-- What happened before customers were told of progress is not told now. A new registry has no such past, and its reader begins by itself.
insert into event_reader (name, position) select 'customer-mail', newest from event_head where newest > 0;
