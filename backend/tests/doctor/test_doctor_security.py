"""Secrets, production, and the web app beside the API."""

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from src.auth.factors.totp import PURPOSE
from src.doctor.report import Fine, NotExamined
from src.kit.sealing import derive_key, seal
from tests.support import databases
from tests.support.checkout import SECRET_KEY, Copy

SECRET = "SECRET_KEY cannot be guessed"
PRODUCTION = "Production is safe to reach"
SAME_ADDRESSES = "The web app's addresses agree"
ANSWERS = "This Postern answers at API_URL"
PLAIN_HTTP = "No page answers over http if WEB_URL is https"


class TestSecretKey:
    @pytest.mark.parametrize(
        ("key", "why"),
        [
            ("tiny-key", "is shorter than 32 bytes"),
            ("change-me-change-me-change-me-change", "contains the words of an example"),
            ("ab" * 20, "has fewer than 8 different characters"),
            ("abcdefgh" * 4, "repeats a short piece"),
        ],
    )
    def test_a_key_that_can_be_guessed_has_its_reason(self, copy: Copy, key: str, why: str) -> None:
        copy.write_env(SECRET_KEY=key)
        finding = copy.found(SECRET)

        assert finding.condition.code == "secret_key_weak"
        assert finding.evidence[0].endswith(why)
        assert key not in finding.evidence[0]

    def test_a_previous_key_that_can_be_guessed(self, copy: Copy) -> None:
        copy.write_env(SECRET_KEY=SECRET_KEY, SECRET_KEY_PREVIOUS="tiny-key")
        finding = copy.found(SECRET)

        assert finding.condition.code == "secret_key_weak"
        assert finding.fix.startswith("Remove SECRET_KEY_PREVIOUS from ")

    def test_no_key(self, copy: Copy) -> None:
        copy.write_env(SECRET_KEY="")

        assert copy.found(SECRET).condition.code == "secret_key_unset"

    def test_an_existing_file_is_never_overwritten(self, copy: Copy) -> None:
        copy.write_env(SECRET_KEY="")

        assert copy.found(SECRET).automatic is None


class TestSigningKeys:
    TITLE = "SECRET_KEY opens the signing keys"

    @pytest.fixture
    def with_a_key(self, copy: Copy, migrated: str) -> Copy:
        """One key, sealed under the copy's SECRET_KEY."""
        copy.write_env(DATABASE_URL=migrated)
        done = copy.run("-m", "src.cli", "keys", "rotate", "--at-once")
        assert done.code == 0, done.errors
        return copy

    def test_that_can_be_opened_are_counted(self, with_a_key: Copy) -> None:
        assert with_a_key.look(self.TITLE).outcome == Fine("keys that it opens: 1")

    def test_that_are_sealed_under_another_secret(self, with_a_key: Copy, migrated: str) -> None:
        other = "Qm7Lk2Vx9Rt4Zc1Wn8Bp5Hy3Jd6Gs0FaUeOiTqXw"
        with_a_key.write_env(DATABASE_URL=migrated, SECRET_KEY=other)
        finding = with_a_key.found(self.TITLE)
        assert finding.condition.code == "signing_keys_closed"
        assert finding.evidence[0].startswith("1 of 1 keys are sealed under another secret")
        with_a_key.write_env(
            DATABASE_URL=migrated, SECRET_KEY=other, SECRET_KEY_PREVIOUS=SECRET_KEY
        )
        assert with_a_key.look(self.TITLE).outcome == Fine("keys that it opens: 1")

    def test_are_not_examined_without_our_tables(self, copy: Copy) -> None:
        with databases.database("doctor_empty") as url:
            copy.write_env(DATABASE_URL=url)
            assert isinstance(copy.look(self.TITLE).outcome, NotExamined)


