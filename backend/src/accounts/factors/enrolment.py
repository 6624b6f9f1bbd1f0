"""What an authenticator app reads: a link, and the same as a picture. Pure."""

from io import BytesIO

import segno
from pyotp import TOTP


def otpauth_url(secret: str, *, email: str, app_name: str) -> str:
    """The link that apps open, with the name of the service and of the account."""
    return TOTP(secret).provisioning_uri(name=email, issuer_name=app_name)


def qr_svg(text: str) -> str:
    """An SVG with dark squares on white, also in a dark page. It fetches nothing."""
    picture = BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(picture, kind="svg", xmldecl=False, omitsize=True, light="#fff", border=4)
    return picture.getvalue().decode().strip()
