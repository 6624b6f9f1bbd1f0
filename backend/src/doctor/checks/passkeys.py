"""Whether browsers have passkeys at the address of the web app."""

from src.doctor.case import Case
from src.doctor.report import Check, Condition, Fine, Group, Outcome
from src.kit.relying_party import is_safe

HEADING = "Nobody can add a passkey"
WITHOUT_DOMAIN = Condition(
    "passkeys_without_domain",
    "WEB_URL has no domain name, so there are no passkeys",
    "Browsers keep passkeys for domain names only, and never for the number of an address.",
    HEADING,
)
OVER_HTTP = Condition(
    "passkeys_over_http",
    "WEB_URL is http, so browsers offer no passkeys",
    "Browsers have passkeys on https pages, and over http on localhost only.",
    HEADING,
)


def have_a_domain(case: Case) -> Outcome:
    """Story: "Nobody can add a passkey"."""
    party = case.settings.relying_party
    evidence = f"WEB_URL is {case.settings.web_url} ({case.loaded.source_of('web_url')})"
    if party is None:
        fix = "Set WEB_URL to an address with a domain name; on this machine: http://localhost:3000"
        return WITHOUT_DOMAIN.found(evidence, fix=fix)
    if not is_safe(party.origins[0]):
        return OVER_HTTP.found(evidence, fix="Set WEB_URL to an https address, and open it there.")
    return Fine(f"they belong to {party.id}; origins: {', '.join(party.origins)}")


CHECKS = (Check(Group.WEB_APP, "Browsers have passkeys at WEB_URL", have_a_domain),)
