-- Which plans a region serves and what each takes of its compute cells, as the newest worker found it: the API reads neither the regions
-- file nor what a region's providers can do.
create table region_plan (
  region text not null references region on delete cascade,
  plan text not null,
  cpu_millis bigint not null check (cpu_millis > 0),
  -- those of the region's compute cells that the plan may run on
  compute_cells text[] not null,
  primary key (region, plan)
);
