"""How a reader says no."""


class ReaderError(ValueError):
    """A file that cannot be read; the message is a Russian sentence: what, and what to do."""


TOO_MANY_CELLS = (
    "В файле больше 200 000 заполненных ячеек. Оставьте один лист со списком и удалите лишнее."
)
BROKEN = (
    "Файл повреждён или сохранён не до конца. Откройте его в Excel, сохраните заново "
    "и загрузите ещё раз."
)
EMPTY = "В файле нет ни одной заполненной ячейки. Проверьте, тот ли это файл."
NOT_A_TABLE = "Это не таблица. Подойдёт файл Excel (.xlsx) или текст с разделителями (.csv)."
WRONG_ENCODING = (
    "Это не таблица, или кодировка не та: буквы в файле не читаются. Откройте его в Excel, "
    "сохраните как .xlsx или «CSV UTF-8» и загрузите ещё раз."
)
