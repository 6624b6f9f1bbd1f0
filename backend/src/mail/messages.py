"""Makes the message of a letter: subject, plain text and HTML, in one language.

An adopter replaces a template with one of the same name in the folder MAIL_TEMPLATES: for all kinds
(`message.html`, `message.txt`, `style.css`), or for one (`reset_password.html`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import css_inline
import idna
from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    TemplateError,
    select_autoescape,
)

from src.kit import logo as logos
from src.mail.devices import name_of
from src.mail.letters import PAGES, Facts, Kind, Letter
from src.mail.locales import direction, moment
from src.mail.words import languages, span, words
from src.settings import Settings, get_settings

BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Content:
    subject: str
    text: str
    html: str


@lru_cache(maxsize=4)
def _templates(folder: Path | None) -> Environment:
    own = [FileSystemLoader(folder)] if folder else []
    return Environment(
        loader=ChoiceLoader([*own, PackageLoader("src.mail")]),
        autoescape=select_autoescape(["html"], default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


_inliner = css_inline.CSSInliner(
    keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False
)


def content(
    letter: Letter, settings: Settings | None = None, *, logo_at: str | None = None
) -> Content:
    """Raises what Jinja raises if a template of the adopter cannot be rendered.

    The logo is part of the HTML, unless `logo_at` says where else it is.
    """
    settings = settings or get_settings()
    logo = logo_of(settings)
    catalogue, kind = words(letter.language), letter.kind
    values = _values(letter, settings)
    shown = {
        "words": _filled(catalogue[kind], values),
        "footer": catalogue["footer"].format_map(values),
        "app": settings.app_name,
        "kind": kind.value,
        "language": letter.language,
        "direction": direction(letter.language),
        "link": link(kind, letter.facts, settings),
        "code": letter.facts.code,
        "brand": settings.brand,
        "logo": logo and (logo_at or logo.data_url),
        # A mail has one logo, for the light scheme unless LOGO_DARK is the same file.
        "plate": settings.logo_dark != settings.logo,
        "links": _links(settings, catalogue["links"]),
    }
    templates = _templates(settings.mail_templates)
    html = templates.select_template([f"{kind}.html", "message.html"]).render(shown)
    text = templates.select_template([f"{kind}.txt", "message.txt"]).render(shown)
    return Content(
        _one_line(shown["words"]["subject"]),
        BLANK_LINES.sub("\n\n", text).strip() + "\n",
        _inliner.inline(html),
    )


def message(letter: Letter, *, message_id: str, at: datetime) -> EmailMessage:
    """The message as it is sent (RFC 5322), to the one recipient of the letter."""
    settings = get_settings()
    sender = settings.mail_from or str(Address(settings.app_name, "postern", "localhost"))
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = address_header(letter.recipient)
    mail["Date"] = format_datetime(at.astimezone(UTC))
    domain = sender.rstrip(">").rpartition("@")[2]
    mail["Message-ID"] = f"<{message_id}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office mail comes back
    mail["Content-Language"] = letter.language
    logo, cid = logo_of(settings), f"logo.{message_id}@{domain}"
    made = content(letter, logo_at=f"cid:{cid}")
    mail["Subject"] = made.subject
    mail.set_content(made.text, cte="quoted-printable")
    mail.add_alternative(made.html, subtype="html", cte="quoted-printable")
    html = mail.get_body(("html",))
    if logo and cid in made.html and isinstance(html, EmailMessage):
        # RFC 2392: inside the mail, because mail programs do not load pictures from elsewhere.
        html.add_related(logo.content, "image", logo.subtype, cid=f"<{cid}>")
    return mail


def logo_of(settings: Settings) -> logos.Logo | None:
    """Only a PNG: most mail programs show no SVG."""
    logo = logos.read(settings.logo) if settings.logo else None
    return logo if logo and logo.subtype == "png" else None


def link(kind: Kind, facts: Facts, settings: Settings) -> str | None:
    """An address below WEB_URL, never one from a request."""
    page = PAGES.get(kind)
    if page is None:
        return None
    query = f"?token={facts.token}" if facts.token else ""
    return f"{settings.web_url}/{page}{query}"


def address_header(address: str) -> Address:
    """The one recipient. Its domain is in A-labels, so most servers accept it (RFC 5890)."""
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        domain = idna.encode(domain, uts46=True).decode()
    return Address(username=local, domain=domain)


def refuse_unusable_templates(settings: Settings) -> None:
    """Render each kind in each language with the adopter's templates, or end the start."""
    if settings.mail_templates is None:
        return
    for kind in Kind:
        for language in languages():
            try:
                content(sample(kind, language), settings)
            except (TemplateError, OSError, ValueError) as error:
                raise SystemExit(
                    f"Postern cannot start: a template of MAIL_TEMPLATES cannot be rendered "
                    f"({kind}: {type(error).__name__}: {error}).\nCorrect it, or leave it out: "
                    "docs/mail.md"
                ) from None


def sample(kind: Kind, language: str, lifetime: int | None = 1800) -> Letter:
    facts = Facts(
        at=datetime(2026, 1, 31, 9, 30, tzinfo=UTC),
        token="sample-token" if kind in WITH_TOKEN else None,
        code="ABCD-2345" if kind is Kind.MAGIC_LINK else None,
        lifetime=lifetime,
        new_address="ada.new@example.com",
        device="Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
        network_address="192.0.2.7",
        factor="totp",
        codes_left=9,
    )
    return Letter(kind, 0, "ada@example.com", facts, language)


WITH_TOKEN = frozenset(
    {
        *(Kind.VERIFY_EMAIL, Kind.RESET_PASSWORD, Kind.CONFIRM_EMAIL),
        *(Kind.EMAIL_CHANGING, Kind.MAGIC_LINK, Kind.FACTOR_RESET_ASKED),
    }
)


def _values(letter: Letter, settings: Settings) -> dict[str, str]:
    facts, units = letter.facts, words(letter.language)["units"]
    left = 0 if facts.codes_left is None else facts.codes_left
    lifetime = span(facts.lifetime, letter.language) if facts.lifetime else ""
    return {
        "app": settings.app_name,
        "recipient": letter.recipient,
        "lifetime": lifetime,
        "time": moment(facts.at.astimezone(UTC), letter.language),
        "new_address": facts.new_address or "",
        "device": name_of(facts.device) or units["unknown_device"],
        "network_address": facts.network_address or units["unknown_address"],
        "factor": units.get(f"factor_{facts.factor}", ""),
        "password": units["password"][1 if facts.without_password else 0],
        "codes_left": units["codes"][0 if left == 1 else 1].format(count=left),
    }


def _links(settings: Settings, names: Mapping[str, str]) -> list[dict[str, str]]:
    """The pages of the adopter, for the foot of each mail."""
    found = {name: getattr(settings, f"{name}_url") for name in ("terms", "privacy", "support")}
    return [{"name": names[name], "url": url} for name, url in found.items() if url]


def _filled(sentences: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """The sentences with their values. A value is never read as a sentence itself."""
    return {
        name: [one.format_map(values) for one in said]
        if isinstance(said, list)
        else said.format_map(values)
        for name, said in sentences.items()
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())
