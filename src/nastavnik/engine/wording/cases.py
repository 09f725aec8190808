"""What names and positions share: case, gender, a declined text and how its letters are kept."""

from dataclasses import dataclass
from enum import StrEnum

NBSP = "\u00a0"


class Case(StrEnum):
    """The six cases of Russian."""

    NOMINATIVE = "nominative"
    GENITIVE = "genitive"
    DATIVE = "dative"
    ACCUSATIVE = "accusative"
    INSTRUMENTAL = "instrumental"
    PREPOSITIONAL = "prepositional"


class NameGender(StrEnum):
    """The gender of a person's name."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True)
class Wording:
    """A text in its case; ``sure`` is False where a person should look at it."""

    text: str
    sure: bool

    def __str__(self) -> str:
        return self.text


def like(model: str, word: str) -> str:
    """Return the word with capitals as in the model, and with «ё» only if the model has it.

    >>> like("СТАРШИЙ", "старшему"), like("Ученый", "учёного")
    ('СТАРШЕМУ', 'Ученого')
    """
    if "ё" not in model.lower():
        word = word.replace("ё", "е").replace("Ё", "Е")
    if len(model) > 1 and model.isupper():
        return word.upper()
    if model[:1].isupper():
        return word[:1].upper() + word[1:]
    return word
