"""The objects that a process needs while it serves. The lifespan builds and closes them.

Requests reach each part through a function of its own package, which reads the application's state.
Tests replace a part there.
"""

from dataclasses import dataclass, fields

from starlette.datastructures import State

from src.accounts.resets import upkeep as resets
from src.auth import upkeep as auth
from src.auth.factors.known import SECOND_FACTORS
from src.database import database
from src.database.database import Database
from src.instance.by_itself import fork_by_itself
from src.keys import upkeep as keys
from src.keys.keyring import KeyRing
from src.mail import upkeep as mail
from src.mail.delivery import transport
from src.mail.postman import Postman
from src.models import metadata
from src.passwords import cores
from src.passwords.breached.breached import BreachedPasswords, source_of
from src.passwords.gate import HashGate
from src.ratelimit import upkeep as ratelimit
from src.ratelimit.limiter import Limiter
from src.schema.watch.watch import SchemaWatch
from src.sessions import upkeep as sessions
from src.sessions.second_factors import SecondFactors
from src.settings import Settings
from src.upkeep.service import Upkeep
from src.users import upkeep as users
from src.verification import upkeep as verification
from src.verification.asked import resolve
from src.web.visitor import UnnamedProxies

JOBS = (
    *(*sessions.JOBS, *keys.JOBS, *ratelimit.JOBS, *users.JOBS),
    *(*mail.JOBS, *verification.JOBS, *auth.JOBS, *resets.JOBS),
)
"""All jobs of upkeep. Each domain declares its own, in its `upkeep.py`."""


@dataclass
class Runtime:
    database: Database
    keyring: KeyRing
    gate: HashGate
    breached: BreachedPasswords
    limiter: Limiter
    second_factors: SecondFactors
    schema_watch: SchemaWatch
    unnamed_proxies: UnnamedProxies
    upkeep: Upkeep
    postman: Postman

    @classmethod
    def build(cls, settings: Settings) -> "Runtime":
        """Build all parts on the running event loop. This starts the threads of the hash gate."""
        current = database.current()
        watch = SchemaWatch(metadata, auto_migrate=settings.auto_migrate, decide=fork_by_itself)
        return cls(
            database=current,
            keyring=KeyRing(),
            gate=HashGate(
                threads=settings.hash_threads or cores.usable(), queue=settings.hash_queue
            ),
            breached=BreachedPasswords(source_of(settings)),
            limiter=Limiter(connections=settings.db_pool_size),
            second_factors=SECOND_FACTORS,
            schema_watch=watch,
            unnamed_proxies=UnnamedProxies(),
            upkeep=Upkeep(JOBS, current),
            postman=Postman(
                current, transport(settings), resolve=resolve, may_send=watch.is_original
            ),
        )

    def open(self, state: State) -> None:
        """Store each part in the application's state, and start the background threads."""
        state.runtime = self
        for part in fields(self):
            setattr(state, part.name, getattr(self, part.name))
        self.schema_watch.start()
        self.upkeep.start()
        self.postman.start()

    async def close(self) -> None:
        self.schema_watch.stop()
        self.upkeep.stop()
        self.postman.stop()
        await self.breached.close()
        self.gate.close()
        self.limiter.close()
        self.database.close()
