"""docker-compose.yml and the Dockerfiles are valid and safe; their commands work without Docker."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from ruamel.yaml import YAML
from sqlalchemy import URL, make_url

from src.embedded import cluster
from src.settings import BACKEND, Settings
from tests.support.ports import free_port
from tests.support.postgres import run

ROOT = BACKEND.parent
COMPOSE = ROOT / "docker-compose.yml"
BIN = Path(sys.executable).parent
DECIDED = {
    "ENVIRONMENT",
    "DATABASE_URL",
    "DATABASE_URL_UNPOOLED",
    "TRUSTED_PROXIES",
    "AUTO_MIGRATE",
}
"""The settings that follow from the services and the network of the compose file."""


def compose() -> dict[str, Any]:
    return dict(YAML(typ="safe").load(COMPOSE.read_text()))


def services() -> dict[str, Any]:
    return dict(compose()["services"])


@dataclass(frozen=True)
class Image:
    """An image as the compose file builds it."""

    context: Path
    dockerfile: Path

    @classmethod
    def of(cls, service: str) -> "Image":
        build = services()[service]["build"]
        if isinstance(build, str):
            return cls(ROOT / build, ROOT / build / "Dockerfile")
        return cls(ROOT / build["context"], ROOT / build["context"] / build["dockerfile"])

    @property
    def project(self) -> str:
        """The folder of its content, relative to the context."""
        return self.dockerfile.parent.relative_to(self.context).as_posix()

    def instructions(self, name: str) -> list[str]:
        """The arguments of every `name` instruction in the Dockerfile, in one line each."""
        text = self.dockerfile.read_text().replace("\\\n", " ")
        return re.findall(rf"^{name}\s+(.+)$", text, re.MULTILINE)

    def copied(self) -> list[str]:
        """What the image copies from the context, not from its own stages."""
        lines = [shlex.split(line) for line in self.instructions("COPY") if "--from=" not in line]
        return [word for words in lines for word in words[:-1] if not word.startswith("--")]

    def ignored(self, path: str) -> bool:
        """Whether .dockerignore excludes `path`: the last pattern for it or a parent decides."""
        path = os.path.normpath(path)
        out = False
        for line in (self.context / ".dockerignore").read_text().splitlines():
            pattern = re.escape(line.removeprefix("!")).replace(r"\*\*/", "(.*/)?")
            if re.fullmatch(pattern.replace(r"\*", "[^/]*") + "(/.*)?", path):
                out = not line.startswith("!")
        return out

    def command(self, name: str) -> list[str]:
        *_, last = self.instructions(name)
        return [str(word) for word in json.loads(last[last.index("[") :])]


API = Image.of("api")
WEB = Image.of("web")


class TestCompose:
    def test_the_compose_file_follows_the_compose_specification(self) -> None:
        checked = subprocess.run(
            (BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE),
            capture_output=True,
            text=True,
            check=False,
        )

        assert checked.returncode == 0, checked.stdout

    def test_migrations_run_to_their_end_on_the_direct_endpoint_before_the_api_starts(self) -> None:
        api, migrate = services()["api"], services()["migrate"]

        assert api["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert api["environment"]["AUTO_MIGRATE"] == "off"
        assert "@postgres:5432/" in migrate["environment"]["DATABASE_URL_UNPOOLED"]
        assert "@pgbouncer:6432/" in api["environment"]["DATABASE_URL"]
        assert services()["pgbouncer"]["environment"]["POOL_MODE"] == "transaction"

    def test_each_process_has_the_role_that_it_needs_and_none_has_the_superuser(self) -> None:
        def roles(name: str) -> set[str]:
            urls = services()[name]["environment"]
            found = (urls["DATABASE_URL"], urls["DATABASE_URL_UNPOOLED"])
            return {url.partition("//")[2].partition(":")[0] for url in found}

        assert roles("api") == {"postern"}
        assert roles("migrate") == {"postern_owner"}
        assert services()["pgbouncer"]["environment"]["DB_USER"] == "postern"
        with_superuser = [
            name
            for name, service in services().items()
            if "POSTGRES_PASSWORD" in str(service.get("environment"))
        ]
        assert with_superuser == ["postgres"]

    def test_the_api_gets_only_settings_that_exist(self) -> None:
        known = {name.upper() for name in Settings.model_fields}

        assert set(services()["api"]["environment"]) <= known

    def test_every_setting_can_be_set_except_those_that_the_compose_file_decides(self) -> None:
        known = {name.upper() for name in Settings.model_fields}
        given = services()["api"]["environment"]
        # Without a value, Compose passes on what --env-file or its own environment says.
        open_ = {
            name for name, value in given.items() if value is None or value.startswith(f"${{{name}")
        }

        assert known - open_ == DECIDED
        assert set(given) & DECIDED == DECIDED
        # The step `migrate` reads the same settings, and another role's address.
        assert services()["migrate"]["environment"].keys() == given.keys()

    def test_no_secret_reaches_the_web_app(self) -> None:
        given = services()["web"]["environment"]

        assert not [name for name in given if re.search(r"SECRET|PASSWORD|DATABASE", name)]
        assert not re.search(r"SECRET|PASSWORD|DATABASE", str(given))
        assert not [name for name, service in services().items() if "env_file" in service]

    def test_the_api_and_the_web_app_have_the_same_look(self) -> None:
        api, web = (services()[one]["environment"] for one in ("api", "web"))

        look: dict[str, str | None] = compose()["x-look"]
        assert look["APP_NAME"] == "${APP_NAME:-Postern}"
        assert len(look) == 9
        assert look.items() <= api.items()
        assert look.items() <= web.items()

    def test_the_api_and_the_web_app_read_the_same_words(self) -> None:
        assert [services()[one]["environment"]["WORDS"] for one in ("api", "web")] == [None, None]

    def test_the_compose_file_has_no_secret(self) -> None:
        secret = re.compile(r"(SECRET_KEY|\w*PASSWORD): (?!\$\{\w+(:\?[^}]*)?\}$)", re.MULTILINE)

        assert not secret.search(COMPOSE.read_text())
        assert "${SECRET_KEY:?" in COMPOSE.read_text()
        for name in ("POSTGRES_PASSWORD", "POSTERN_OWNER_PASSWORD", "POSTERN_PASSWORD"):
            assert f"${{{name}:?" in COMPOSE.read_text()

    def test_only_the_api_and_the_web_app_can_be_reached_from_outside(self) -> None:
        assert {name for name, service in services().items() if "ports" in service} == {
            "api",
            "web",
        }

    def test_only_proxies_in_the_network_or_on_this_machine_are_trusted(self) -> None:
        (network,) = compose()["networks"]["default"]["ipam"]["config"]
        ports = [port for service in services().values() for port in service.get("ports", [])]

        assert services()["api"]["environment"]["TRUSTED_PROXIES"] == network["subnet"]
        assert not [name for name, service in services().items() if "networks" in service]
        # In some setups, requests from elsewhere would seem to come from the network's gateway.
        assert all(port.startswith("127.0.0.1:") for port in ports)

    @pytest.mark.parametrize("name", services())
    def test_nothing_gains_privileges(self, name: str) -> None:
        assert services()[name]["security_opt"] == ["no-new-privileges:true"]
        assert services()[name]["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("built", [API, WEB], ids=["api", "web"])
class TestDockerfile:
    def test_everything_the_image_copies_exists(self, built: Image) -> None:
        assert built.copied()
        for name in built.copied():
            assert (built.context / name).exists() or list(built.context.glob(name)), name

    def test_the_image_does_not_run_as_root(self, built: Image) -> None:
        *_, user = built.instructions("USER")

        assert user not in {"root", "0"}

    def test_the_image_has_a_health_check(self, built: Image) -> None:
        assert built.command("HEALTHCHECK")

    def test_no_secret_is_built_into_the_image(self, built: Image) -> None:
        built_in = " ".join([*built.instructions("ENV"), *built.instructions("ARG")])

        assert not re.search(r"SECRET|PASSWORD|TOKEN|DATABASE_URL", built_in)

    @pytest.mark.parametrize(
        "name", [".env", ".env.local", ".env.production", ".env.production.local", "src/.env"]
    )
    def test_no_settings_get_into_the_image(self, built: Image, name: str) -> None:
        assert built.ignored(name)
        assert built.ignored(f"{built.project}/{name}")

    def test_everything_the_image_copies_gets_into_it(self, built: Image) -> None:
        kept = [*built.copied(), f"{built.project}/src/main.py"]

        assert not [name for name in kept if built.ignored(name)]

    def test_nothing_else_gets_into_the_image(self, built: Image) -> None:
        made = (f"{built.project}/{name}/a" for name in ("node_modules", ".next", "e2e"))

        for name in (*made, ".git/config", ".venv/a", ".data/a", "tests/a", "node_modules/a"):
            assert built.ignored(name), name


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """The files that the API's image has in its working directory, and no others."""
    app = tmp_path / "app"
    app.mkdir()
    for name in API.copied():
        source = BACKEND / name
        if source.is_dir():
            shutil.copytree(source, app / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, app / name)
    return app


