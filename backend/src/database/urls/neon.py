"""Neon's pooled and direct address of one compute: the host, `options` or both name it.

Neon refuses an address whose host and `options` name two endpoints, so both are changed alike. The
password is never touched: its form `endpoint=…;password` is read only from clients without SNI.
"""

import re
from dataclasses import replace

from sqlalchemy import URL

from src.database.urls.hosts import hosts_of, with_hosts

POOLED_HOST = re.compile(
    r"(?P<label>[^.]+)-pooler(?P<rest>\.(?:[^.]+\.)*neon\.tech)", re.IGNORECASE
)
POOLED_OPTION = re.compile(r"(?P<name>(?:endpoint|project)=[a-z0-9-]+)-pooler", re.IGNORECASE)
WORD = re.compile(r"(?:\\.|[^\s\\])+")
"""A word of `options`: after a backslash, a space is part of the word."""


def is_pooled(url: URL) -> bool:
    return direct(url) is not None


def direct(url: URL) -> URL | None:
    """The direct address of a pooled one; None if nothing shows that it is pooled."""
    hosts = tuple(replace(host, name=_direct_name(host.name)) for host in hosts_of(url))
    options = url.query.get("options")
    given = options if isinstance(options, str) else ""
    changed = WORD.sub(_direct_word, given)
    if changed == given and hosts == hosts_of(url):
        return None
    moved = with_hosts(url, hosts) if hosts != hosts_of(url) else url
    return moved.update_query_dict({"options": changed}) if given else moved


def _direct_name(host: str) -> str:
    match = POOLED_HOST.fullmatch(host)
    return match["label"] + match["rest"] if match else host


def _direct_word(word: re.Match[str]) -> str:
    match = POOLED_OPTION.fullmatch(word[0])
    return match["name"] if match else word[0]
