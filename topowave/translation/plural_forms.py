"""Which form of a sentence a number takes, by the rules of Unicode's CLDR.

A catalog lists the forms in the order of `FORMS`. A fraction takes in Russian the form of a few, since
"1,5 узла" and "2 узла" are the same genitive.
"""

from __future__ import annotations

FORMS: dict[str, tuple[str, ...]] = {
    "en": ("one", "other"),
    "de": ("one", "other"),
    "ru": ("one", "few", "many"),
}
"""The categories of a sentence with a number in each language, in the order in which catalogs list them."""


def plural_category(language: str, count: float) -> str:
    """Return the category of a number, one of `FORMS[language]`."""
    if language != "ru":
        return "one" if count == 1 else "other"
    if count != int(count):
        return "few"
    tens, ones = divmod(abs(int(count)) % 100, 10)
    if ones == 1 and tens != 1:
        return "one"
    return "few" if ones in {2, 3, 4} and tens != 1 else "many"
