"""Invented people: surnames of school things, so that nobody can take them for real ones."""

from collections.abc import Iterator
from itertools import cycle

SURNAMES = [
    ("Тетрадкин", "Тетрадкина"), ("Пеналов", "Пеналова"), ("Линейкин", "Линейкина"), ("Глобусов", "Глобусова"),
    ("Звонков", "Звонкова"), ("Переменкин", "Переменкина"), ("Азбукин", "Азбукина"), ("Цифиркин", "Цифиркина"),
    ("Портфелев", "Портфелева"), ("Ластиков", "Ластикова"), ("Циркулев", "Циркулева"), ("Указкин", "Указкина"),
    ("Скрепкин", "Скрепкина"), ("Мелков", "Мелкова"), ("Задачкин", "Задачкина"), ("Образцов", "Образцова"),
    ("Примеров", "Примерова"), ("Закладкин", "Закладкина"), ("Обложкин", "Обложкина"), ("Чернильный", "Чернильная"),
    ("Уроков", "Урокова"), ("Партов", "Партова"), ("Доскин", "Доскина"), ("Букварёв", "Букварёва"),
    ("Дневников-Журналов", "Дневникова-Журналова"), ("Кляксин", "Кляксина"), ("Промокашко", "Промокашко"),
    ("Транспортиров", "Транспортирова"), ("Запятых", "Запятых"), ("Черновик", "Черновик"),
]  # fmt: skip
BOYS = [
    "Артём", "Максим", "Иван", "Тимофей", "Роман", "Глеб", "Карим", "Булат", "Пётр", "Егор", "Матвей", "Лев",
]  # fmt: skip
GIRLS = [
    "Анна", "Мария", "Дарья", "Варвара", "Ксения", "Зульфия", "Олеся", "Полина", "София", "Алина", "Вера", "Ева",
]  # fmt: skip
FATHERS = [
    ("Андреевич", "Андреевна"), ("Ильич", "Ильинична"), ("Петрович", "Петровна"), ("Олегович", "Олеговна"),
    ("Русланович", "Руслановна"), ("Сергеевич", "Сергеевна"), ("Никитич", "Никитична"),
]  # fmt: skip


def people() -> Iterator[dict[str, str]]:
    """Yield names without end, boys and girls in turn, always in the same order.

    The lists have lengths without a common divisor, so that a full name comes back only after thousands.
    """
    surnames, fathers = cycle(SURNAMES), cycle(FATHERS)
    boys, girls = cycle(BOYS), cycle(GIRLS)
    for number in cycle(range(2)):
        surname, father = next(surnames), next(fathers)
        yield {
            "last_name": surname[number],
            "first_name": next(girls if number else boys),
            "patronymic": father[number],
            "gender": "female" if number else "male",
        }
