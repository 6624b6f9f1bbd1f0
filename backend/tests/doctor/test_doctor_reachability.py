"""Whether the database answers, and the step at which it fails."""

import socket

import pytest

from src.database.origin import Endpoint
from src.doctor.checks.reachability import UNREACHABLE
from src.doctor.report import NotExamined
from src.schema.reach import reach
from src.schema.reach.reach import ReachStep
from tests.doctor.test_doctor_database import ONE_DATABASE, SCHEMA
from tests.support import databases
from tests.support.checkout import Copy

APP_ANSWERS = "The app's endpoint answers"


class TestReachability:
    def test_every_step_has_a_condition(self) -> None:
        assert set(UNREACHABLE) == set(ReachStep)

    def test_nothing_listens(self, copy: Copy) -> None:
        copy.write_env(DATABASE_URL="postgresql://app:pw@127.0.0.1:1/postern")
        finding = copy.found(APP_ANSWERS)

        assert finding.condition.code == "unreachable_port"
        assert finding.evidence[0].startswith("postgresql://app@127.0.0.1:1/postern (DATABASE_URL")

    def test_an_unknown_host_name(self, copy: Copy) -> None:
        copy.write_env(DATABASE_URL="postgresql://app@db.invalid/postern")

        assert copy.found(APP_ANSWERS).condition.code == "unreachable_name"

    def test_a_database_that_does_not_exist(self, copy: Copy) -> None:
        url = databases.direct_url().set(database="no_such")
        copy.write_env(DATABASE_URL=url.render_as_string(hide_password=False))
        finding = copy.found(APP_ANSWERS)

        assert finding.condition.code == "unreachable_database"
        assert "CREATE DATABASE" in finding.fix

    def test_a_server_that_refuses_a_parameter_of_the_address(self, copy: Copy) -> None:
        url = databases.direct_url().update_query_dict({"options": "-c no_such_setting=1"})
        copy.write_env(DATABASE_URL=url.render_as_string(hide_password=False))
        finding = copy.found(APP_ANSWERS)

        assert finding.condition.code == "unreachable_session"
        assert "no_such_setting" in finding.evidence[1]

    def test_a_parameter_that_the_client_library_refuses(self) -> None:
        url = databases.direct_url().update_query_dict({"sslmode": "no-verify"})
        obstacle = reach.diagnose(Endpoint(url))

        assert obstacle is not None
        assert UNREACHABLE[obstacle.step].code == "unreachable_address"

    def test_a_server_that_never_answers(self, copy: Copy) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            copy.write_env(DATABASE_URL=f"postgresql://app@127.0.0.1:{port}/postern")

            assert copy.found(APP_ANSWERS).condition.code == "unreachable_answer"

    def test_checks_that_need_the_database_are_not_examined(self, copy: Copy) -> None:
        copy.write_env(DATABASE_URL="postgresql://app@127.0.0.1:1/postern")
        report = copy.examine()

        assert report.findings[0][1].condition.code == "unreachable_port"
        assert {entry.title for entry in report.not_examined} >= {ONE_DATABASE, SCHEMA}

    def test_an_embedded_server_that_cannot_start(self, copy: Copy) -> None:
        copy.checkout.data.mkdir(parents=True)
        (copy.checkout.data / "holiday.jpg").touch()
        finding = copy.found("The bundled PostgreSQL runs")

        assert finding.condition.code == "embedded_postgres"
        assert "not PostgreSQL data" in " ".join(finding.evidence)

    @pytest.mark.parametrize("link", [".data", ".data/postgres"])
    def test_data_on_a_disk_that_is_not_mounted(self, copy: Copy, link: str) -> None:
        place = copy.backend / link
        place.parent.mkdir(exist_ok=True)
        place.symlink_to(copy.checkout.root / "not mounted")
        finding = copy.found("The bundled PostgreSQL runs")

        assert finding.condition.code == "embedded_postgres"
        assert "is a link to nothing" in finding.evidence[0]

    def test_the_doctor_makes_no_database(self, copy: Copy) -> None:
        assert isinstance(copy.look(APP_ANSWERS).outcome, NotExamined)
        assert not copy.checkout.data.exists()
