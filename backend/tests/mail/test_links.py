"""Links in mails lead to WEB_URL, whatever host the request that causes the mail names."""

import re
from collections.abc import Callable
from typing import Any

import httpx

from src.settings import Settings, get_settings
from src.verification.asking import PURPOSES
from tests.conftest import PASSWORD
from tests.support.mailbox import Mailbox

Configure = Callable[..., Settings]
EVIL = "evil.example"
HEADERS = {
    "Host": EVIL,
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Server": EVIL,
    "X-Original-Host": EVIL,
    "Forwarded": f"host={EVIL};proto=https",
    "Origin": f"https://{EVIL}",
    "Referer": f"https://{EVIL}/",
}
EMAIL, NEW = "ada@example.com", "ada.new@example.com"
ADDRESS = re.compile(r"https?://[^\s\"'<>)]+")


def test_the_host_of_a_request_is_in_no_mail(
    client: httpx.Client, mailbox: Mailbox, configure: Configure
) -> None:
    configure(magic_link=True, refresh_grace=0)

    def post(path: str, me: dict[str, Any] | None = None, /, **body: str) -> httpx.Response:
        headers = dict(HEADERS)
        if me is not None:
            headers["Authorization"] = f"Bearer {me['access_token']}"
        answer = client.post(f"/auth/{path}", json=body or None, headers=headers)
        assert answer.is_success, answer.text
        return answer

    own = {"email": EMAIL, "password": PASSWORD}
    post("signup", **own)
    me = post("signin", **own).json()
    post("signin", **own)  # on another device
    post("email/verification", me)
    post("email/verification", email=EMAIL)
    post("password/forgot", email=EMAIL)
    post("magic-link", email=EMAIL)
    me = post(
        "password/change", me, current_password=PASSWORD, new_password="copper door 77"
    ).json()
    post("email/change", me, new_email=NEW, password="copper door 77")
    post("email/change/confirm", token=mailbox.token("confirm_email"))
    post("email/change/undo", token=mailbox.token("email_changing"))
    post("password/reset", token=mailbox.token("reset_password", count=2), new_password=PASSWORD)
    me = post("signin", **own).json()
    first = {"refresh_token": me["refresh_token"]}
    post("refresh", refresh_token=post("refresh", **first).json()["refresh_token"])
    reused = client.post("/auth/refresh", json=first, headers=HEADERS)
    assert reused.status_code == 401
    configure(signup_reveals_accounts=False)
    post("signup", **own)
    mailbox.wait("account_exists")

    mails = mailbox.all()
    # A command asks for that one, and no request.
    links = {kind.value for kind in PURPOSES} - {"factor_reset_asked"}
    notices = {"password_changed", "email_changed", "new_device", "token_reused", "account_exists"}
    assert links | notices <= {mail["kind"] for mail in mails}
    for mail in mails:
        assert EVIL not in str(mail), mail["kind"]
        addresses = ADDRESS.findall(mail["text"])
        assert addresses or mail["kind"] not in links
        of_web = [address.startswith(f"{get_settings().web_url}/") for address in addresses]
        assert all(of_web), (mail["kind"], addresses)
