"""Refusals of a link or code from a mail."""

from src.kit.problem import Problem


class LinkInvalid(Problem):
    status = 400
    code = "link_invalid"
    title = "This link is not valid"
    why = "The token is none of ours, or it is for something else."
    fix = "Open the complete link of the newest mail, or ask for a new mail."


class LinkExpired(Problem):
    status = 400
    code = "link_expired"
    title = "This link has expired"
    why = "Links in mails are valid for a limited time, so that an old mail is worth nothing."
    fix = "Ask for a new mail, on the page where you asked for this one."


class LinkUsed(Problem):
    status = 400
    code = "link_used"
    title = "This link has been used"
    why = "Each link in a mail works once."
    fix = "If it was not you who used it, ask for a new mail, and then change your password."


class LinkReplaced(Problem):
    status = 400
    code = "link_replaced"
    title = "This link no longer counts"
    why = (
        "A newer mail has replaced it. Or the password or the address of the account has changed "
        "since it was sent, or what it was about is over."
    )
    fix = "Use the link in the newest mail, or ask for a new one."


class LinkOfAnotherAccount(Problem):
    status = 403
    code = "link_of_another_account"
    title = "This link belongs to another account"
    why = "You are signed in with one account, and the link is for another one. Nothing changed."
    fix = "Sign in with the account that the mail is about, and open the link again."


class CodeInvalid(Problem):
    status = 401
    code = "code_invalid"
    keeps_writes = True
    title = "This code is not right"
    why = "The code is wrong, has been used or has expired, or there were too many wrong ones."
    fix = (
        "Check the code for typing errors. If it is from an authenticator app, wait for the next "
        "one, and check that the phone sets its clock by itself. Otherwise ask for a new mail."
    )


class MailOff(Problem):
    status = 501
    code = "mail_not_set_up"
    title = "This service sends no mail"
    why = "The operator of this service has set up no mail server, so nothing could be sent."
    fix = "Operators: set SMTP_URL and MAIL_FROM. Everybody else: ask the operator."


class MagicLinkOff(Problem):
    status = 403
    code = "magic_link_off"
    title = "This service does not sign in by mail"
    why = "The operator of this service has not switched magic links on."
    fix = "Operators: set MAGIC_LINK=on. Everybody else: sign in with the password."
