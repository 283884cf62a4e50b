create table entries (
  day date not null,
  lastname text not null,
  firstname text not null,
  gate text not null,
  primary key (day, lastname, firstname)
)
