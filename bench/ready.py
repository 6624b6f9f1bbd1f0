"""A service with its tables, its accounts and a running server."""

from bench.postgres import Postgres
from bench.servers import Server, prepare
from bench.services.base import Service


def ready(postgres: Postgres, service: Service, people: int) -> Server:
    """A running server with that many accounts. All have the password of the first one."""
    prepare(service)
    server = Server(service)
    try:
        server.ask(service.signup())
        postgres.run(service.database, service.copy_people, first=1, last=people)
        postgres.run(service.database, "VACUUM ANALYZE")
    except BaseException:
        server.stop()
        raise
    return server
