"""Every setting, read once, and where each value came from.

The process environment wins over `backend/.env`, which wins over the default. The file is found
beside `src/`, and does not depend on the working directory. No other file is ever used.
"""

import os
import secrets  # noqa: TID251  crypto is a sibling, and siblings never import each other
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from src.kit import env_file as env_files
from src.kit import setting_values
from src.kit.brand_color import Brand, brand_of
from src.kit.env_lines import Fault, Unknown
from src.kit.origins import normalized_origin
from src.kit.relying_party import RelyingParty, refuse_foreign, relying_party
from src.kit.weak_secrets import SECRET_BYTES, weakness_of
from src.policies import Policy, with_overrides

BACKEND = Path(__file__).resolve().parent.parent
ENV_FILE = BACKEND / ".env"

PROCESS = "the process environment"
MOST_FAULTS = 5
"""The most faults that are shown for one file."""
DAY = 86_400
"""Seconds."""
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
ON = frozenset({"1", "on", "t", "true", "y", "yes"})
"""As pydantic reads a setting that is on or off."""
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1"))
DEFAULT_SCHEMA = "public"
LISTS = ("cors_origins", "passkey_origins", "trusted_proxies", "mail_notices", "signup_methods")
"""Settings whose words are separated by spaces or commas."""

# Files that many other tools read. Postern reports them, and does not use them.
BYSTANDERS = (
    BACKEND.parent / ".env",
    BACKEND.parent / ".env.local",
    BACKEND / ".env.local",
    BACKEND / ".env.development",
    BACKEND / ".env.production",
    BACKEND / ".env.test",
)


class Environment(StrEnum):
    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