PASSWORDS = {"POSTERN_OWNER_PASSWORD": "o'wner-tulip", "POSTERN_PASSWORD": 'ru"ntime-tulip'}


def run_init_script(superuser: URL) -> None:
    """As the image of PostgreSQL does on an empty volume."""
    (script,) = (
        volume.partition(":")[0]
        for volume in services()["postgres"]["volumes"]
        if "docker-entrypoint-initdb.d" in volume
    )
    given = services()["postgres"]["environment"]
    assert set(PASSWORDS) <= set(given)
    own = {"POSTGRES_USER": superuser.username or "", "PGHOST": str(superuser.query["host"])}
    environ = {**os.environ, **own, **PASSWORDS}
    done = subprocess.run(
        (ROOT / script,), env=environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def url_of(url: URL, **changes: str) -> str:
    return url.set(**changes).render_as_string(hide_password=False)  # type: ignore[arg-type]


def as_role(superuser: URL, role: str) -> str:
    return url_of(superuser, username=role, database="postern")


def sql(url: str, statement: str) -> list[tuple[object, ...]]:
    made = make_url(url)
    return run(
        psycopg2.connect(host=made.query["host"], user=made.username, dbname=made.database),
        statement,
    )


@pytest.fixture
def environment(folder: Path) -> Iterator[dict[str, str]]:
    """The settings of the compose file, with this test's empty database in both addresses."""
    data = folder / "postgres"
    superuser = make_url(cluster.start(data, durable=False))
    sql(url_of(superuser, database="postgres"), "DROP DATABASE postern")  # the image has none
    run_init_script(superuser)
    url = as_role(superuser, "postern")
    given = services()["api"]["environment"]
    declared = {
        name: value for name, value in given.items() if not str(value or "$").startswith("$")
    }
    secrets = {"SECRET_KEY": "rT5v-Qm9zX2pL8wK4yN7bJ3cF6hD1gSaUeVtW0qYi"}
    databases = {"DATABASE_URL": url, "DATABASE_URL_UNPOOLED": url}
    values = declared | secrets | databases
    values |= {
        "APP_NAME": "Lanterns",
        "CLIENT_ADDRESS_HEADER": "X-Forwarded-For",
        "LOG_FORMAT": "json",
    }
    values |= {"API_URL": "https://api.example.com", "WEB_URL": "https://www.example.com"}
    yield {**values, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    cluster.close(data)


def owner_of(url: str) -> str:
    return as_role(make_url(url), "postern_owner")


def migrate(image: Path, environment: dict[str, str]) -> None:
    """What the step `migrate` does, as the owner of the tables."""
    direct = owner_of(environment["DATABASE_URL"])
    settings = {**environment, "DATABASE_URL": direct, "DATABASE_URL_UNPOOLED": direct}
    settings["PATH"] = f"{image}{os.pathsep}{settings['PATH']}"
    subprocess.run(services()["migrate"]["command"], cwd=image, env=settings, check=True)


class TestTheApisImage:
    def test_the_doctor_in_the_image_sees_all_it_needs(
        self, image: Path, environment: dict[str, str]
    ) -> None:
        empty = self.doctor(image, environment)
        migrate(image, environment)
        report = self.doctor(image, environment)
        left_out = [
            check["title"] for check in report["checks"] if check["outcome"] == "not_examined"
        ]

        found = [one for check in empty["checks"] for one in check.get("findings", [])]
        # The API's role owns nothing: the step `migrate` makes the tables as their owner.
        codes = [one["code"] for one in found]
        assert codes == ["schema_empty", "migration_may_not_create"]
        assert report["exit_code"] == 0, report
        # To read a sequence's last value takes the owner.
        assert left_out == [
            "Sequences are ahead of their rows",
            "The web app's addresses agree",
            "This Postern answers at API_URL",
        ]

    def test_the_commands_of_the_image_are_on_the_path(self) -> None:
        (path,) = re.findall(r"PATH=(\S+)", " ".join(API.instructions("ENV")))

        assert "/app" in path.split(":")
        assert os.access(BACKEND / "postern", os.X_OK)

    @staticmethod
    def doctor(image: Path, environment: dict[str, str]) -> dict[str, Any]:
        done = subprocess.run(
            (image / "postern", "doctor", "--json"),
            cwd="/",
            env={**environment, "API_URL": "https://api.invalid"},
            capture_output=True,
            text=True,
            check=False,
        )
        document: dict[str, Any] = json.loads(done.stdout)
        return document

    def test_migration_server_and_health_check_work_in_the_image(
        self, image: Path, environment: dict[str, str]
    ) -> None:
        port = str(free_port())
        health = [
            word.replace(":8000", f":{port}").replace("python", sys.executable)
            for word in API.command("HEALTHCHECK")
        ]
        command, *options = API.command("CMD")
        serve = [str(image / command), *(word.replace("8000", port) for word in options)]

        migrate(image, environment)
        assert subprocess.run(health, check=False, capture_output=True).returncode != 0
        with subprocess.Popen(serve, cwd=image, env=environment) as server:
            try:
                until = time.monotonic() + 90
                while subprocess.run(health, check=False, capture_output=True).returncode:
                    assert server.poll() is None
                    assert time.monotonic() < until
                    time.sleep(0.2)
            finally:
                server.terminate()
        assert server.returncode in {0, -15}

        assert sql(environment["DATABASE_URL"], "SELECT count(*) FROM alembic_version") == [(1,)]

    def test_the_api_may_change_rows_and_nothing_else(
        self, image: Path, environment: dict[str, str]
    ) -> None:
        migrate(image, environment)
        api, owner = environment["DATABASE_URL"], owner_of(environment["DATABASE_URL"])
        roles = "SELECT rolname FROM pg_roles WHERE rolname ~ '^postern' AND {}"
        powers = roles.format("(rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls)")
        scram = "SELECT rolname FROM pg_authid WHERE rolpassword LIKE 'SCRAM-SHA-256$%' ORDER BY 1"

        assert sql(api, powers) == []
        assert sql(as_role(make_url(api), "postgres"), scram) == [("postern",), ("postern_owner",)]
        assert sql(api, 'DELETE FROM "user" RETURNING id') == []
        for statement in (
            "CREATE TABLE tulip (id int)",
            'DROP TABLE "user"',
            'ALTER TABLE "user" ADD tulip int',
            'TRUNCATE "user"',
            "DELETE FROM alembic_version",
            "CREATE ROLE tulip",
            "COPY (SELECT 1) TO PROGRAM 'true'",
        ):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                sql(api, statement)
        tables = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        assert sql(owner, tables) == [("postern_owner",)]
