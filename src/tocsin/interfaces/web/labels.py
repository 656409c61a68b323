"""What states are called on the page, in the language asked for, and addresses that keep to it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from tocsin.core.errors import TocsinError
from tocsin.core.place import Place
from tocsin.interfaces.web.page import Params

LANGUAGES = {"en": "English", "fr": "Français", "ar": "العربية"}
"""Languages in which states have labels; the pages' own words are English."""


@dataclass(frozen=True)
class Labels:
    """Names of states in one language."""

    language: str = "en"

    @classmethod
    def read(cls, params: Params) -> Labels:
        """The language that the address asks for. Errors: TocsinError if states have no labels in it."""
        language = params.get("lang") or "en"
        if language not in LANGUAGES:
            raise TocsinError(
                f"states have no labels in {language!r}", where="lang", remedy=f"Choose one of: {', '.join(LANGUAGES)}"
            )
        return cls(language)

    def of(self, place: Place) -> str:
        """The state's label; the English one where there is none in this language."""
        return place.names.get(self.language) or place.names["en"]

    def href(self, path: str, **query: str) -> str:
        """An address on this workbench that stays in this language.

        >>> Labels("fr").href("/country/CIV"), Labels().href("/world", region="West Africa")
        ('/country/CIV?lang=fr', '/world?region=West+Africa')
        """
        if self.language != "en":
            query = {"lang": self.language, **query}
        return quote(path) + (f"?{urlencode(query)}" if query else "")

    def country(self, place: str) -> str:
        """The address of a country's page."""
        return self.href(f"/country/{place}")
