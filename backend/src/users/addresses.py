"""Decides which spellings of an e-mail address are one account. Pure. Reasons: decision 0032."""

import unicodedata

import idna
import regex

DEFAULT_IGNORABLE = regex.compile(r"\p{Default_Ignorable_Code_Point}+")
BLANK = r"\u2800\uFFFC\U0001D159\U00013441\U00013442\U00016FE4"
"""Braille blank, object replacement, null notehead, hieroglyph blanks, Khitan filler."""
STACKER = r"[\p{InSC=Invisible_Stacker}\p{InSC=Number_Joiner}\u2D7F]"
"""Joins letters of some scripts of Asia and Africa. Beside other letters it is invisible."""
JOINED = r"[\P{InSC=Other}\p{Script=Tifinagh}]"
INVISIBLE = regex.compile(
    rf"[\p{{C}}\p{{Default_Ignorable_Code_Point}}{BLANK}]"
    rf"|(?<!{JOINED}){STACKER}|{STACKER}(?!{JOINED})"
)
SOFT_DOTTED = regex.compile(r"\p{Soft_Dotted}")
DOT_ABOVE, ABOVE = "\N{COMBINING DOT ABOVE}", 230


def split(email: str) -> tuple[str, str]:
    """The local part and the domain."""
    local, _, domain = email.rpartition("@")
    return local, domain


def address_key(email: str) -> str:
    """Equal for two addresses that are one account. Never fails, whatever is stored."""
    local, domain = split(email)
    return f"{_local_key(local)}@{domain_key(domain)}"


def former_key(email: str) -> str:
    """The key of earlier releases, which treat straße.de and strasse.de as one domain."""
    return email.casefold()


def same_domain(one: str, other: str) -> bool:
    return domain_key(split(one)[1]) == domain_key(split(other)[1])


def has_invisible(local: str) -> bool:
    """Whether it has a code point that is invisible or has no meaning of its own."""
    return INVISIBLE.search(local) is not None


def domain_key(domain: str) -> str:
    """The A-label (IDNA 2008): straße.de and strasse.de are different domains.

    UTS #46 maps only case and width before that (non-transitional processing).
    """
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True, transitional=False).decode()
    except idna.IDNAError:  # cannot be registered, but an operator may have stored it
        return unicodedata.normalize("NFC", domain.lower())


def _local_key(local: str) -> str:
    """NFKC_Casefold (Unicode 3.13), without a second dot above letters that have one."""
    if local.isascii():
        return local.lower()
    before, key = "", local
    while key != before:  # one step may make room for the next
        before = key
        key = DEFAULT_IGNORABLE.sub("", unicodedata.normalize("NFKC", key).casefold())
        key = unicodedata.normalize("NFKC", _without_second_dots(key))
    return key


def _without_second_dots(text: str) -> str:
    """Remove the invisible dot above i: i with U+0307, or the folded Turkish I with a dot."""
    kept, dotted = [], False
    for character in unicodedata.normalize("NFD", text):
        if character == DOT_ABOVE and dotted:
            continue
        place = unicodedata.combining(character)
        if place == 0:
            dotted = SOFT_DOTTED.match(character) is not None
        elif place == ABOVE:
            dotted = False
        kept.append(character)
    return "".join(kept)
