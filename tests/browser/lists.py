"""Three lists as schools print them, each laid out differently; all people are invented."""

import datetime as dt
from io import BytesIO

from openpyxl import Workbook

# (last name, first name, patronymic, born, class)
YOUNGER = [
    ("Тетрадкина", "Анна", "Ильинична", dt.date(2015, 3, 4), "5А"),
    ("Пеналов", "Роман", "Олегович", dt.date(2015, 7, 19), "5А"),
    ("Глобусова", "Дарья", "Петровна", dt.date(2014, 11, 2), "5Б"),
    ("Запятых", "Лев", "Сергеевич", dt.date(2015, 1, 30), "5Б"),
]
OLDER = [
    ("ДНЕВНИКОВА-ЖУРНАЛОВА", "ВЕРА", "НИКИТИЧНА", dt.date(2010, 5, 6), "9А"),
    ("ЗВОНКОВ", "ЕГОР", "ПЕТРОВИЧ", dt.date(2010, 9, 1), "9А"),
    ("ПРОМОКАШКО", "ТИМОФЕЙ", "РУСЛАНОВИЧ", dt.date(2009, 2, 28), "10А"),
]
STAFF = [
    ("Учителева Мария Ивановна", "учитель математики", "математика"),
    ("Новикова Ольга Сергеевна", "учитель физики", "физика"),
]


def workbook() -> bytes:
    """A journal's export: titles, a header in two rows, the name in three cells, real dates, a total."""
    book = Workbook()
    sheet = book.active
    sheet.append(["МБОУ «Школа № 7» г. Примерска"])
    sheet.append(["Список обучающихся на 01.09.2026"])
    sheet.append([])
    sheet.append(["№", "ФИО", None, None, "Дата рождения", "Класс"])
    sheet.append(["п/п", "Фамилия", "Имя", "Отчество", None, None])
    sheet.merge_cells("B4:D4")
    for number, (last, first, patronymic, born, group) in enumerate(YOUNGER, 1):
        sheet.append([number, last, first, patronymic, born, f"{group[0]} «{group[1]}»"])
    sheet.append(["Итого", None, None, None, None, len(YOUNGER)])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def table() -> bytes:
    """A teacher's own table: cp1251, semicolons, capitals, classes as headings between the rows, text dates."""
    lines = ["Обучающийся;Д.р."]
    group = ""
    for last, first, patronymic, born, name in OLDER:
        if name != group:
            group = name
            lines.append(f"{name[:-1]}-{name[-1].lower()} класс;")
        lines.append(f"{last} {first} {patronymic};{born:%d.%m.%y}")
    lines.append("Всего: 3 человека;")
    return "\r\n".join(lines).encode("cp1251")


def pasted() -> str:
    """Staff copied out of Word: tabs, the name in one cell."""
    rows = ["ФИО\tДолжность\tПредмет", *("\t".join(row) for row in STAFF)]
    return "\n".join(rows)