class TestClients:
    TITLE = "People have their own addresses"
    PEOPLE = """
        INSERT INTO "user" (email, email_key, password_hash, created_at, updated_at)
        SELECT n || '@example.com', n || '@example.com', '!', now(), now()
        FROM generate_series(1, 30) n"""
    SESSIONS = """
        INSERT INTO session (user_id, method, password_fingerprint, generation, seen_generation,
            created_at, handed_out_at, handouts, last_used_at, idle_expires_at, expires_at, ip)
        SELECT id, 'password', '', 1, 1, now(), now(), 1, now(), now(), now(), '10.0.0.5'
        FROM "user" """

    @pytest.fixture
    def crowd(self, copy: Copy, migrated: str) -> str:
        copy.write_env(DATABASE_URL=migrated, ENVIRONMENT="test")
        databases.execute(migrated, self.PEOPLE, self.SESSIONS)
        return migrated

    @pytest.mark.usefixtures("crowd")
    def test_who_all_come_from_one_address(self, copy: Copy) -> None:
        finding = copy.found(self.TITLE)
        assert finding.condition.code == "clients_behind_one_address"
        assert finding.evidence == ("nearly all recent sign-ins, by 30 people, came from 10.0.0.5",)
        assert finding.fix.endswith("TRUSTED_PROXIES=10.0.0.5")

    def test_who_come_from_a_trusted_proxy_that_names_nobody(self, copy: Copy, crowd: str) -> None:
        copy.write_env(
            DATABASE_URL=crowd,
            ENVIRONMENT="test",
            TRUSTED_PROXIES="10.0.0.0/8",
            CLIENT_ADDRESS_HEADER="X-Real-IP",
        )
        finding = copy.found(self.TITLE)
        assert finding.condition.code == "clients_behind_one_address"
        assert finding.evidence[1] == (
            "TRUSTED_PROXIES names it, but no address arrived in X-Real-IP"
        )
        assert finding.fix.startswith("Set CLIENT_ADDRESS_HEADER to the header")

    def test_who_nearly_all_come_from_one_address(self, copy: Copy, crowd: str) -> None:
        databases.execute(
            crowd,
            self.PEOPLE.replace("1, 30", "31, 32"),
            self.SESSIONS.replace("'10.0.0.5'", "'192.0.2.1'") + "WHERE id > 30",
        )
        assert copy.found(self.TITLE).condition.code == "clients_behind_one_address"

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE session SET ip = '192.0.2.1' WHERE user_id <= 5",
            "UPDATE session SET ip = NULL WHERE user_id <= 5",
            'DELETE FROM "user" WHERE id > 19',
        ],
        ids=["another address", "an unknown one", "few people"],
    )
    def test_who_come_from_several_addresses_or_are_few(
        self, copy: Copy, crowd: str, change: str
    ) -> None:
        databases.execute(crowd, change)
        assert copy.look(self.TITLE).outcome == Fine(
            "X-Forwarded-For is trusted from 127.0.0.0/8, ::1/128"
        )

    def test_who_are_one_developer(self, copy: Copy, crowd: str) -> None:
        copy.write_env(DATABASE_URL=crowd, ENVIRONMENT="development")
        assert isinstance(copy.look(self.TITLE).outcome, Fine)

    def test_whose_addresses_uvicorn_decides_too(
        self, copy: Copy, migrated: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        copy.write_env(DATABASE_URL=migrated)
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
        assert copy.found(self.TITLE).condition.code == "forwarded_allow_ips_set"


class TestEnvFile:
    def test_a_file_that_others_can_read(self, copy: Copy) -> None:
        copy.checkout.env_file.chmod(0o640)
        finding = copy.found("backend/.env is closed to others")

        assert finding.condition.code == "env_file_open"
        assert finding.evidence == ("its mode is 0640",)

    def test_a_file_under_version_control(self, copy: Copy) -> None:
        for command in (("init", "--quiet"), ("add", "--force", "backend/.env")):
            subprocess.run(("git", *command), cwd=copy.checkout.root, check=True)
        finding = copy.found("backend/.env is not committed")

        assert finding.condition.code == "env_file_committed"

    def test_it_is_not_examined_if_git_fails(self, copy: Copy) -> None:
        (copy.checkout.root / ".git").write_text("gitdir: nowhere\n")
        outcome = copy.look("backend/.env is not committed").outcome
        assert isinstance(outcome, NotExamined)
        assert "git does not answer" in outcome.because

    @pytest.mark.parametrize("kind", ["folder", "link to nothing"])
    def test_a_folder_or_broken_link_is_not_called_absent(self, copy: Copy, kind: str) -> None:
        path = copy.checkout.env_file
        path.unlink()
        path.mkdir() if kind == "folder" else path.symlink_to("nothing")

        outcome = copy.look("backend/.env is closed to others").outcome
        assert outcome == NotExamined("backend/.env is not a file")


class TestProduction:
    def codes(self, copy: Copy, **values: str) -> list[str]:
        copy.write_env(
            **{
                "ENVIRONMENT": "production",
                "API_URL": "https://api.example.com",
                "WEB_URL": "https://example.com",
                "DATABASE_URL": "postgresql://app:7yMuWq4Ld0ZpXr@db.example.com/d?sslmode=verify-full",
                **values,
            }
        )
        outcome = copy.look(PRODUCTION).outcome
        return [] if isinstance(outcome, Fine) else [f.condition.code for f in outcome.findings]  # type: ignore[union-attr]

    def test_with_https_and_tls_nothing_is_found(self, copy: Copy) -> None:
        assert self.codes(copy) == []

    def test_without_https(self, copy: Copy) -> None:
        assert self.codes(copy, WEB_URL="http://example.com") == ["not_https"]

    def test_at_localhost(self, copy: Copy) -> None:
        assert self.codes(copy, WEB_URL="https://localhost") == ["localhost_in_production"]

    def test_with_an_address_that_was_never_set(self, copy: Copy) -> None:
        assert self.codes(copy, WEB_URL="") == ["localhost_in_production"]

    @pytest.mark.parametrize("query", ["", "?sslmode=prefer", "?sslmode=disable"])
    def test_with_a_connection_that_may_go_unencrypted(self, copy: Copy, query: str) -> None:
        url = f"postgresql://app:7yMuWq4Ld0ZpXr@db.example.com/d{query}"

        assert self.codes(copy, DATABASE_URL=url) == ["tls_not_required"]

    @pytest.mark.parametrize(
        ("query", "codes"),
        [
            ("sslmode=require", ["tls_not_verified"]),
            ("sslmode=require&sslrootcert=/etc/ssl/ca.pem", []),  # libpq then checks the CA
            ("sslmode=verify-ca", []),
            ("sslmode=verify-full&sslrootcert=/etc/ssl/ca.pem", []),
        ],
    )
    def test_with_a_certificate_that_nobody_checks(
        self, copy: Copy, query: str, codes: list[str]
    ) -> None:
        url = f"postgresql://app:7yMuWq4Ld0ZpXr@db.example.com/d?{query}"
        assert self.codes(copy, DATABASE_URL=url) == codes
        assert self.codes(copy, DATABASE_URL_UNPOOLED=url) == codes

    @pytest.mark.parametrize(
        ("places", "codes"),
        [
            ("pgbouncer:6432/d", []),
            ("[2001:db8::1]/d", ["tls_not_required"]),
            ("/d?host=db.example.com", ["tls_not_required"]),
            ("localhost,db.example.com/d", ["tls_not_required"]),
            ("localhost/d?hostaddr=192.0.2.1", ["tls_not_required"]),
            ("127.0.0.1:1,[::1]:2/d", []),
            ("/d?host=/run/pg", []),
        ],
    )
    def test_every_host_of_an_address_counts(
        self, copy: Copy, places: str, codes: list[str]
    ) -> None:
        assert self.codes(copy, DATABASE_URL=f"postgresql://app:7yMuWq4Ld0ZpXr@{places}") == codes

    @pytest.mark.parametrize(
        ("role", "password"),
        [
            ("postgres", "postgres"),
            ("app", "password"),
            ("app", "changeme"),
            ("app", "change-me"),
            ("user", "password"),
            ("shopkeeper", "shopkeeper1"),
            ("app", "secret"),
            ("app", "12345678"),
        ],
    )
    def test_with_a_database_password_of_an_example(
        self, copy: Copy, role: str, password: str
    ) -> None:
        place = "@db.example.com/d?sslmode=verify-full"
        url = f"postgresql://{role}:{password}{place}"
        assert self.codes(copy, DATABASE_URL=url) == ["database_password_weak"]
        finding = copy.found(PRODUCTION)
        assert f":{password}" not in str(finding)
        assert self.codes(copy, DATABASE_URL=url, ENVIRONMENT="development") == []
        here = f"postgresql://{role}:{password}@localhost/d"
        assert self.codes(copy, DATABASE_URL=here) == []
        assert self.codes(copy, DATABASE_URL=f"postgresql://{role}{place}") == []


@contextmanager
def answering(pages: dict[str, object], leads_to: str = "") -> Iterator[str]:
    """A program on a port of its own that answers JSON, or else a redirect, or 404."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(pages.get(self.path, {})).encode()
            other = 307 if leads_to else 404
            self.send_response(200 if self.path in pages else other)
            if self.path not in pages and leads_to:
                self.send_header("Location", leads_to)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Write no log."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def postern(api_url: str) -> dict[str, object]:
    return {"/problems/not_found": {"code": "not_found", "type": f"{api_url}/problems/not_found"}}


class TestAddresses:
    def test_a_web_app_with_another_address_of_its_own(self, copy: Copy) -> None:
        (copy.checkout.frontend / ".env.local").write_text("WEB_URL=http://localhost:4000\n")
        finding = copy.found(SAME_ADDRESSES)

        assert finding.condition.code == "web_app_other_address"
        assert finding.fix == "Set WEB_URL=http://localhost:3000 in frontend/.env.local"

    def test_a_web_app_with_another_api(self, copy: Copy) -> None:
        (copy.checkout.frontend / ".env").write_text("API_URL=http://127.0.0.1:1\n")

        assert copy.found(SAME_ADDRESSES).condition.code == "web_app_other_address"

    def test_a_value_that_is_not_an_address_is_not_shown(self, copy: Copy) -> None:
        (copy.checkout.frontend / ".env").write_text("API_URL=postgresql://app:zq7Vx2mK@h/d\n")
        finding = copy.found(SAME_ADDRESSES)

        assert finding.condition.code == "web_app_other_address"
        assert finding.evidence[0] == "API_URL in frontend/.env is not an address"

    def test_a_file_that_cannot_be_read_is_a_finding(self, copy: Copy) -> None:
        (copy.checkout.frontend / ".env").mkdir()
        finding = copy.found(SAME_ADDRESSES)

        assert finding.condition.code == "other_env_file_unreadable"
        assert finding.evidence == ("frontend/.env cannot be read: it is a folder.",)

    def test_a_value_of_another_setting_may_have_several_lines(self, copy: Copy) -> None:
        (copy.checkout.frontend / ".env").write_text(
            "API_URL=http://localhost:8000\nCERTIFICATE='-----BEGIN\nabc\n-----END'\n"
        )

        assert isinstance(copy.look(SAME_ADDRESSES).outcome, Fine)

    def test_the_same_addresses(self, copy: Copy) -> None:
        (copy.checkout.frontend / ".env").write_text("API_URL=http://localhost:8000/\n")

        assert isinstance(copy.look(SAME_ADDRESSES).outcome, Fine)

    def test_a_private_address_at_which_this_postern_answers(self, copy: Copy) -> None:
        with answering(postern("https://api.example.com")) as private:
            copy.write_env(API_URL="https://api.example.com")
            (copy.checkout.frontend / ".env").write_text(f"API_URL={private}\n")

            assert isinstance(copy.look(SAME_ADDRESSES).outcome, Fine)


class TestWhoAnswers:
    def test_no_answer_is_no_finding(self, copy: Copy) -> None:
        copy.write_env(API_URL="http://127.0.0.1:1")

        assert isinstance(copy.look(ANSWERS).outcome, NotExamined)

    def test_this_postern(self, copy: Copy) -> None:
        pages: dict[str, object] = {}
        with answering(pages) as url:
            pages |= postern(url)
            copy.write_env(API_URL=url)

            assert isinstance(copy.look(ANSWERS).outcome, Fine)

    def test_one_with_another_api_url(self, copy: Copy) -> None:
        with answering(postern("http://elsewhere")) as url:
            copy.write_env(API_URL=url)

            assert copy.found(ANSWERS).condition.code == "api_url_other_postern"

    def test_one_on_another_database(self, copy: Copy, migrated: str) -> None:
        pages: dict[str, object] = {"/readyz": {"instance": "00000000-0000-4000-8000-000000000000"}}
        with answering(pages) as url:
            pages |= postern(url)
            copy.write_env(API_URL=url, DATABASE_URL=migrated)

            assert copy.found(ANSWERS).condition.code == "api_url_other_postern"

    def test_another_program(self, copy: Copy) -> None:
        with answering({"/": {}}) as url:
            copy.write_env(API_URL=url)

            assert copy.found(ANSWERS).condition.code == "api_url_not_postern"

    def test_a_service_on_another_port_than_the_settings_say(
        self, copy: Copy, migrated: str
    ) -> None:
        pages: dict[str, object] = {}
        with answering(pages) as url:
            pages |= postern(url)
            copy.write_env(API_URL="http://127.0.0.1:1", DATABASE_URL=migrated)
            without = copy.doctor()
            said = copy.doctor(f"--api-url={url}/")

        assert "postern doctor --api-url=URL" in without.text
        assert said.code == 0, said.text
        assert f"this Postern answers at {url}" in " ".join(said.text.split())
        assert "Not examined" not in said.text

    @pytest.mark.parametrize("module", ["src.cli", "src.doctor"])
    @pytest.mark.parametrize("address", ["http://localhost:http", "localhost:8000", "http://"])
    def test_an_invalid_address_is_refused(self, copy: Copy, module: str, address: str) -> None:
        command = ("doctor",) if module == "src.cli" else ()
        said = copy.run("-m", module, *command, f"--api-url={address}")

        assert said.code == 2
        assert "--api-url" in said.errors
        assert said.text == ""


class TestPlainHttp:
    def test_a_web_app_that_is_on_https_and_answers_over_http(self, copy: Copy) -> None:
        with answering({"/signin": {}}) as url:
            copy.write_env(WEB_URL=url.replace("http:", "https:"))
            finding = copy.found(PLAIN_HTTP)

        assert finding.condition.code == "web_app_plain_http"
        assert finding.evidence[0] == f"{url}/signin answers with a page"

    def test_a_redirect_to_https_is_fine(self, copy: Copy) -> None:
        with answering({}, leads_to="https://accounts.example.com/signin") as url:
            copy.write_env(WEB_URL=url.replace("http:", "https:"))
            outcome = copy.look(PLAIN_HTTP).outcome

        assert outcome == Fine("http leads to https")

    def test_a_redirect_to_another_page_over_http_is_no_page(self, copy: Copy) -> None:
        with answering({}, leads_to="/elsewhere") as url:
            copy.write_env(WEB_URL=url.replace("http:", "https:"))

            assert isinstance(copy.look(PLAIN_HTTP).outcome, Fine)

    @pytest.mark.parametrize("web_url", ["https://127.0.0.1:1", "http://localhost:3000"])
    def test_no_answer_over_http_and_a_web_url_without_https_are_fine(
        self, copy: Copy, web_url: str
    ) -> None:
        copy.write_env(WEB_URL=web_url)

        assert isinstance(copy.look(PLAIN_HTTP).outcome, Fine)


def test_the_key_that_the_tests_use_is_a_good_one(copy: Copy) -> None:
    assert copy.case().settings.secret_key.get_secret_value() == SECRET_KEY
    assert isinstance(copy.look(SECRET).outcome, Fine)


class TestAuthenticatorApps:
    TITLE = "SECRET_KEY opens the secrets of authenticator apps"
    PERSON = """
        INSERT INTO "user" (id, email, email_key, created_at, updated_at)
        OVERRIDING SYSTEM VALUE VALUES (7, 'ada@b.de', 'ada@b.de', now(), now())
    """
    APP = """
        INSERT INTO authenticator_app (user_id, sealed_secret, last_step, confirmed_at)
        VALUES (7, '%s', 0, now())
    """

    def test_that_no_key_opens_are_counted(self, copy: Copy, migrated: str) -> None:
        sealed = seal(derive_key(SECRET_KEY, PURPOSE), b"A" * 32, place=f"{PURPOSE}: 7")
        databases.execute(migrated, self.PERSON, self.APP % sealed)
        copy.write_env(DATABASE_URL=migrated)
        assert copy.look(self.TITLE).outcome == Fine("authenticator apps that it opens: 1")
        other = "Qm7Lk2Vx9Rt4Zc1Wn8Bp5Hy3Jd6Gs0FaUeOiTqXw"
        copy.write_env(DATABASE_URL=migrated, SECRET_KEY=other)
        finding = copy.found(self.TITLE)
        assert finding.condition.code == "authenticator_apps_closed"
        assert finding.evidence[0].startswith("1 of 1 apps are sealed under another secret")
        assert sealed not in finding.evidence[0]
        copy.write_env(DATABASE_URL=migrated, SECRET_KEY=other, SECRET_KEY_PREVIOUS=SECRET_KEY)
        assert isinstance(copy.look(self.TITLE).outcome, Fine)


class TestAddressesThatLookTheSame:
    TITLE = "Each address has one account"
    PERSON = """
        INSERT INTO "user" (id, email, email_key, address_key, created_at, updated_at)
        OVERRIDING SYSTEM VALUE VALUES (%s, now(), now())
    """

    def test_are_named_by_their_ids(self, copy: Copy, migrated: str) -> None:
        people = (
            "7, 'twin@b.de', 'twin@b.de', 'twin@b.de'",
            "9, 'ｔｗｉｎ@b.de', 'ｔｗｉｎ@b.de', NULL",
        )
        databases.execute(migrated, *(self.PERSON % person for person in people))
        copy.write_env(DATABASE_URL=migrated)
        finding = copy.found(self.TITLE)
        assert finding.condition.code == "addresses_alike"
        assert finding.evidence == ("accounts 7 and 9",)

    def test_an_account_that_waits_for_its_key_is_no_finding(
        self, copy: Copy, migrated: str
    ) -> None:
        databases.execute(migrated, self.PERSON % "7, 'ada@b.de', 'ada@b.de', NULL")
        copy.write_env(DATABASE_URL=migrated)
        assert isinstance(copy.look(self.TITLE).outcome, Fine)
