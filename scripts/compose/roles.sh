#!/bin/sh
# Run once by the image of PostgreSQL, as its superuser, when docker-compose.yml starts with an empty volume. It makes the
# two roles that Postern uses and their database: `postern_owner` owns the tables and migrates them, `postern` serves requests.
# After the migrations, `postern grants postern --apply` grants the privileges on the tables to `postern`.
set -eu
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres <<'SQL'
\getenv owner_password POSTERN_OWNER_PASSWORD
\getenv password POSTERN_PASSWORD
CREATE ROLE postern_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE postern LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE postern OWNER postern_owner;
REVOKE ALL ON DATABASE postern FROM PUBLIC;
GRANT CONNECT ON DATABASE postern TO postern;
SQL
