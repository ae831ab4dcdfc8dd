-- When a record is next to be sent to the billing provider; null if it need not be, or has been in its newest revision.
alter table usage_record add column bill_at timestamptz;
create index usage_record_to_bill on usage_record (bill_at) where bill_at is not null;

-- What was sent of each record. A row is there before its request is, so that a request without an answer is repeated with the same identifier.
create table usage_meter_event (
  identifier text primary key,
  tenant_id text not null,
  source text not null,
  record_id text not null,
  -- of the record, when it was sent
  revision int not null,
  -- what the provider adds: the record's value, or the difference to what earlier events of the record still count
  value bigint not null,
  -- late: the provider takes no usage of that time any more; unknown: no answer for so long that the identifier no longer protects a repetition
  state text not null check (state in ('sending', 'sent', 'cancelled', 'refused', 'late', 'unknown')),
  -- the first request that may have taken effect and was not answered
  unanswered_since timestamptz,
  sent_at timestamptz,
  foreign key (tenant_id, source, record_id) references usage_record on delete cascade
);
create index usage_meter_event_of_record on usage_meter_event (tenant_id, source, record_id);
create index usage_meter_event_unsent on usage_meter_event (tenant_id) where state in ('refused', 'unknown');