ClientAddressHeader = Literal[
    "X-Forwarded-For",
    "X-Real-IP",
    "CF-Connecting-IP",
    "True-Client-IP",
    "Fly-Client-IP",
    "Fastly-Client-IP",
]
"""The first is a list to which each proxy adds an address; the others hold one address."""
Origin = Annotated[str, AfterValidator(setting_values.base_address)]
SafeOrigin = Annotated[Origin, AfterValidator(setting_values.safe_address)]
AllowedOrigin = Annotated[str, AfterValidator(normalized_origin)]
SmtpUrl = Annotated[SecretStr, AfterValidator(setting_values.checked_smtp_url)]
PageAddress = Annotated[str | None, AfterValidator(setting_values.page_address)]
LogoFile = Annotated[Path | None, AfterValidator(setting_values.logo)]
Notice = Literal[
    "password_changed",
    "email_changed",
    "new_device",
    "token_reused",
    "factor_added",
    "factor_removed",
    "recovery_code_used",
    "factors_reset",
    "factor_used",
    "passkey_counter",
    "recovery_codes_made",
]
"""Mails about the account that no request asks for."""
SignupMethod = Literal["password", "passkey"]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    environment: Environment = Environment.DEVELOPMENT
    app_name: Annotated[str, AfterValidator(setting_values.app_name)] = "Postern"
    brand_color: Annotated[str | None, AfterValidator(setting_values.color)] = None
    logo: LogoFile = None
    logo_dark: LogoFile = None
    theme: Literal["arch", "plain"] = "arch"
    home_url: PageAddress = None
    terms_url: PageAddress = None
    privacy_url: PageAddress = None
    support_url: Annotated[str | None, AfterValidator(setting_values.support_address)] = None
    database_url: SecretStr | None = None
    database_url_unpooled: SecretStr | None = None
    database_schema: Annotated[str, AfterValidator(setting_values.schema_name)] = DEFAULT_SCHEMA
    secret_key: SecretStr = Field(default_factory=lambda: SecretStr(secrets.token_urlsafe(48)))
    secret_key_previous: SecretStr | None = None
    api_url: Origin = "http://localhost:8000"
    web_url: Origin = "http://localhost:3000"
    passkey_origins: Annotated[tuple[AllowedOrigin, ...], NoDecode] = ()
    cors_origins: Annotated[tuple[AllowedOrigin, ...], NoDecode] = ()
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = LOOPBACK
    client_address_header: ClientAddressHeader = "X-Forwarded-For"
    smtp_url: SmtpUrl | None = None
    mail_from: Annotated[str | None, AfterValidator(setting_values.sender)] = None
    mail_templates: Annotated[Path | None, AfterValidator(setting_values.existing_folder)] = None
    words: Annotated[Path | None, AfterValidator(setting_values.full_folder)] = None
    mail_notices: Annotated[tuple[Notice, ...], NoDecode] = get_args(Notice)
    require_verified_email: bool = False
    require_second_factor: bool = False
    second_factor_grace_days: int = Field(default=14, ge=0, le=365)
    signup_reveals_accounts: bool = True
    signup_methods: Annotated[tuple[SignupMethod, ...], NoDecode] = get_args(SignupMethod)
    magic_link: bool = False
    magic_link_signup: bool = False
    verification_token_ttl: int = Field(default=DAY, ge=600, le=7 * DAY, description="seconds")
    reset_token_ttl: int = Field(default=1800, ge=300, le=DAY, description="seconds")
    factor_reset_delay: int = Field(default=DAY, ge=0, le=30 * DAY, description="seconds")
    magic_link_ttl: int = Field(default=600, ge=60, le=3600, description="seconds")
    rate_limits: bool = True
    rate_limit_policies: Annotated[dict[str, Policy], NoDecode] = with_overrides("")
    bcrypt_rounds: int = Field(default=12, ge=4, le=16)
    hash_threads: int | None = Field(default=None, ge=1, le=256)
    hash_queue: int = Field(default=512, ge=1, le=100_000)
    min_password_length: int = Field(default=8, ge=8, le=64)
    breached_passwords: Literal["off", "range-api", "file"] = "off"
    breached_passwords_url: SafeOrigin = "https://api.pwnedpasswords.com"
    breached_passwords_file: Path | None = Field(default=None, repr=False)
    access_token_ttl: int = Field(default=900, ge=60, le=3600, description="seconds")
    session_idle_ttl: int = Field(default=14 * DAY, le=3650 * DAY, description="seconds")
    session_max_ttl: int = Field(default=90 * DAY, le=3650 * DAY, description="seconds")
    refresh_grace: int = Field(default=60, ge=0, le=3600, description="seconds")
    sessions_per_user: int = Field(default=100, ge=1, le=1000)
    trusted_device_days: int = Field(default=30, ge=0, le=365)
    key_rotation_days: int = Field(default=30, ge=1, le=3650)
    auto_migrate: bool = True
    db_pool_size: int = Field(default=10, ge=1, le=100)
    metrics: bool = True
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The secret that seals and signs, then the previous one, which is still accepted."""
        both = (self.secret_key, self.secret_key_previous)
        return tuple(secret.get_secret_value() for secret in both if secret)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over what `load_settings` read from `backend/.env`."""
        return env_settings, init_settings

    @model_validator(mode="before")
    @classmethod
    def _apply_environment(cls, values: dict[str, Any]) -> dict[str, Any]:
        production = values.get("environment") == Environment.PRODUCTION
        development = values.get("environment", "development") == Environment.DEVELOPMENT
        two_factors = str(values.get("require_second_factor")).strip().lower() in ON
        values.setdefault("min_password_length", 15 if production and not two_factors else 8)
        values.setdefault("auto_migrate", development)
        values.setdefault("metrics", not production)
        if isinstance(header := values.get("client_address_header"), str):
            known = {name.lower(): name for name in get_args(ClientAddressHeader)}
            values["client_address_header"] = known.get(header.lower(), header)
        for listed in LISTS:
            if isinstance(text := values.get(listed), str):
                values[listed] = tuple(filter(None, text.replace(",", " ").split()))
        if values.get("mail_notices") == ("none",):
            values["mail_notices"] = ()
        return values

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _read_networks(cls, words: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
        if words == ("none",):
            return ()
        try:
            return tuple(map(ip_network, words))
        except ValueError:
            raise ValueError(
                "must be addresses or networks, such as 10.0.0.5 or 10.0.0.0/8"
            ) from None

    @field_validator("rate_limit_policies", mode="before")
    @classmethod
    def _read_policies(cls, value: str | dict[str, Policy]) -> dict[str, Policy]:
        return with_overrides(value) if isinstance(value, str) else value

    @field_validator("session_idle_ttl", "session_max_ttl")
    @classmethod
    def _refuse_short_sessions(cls, seconds: int, info: ValidationInfo) -> int:
        """Each access token's refresh counts as use: a session must not expire between two."""
        if seconds < 2 * info.data.get("access_token_ttl", 0):
            raise ValueError("must be at least twice ACCESS_TOKEN_TTL")
        return seconds

    @property
    def brand(self) -> Brand:
        """The colors of mails and pages."""
        return brand_of(self.brand_color)

    @property
    def sends_mail(self) -> bool:
        """Whether mails reach people, or in development the mailbox of the web app."""
        return self.smtp_url is not None or self.environment is not Environment.PRODUCTION

    @property
    def has_mailbox(self) -> bool:
        """Whether all mails are shown at /dev/mail, and only there."""
        return self.smtp_url is None and self.environment is not Environment.PRODUCTION

    @model_validator(mode="after")
    def _refuse_mail_without_a_server(self) -> "Settings":
        if self.smtp_url is not None and self.mail_from is None:
            raise ValueError("MAIL_FROM must be set beside SMTP_URL")
        for needed in ("require_verified_email", "magic_link"):
            if getattr(self, needed) and not self.sends_mail:
                raise ValueError(f"{needed.upper()} needs mail: SMTP_URL must be set")
        return self

    @property
    def relying_party(self) -> RelyingParty | None:
        """Where passkeys work. None if browsers have none for WEB_URL."""
        return relying_party(self.web_url, self.passkey_origins)

    @model_validator(mode="after")
    def _refuse_passkeys_elsewhere(self) -> "Settings":
        party = self.relying_party
        if party is None and (self.passkey_origins or self.signup_methods == ("passkey",)):
            raise ValueError(
                "WEB_URL has no domain name, so there are no passkeys. Leave PASSKEY_ORIGINS and "
                "SIGNUP_METHODS=passkey out, or set WEB_URL to an address with a domain name"
            )
        for origin in self.passkey_origins:
            refuse_foreign(party.id if party else "", origin)
        return self

    @model_validator(mode="after")
    def _refuse_half_a_look(self) -> "Settings":
        if self.logo_dark and not self.logo:
            raise ValueError("LOGO_DARK needs LOGO, which is for the light scheme")
        if self.home_url and self.home_url.rstrip("/") == self.web_url:
            raise ValueError("HOME_URL is the web app's own first page. Leave it out")
        return self

    @model_validator(mode="after")
    def _require_the_file(self) -> "Settings":
        path = self.breached_passwords_file
        if self.breached_passwords == "file" and (path is None or not path.is_absolute()):
            raise ValueError(
                "BREACHED_PASSWORDS=file needs BREACHED_PASSWORDS_FILE, the full path of the file"
            )
        return self

    @model_validator(mode="after")
    def _refuse_unsafe_production(self) -> "Settings":
        if self.environment is not Environment.PRODUCTION:
            return self
        if "secret_key" not in self.model_fields_set:
            raise ValueError("SECRET_KEY must be set in production")
        if why := weakness_of(self.secret_key.get_secret_value()):
            raise ValueError(
                f"SECRET_KEY must be at least {SECRET_BYTES} random bytes, and this one {why}"
            )
        previous = self.secret_key_previous
        if previous and (why := weakness_of(previous.get_secret_value())):
            raise ValueError(
                f"SECRET_KEY_PREVIOUS can be guessed, because it {why}. An attacker could sign in "
                "as any user. Leave it out, and every user signs in once more"
            )
        if self.database_url is None:
            raise ValueError("DATABASE_URL must be set in production")
        for name in ("terms_url", "privacy_url", "support_url"):
            if (getattr(self, name) or "").startswith("http:"):
                raise ValueError(f"{name.upper()} must be https in production")
        url = urlsplit(self.api_url)
        if url.scheme == "http" and url.hostname not in LOCAL_NAMES:
            raise ValueError("API_URL must be https in production, unless it is this machine")
        if self.bcrypt_rounds < 10:  # noqa: PLR2004  OWASP's floor for bcrypt
            raise ValueError("BCRYPT_ROUNDS must be at least 10 in production")
        return self


@dataclass(frozen=True)
class Claim:
    """One place that gives a value for a setting."""

    source: str
    agrees: bool
    text: str = field(repr=False)
    """As written and not checked; a secret for most settings."""


@dataclass(frozen=True)
class Provenance:
    """Which source won for one setting, and which other sources give a value."""

    name: str
    source: str
    losers: tuple[Claim, ...] = ()
    text: str | None = field(default=None, repr=False)
    """As written in the source that won; None for a default."""

    @property
    def conflicts(self) -> tuple[str, ...]:
        return tuple(claim.source for claim in self.losers if not claim.agrees)


@dataclass(frozen=True)
class Loaded:
    settings: Settings
    provenance: dict[str, Provenance]
    unknown: tuple[Unknown, ...]
    """Names in `backend/.env` that no setting has: mostly typing errors."""
    repeated: tuple[str, ...]
    """Sentences about settings that one source gives twice with the same value."""
    libpq: tuple[str, ...]
    """PG* variables that libpq would have used; they were removed from the environment."""
    unreadable: tuple[str, ...]
    """Sentences about other tools' files that could not be read, and so were not compared."""

    @property
    def conflicts(self) -> tuple[Provenance, ...]:
        return tuple(entry for entry in self.provenance.values() if entry.conflicts)

    def source_of(self, field: str) -> str:
        return self.provenance[field].source


class InvalidSettings(Exception):  # noqa: N818  it names the fact
    """Settings that cannot be used. The sentences never contain the refused values."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


class UnreadableEnvFile(InvalidSettings):
    """`backend/.env` cannot be read. Ignoring it could mean using another database."""

    def __init__(self, path: Path, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        shown = tuple(f"- {_sentence(path, fault)} {fault.fix}" for fault in faults[:MOST_FAULTS])
        left = len(faults) - len(shown)
        super().__init__((*shown, f"- and {left} more like these") if left else shown)


def load_settings(env_file: Path = ENV_FILE, bystanders: tuple[Path, ...] = BYSTANDERS) -> Loaded:
    """Read all settings; raise `InvalidSettings` with each refused setting and its source."""
    lines = env_files.read(env_file, Settings.model_fields)
    if lines.faults:
        raise UnreadableEnvFile(env_file, lines.faults)
    environ, twice = _process_environment()
    libpq = _release_libpq_variables()
    layers = [(PROCESS, environ), (display(env_file), lines.values)]
    others = [(path, env_files.read(path, Settings.model_fields)) for path in bystanders]
    elsewhere = [(display(path), read.values) for path, read in others]

    def trace(field: str) -> Provenance:
        claims = [(name, values[field]) for name, values in layers if values.get(field)]
        source, winner = claims[0] if claims else ("the default", None)
        others = claims[1:] + [(name, got[field]) for name, got in elsewhere if got.get(field)]
        losers = tuple(Claim(name, value == winner, value) for name, value in others)
        return Provenance(field.upper(), source, losers, winner)

    provenance = {field: trace(field) for field in Settings.model_fields}
    try:
        settings = Settings(**lines.values)  # type: ignore[arg-type]  # text, which pydantic parses
    except ValidationError as error:
        raise InvalidSettings(_reasons(error, provenance)) from None
    repeated = (*(f"{display(env_file)}: {one}" for one in lines.repeated), *twice)
    unreadable = tuple(_sentence(path, read.faults[0]) for path, read in others if read.faults)
    return Loaded(settings, provenance, lines.unknown, repeated, libpq, unreadable)


def _sentence(path: Path, fault: Fault) -> str:
    return f"{display(path)} cannot be read: {fault.says}."


def _process_environment() -> tuple[dict[str, str], tuple[str, ...]]:
    """Its non-empty settings by lower-case name, and a sentence for each that is set twice.

    On Linux DATABASE_URL and database_url are two variables, and both mean one setting.
    """
    values: dict[str, str] = {}
    names: dict[str, str] = {}
    twice = []
    for written, value in os.environ.items():
        name = written.lower()
        if not value or name not in Settings.model_fields:
            continue
        if name in values:
            both = f"{PROCESS} sets {names[name]} and {written}"
            if values[name] != value:
                raise InvalidSettings((f"- {both} to different values. Unset one of them.",))
            twice.append(f"{both} to the same value")
        values[name], names[name] = value, written
    return values, tuple(twice)


def display(path: Path) -> str:
    """The path as the reader knows it: relative to the repository, if it is inside."""
    root = BACKEND.parent
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


@lru_cache
def get_loaded() -> Loaded:
    """This process's settings. If any cannot be used, ends the process with a sentence for each."""
    try:
        return load_settings()
    except InvalidSettings as error:
        raise SystemExit(f"Postern cannot start with these settings:\n{error}") from None


def written_log_format() -> str:
    """LOG_FORMAT as written, for lines about invalid settings."""
    given = {name.lower(): value for name, value in os.environ.items() if value}
    if "log_format" in given:
        return given["log_format"]
    return env_files.read(ENV_FILE, Settings.model_fields).values.get("log_format", "text")


def get_settings() -> Settings:
    return get_loaded().settings


def _release_libpq_variables() -> tuple[str, ...]:
    """Remove libpq's own variables from this process, so that only `DATABASE_URL` decides.

    PGOPTIONS could silently set another search_path, and PGSERVICE or PGHOST another server.
    """
    names = tuple(sorted(name for name in os.environ if name in _LIBPQ))
    for name in names:
        os.environ.pop(name)
    return names


_LIBPQ = frozenset(
    "PGHOST PGHOSTADDR PGPORT PGDATABASE PGUSER PGPASSWORD PGPASSFILE PGSERVICE PGSERVICEFILE "  # noqa: SIM905
    "PGOPTIONS PGAPPNAME PGSSLMODE PGSSLROOTCERT PGSSLCERT PGSSLKEY PGSSLCRL PGSSLNEGOTIATION "
    "PGREQUIRESSL PGCHANNELBINDING PGCONNECT_TIMEOUT PGCLIENTENCODING PGTARGETSESSIONATTRS "
    "PGLOADBALANCEHOSTS PGREQUIREAUTH PGGSSENCMODE PGKRBSRVNAME PGDATESTYLE PGTZ PGGEQO "
    "PGREQUIREPEER PGSSLCERTMODE PGSSLCRLDIR PGSSLSNI PGSSLCOMPRESSION PGSSLMINPROTOCOLVERSION "
    "PGSSLMAXPROTOCOLVERSION PGGSSLIB PGGSSDELEGATION PGSYSCONFDIR".split()
)


def _reasons(error: ValidationError, provenance: dict[str, Provenance]) -> tuple[str, ...]:
    def reason(location: str, message: str) -> str:
        message = message.removeprefix("Value error, ")
        if location not in provenance:
            return f"- {message}"
        entry = provenance[location]
        return f"- {entry.name} (from {entry.source}): {message}"

    details = error.errors(include_url=False, include_input=False, include_context=False)
    return tuple(reason(str((*item["loc"], "")[0]), item["msg"]) for item in details)
