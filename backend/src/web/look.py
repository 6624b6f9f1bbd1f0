"""What the pages of the API show of the adopter: colors, logo and links."""

from dataclasses import dataclass

from src.kit import logo
from src.kit.brand_color import Brand
from src.settings import Settings


@dataclass(frozen=True)
class Look:
    brand: Brand
    theme: str
    logo: str | None
    """As data: a page of the API loads nothing."""
    logo_dark: str | None
    links: tuple[tuple[str, str], ...]
    """The name and the address of each."""

    @classmethod
    def of(cls, settings: Settings) -> "Look":
        def data(name: str) -> str | None:
            path = getattr(settings, name)
            return logo.read(path).data_url if path else None

        links = (
            ("Terms", settings.terms_url),
            ("Privacy", settings.privacy_url),
            ("Support", settings.support_url),
        )
        return cls(
            settings.brand,
            settings.theme,
            data("logo"),
            data("logo_dark"),
            tuple((name, url) for name, url in links if url),
        )
