begin;
drop table if exists departures;
create table departures (line text not null, leaves time not null, primary key (line, leaves));
insert into departures
  select 'harbour', '05:00'::time + n * interval '10 minutes' from generate_series(0, 113) n;
insert into departures
  select 'airport', '05:30'::time + n * interval '20 minutes' from generate_series(0, 54) n;
commit;
