"""What core keeps of people, by keys without foreign keys: sign-ins; presses and looks are said where their words are."""

from nastavnik.core.hooks.holdings import Aside
from nastavnik.core.models import Press

HELD = (
    Aside(
        Press, "ответ на нажатие кнопки; хранится сутки, чтобы повторное нажатие ничего не записало"
    ),
)
