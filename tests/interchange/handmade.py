"""A package made by hand from the columns of the core alone: 200 people of another system."""

import csv
import datetime as dt
import io

YEARS = (("2025-2026", 2025), ("2026-2027", 2026))
COLUMNS = {
    "organisation": "full_name,short_name,town,head_name,head_position",
    "years": "code,starts_on,ends_on",
    "people": "id,last_name,first_name,patronymic,birth_date,kind,position,work_started_on",
    "groups": "year,person,group",
    "programmes": "id,year,title,starts_on,ends_on",
    "participations": "id,programme,person,side,form,request,entered_on,left_on,status",
    "consents": "person,purpose,signed_by,signed_on,withdrawn_on",
    "pairs": "id,programme,form,mentor,starts_on,ends_on,order_number,order_on,ended_on,end_cause",
    "ties": "pair,mentee,starts_on,ended_on",
    "meetings": "pair,kind,planned_on,held_on,status,word_of_mentor,word_of_mentee",
    "waves": "id,programme,instrument,version,opens_on,closes_on",
    "answers": "wave,person,item,value",
}


def tables(begins):
    """Return name of a table → rows, of two years, the first of which begins in a given year."""
    first, second = f"{begins}-{begins + 1}", f"{begins + 1}-{begins + 2}"
    made = {name: [] for name in COLUMNS}
    made["organisation"] = [["МБОУ «Образцовская школа № 3»", "Школа № 3", "Образцово", "", ""]]
    made["years"] = [
        [first, f"{begins}-09-01", f"{begins + 1}-08-31"],
        [second, f"{begins + 1}-09-01", f"{begins + 2}-08-31"],
    ]
    made["programmes"] = [
        ["прог/1", first, "Программа прошлого года", f"{begins}-10-01", f"{begins + 1}-05-25"],
        ["прог/2", second, "Программа, этого года", f"{begins + 1}-10-01", f"{begins + 2}-05-25"],
    ]
    for number in range(1, 201):
        is_pupil = number <= 160
        born = dt.date(begins - 8 - number % 9, 1 + number % 12, 1 + number % 28)
        made["people"].append(
            [
                f"ч-{number:03}",
                f"Примеров{number}",
                "Иван",
                "" if number % 5 == 0 else "Ильич",
                born.isoformat() if is_pupil else "",
                "pupil" if is_pupil else "teacher",
                "" if is_pupil else "учитель, классный руководитель",
                "" if is_pupil else f"{begins - number % 30}-09-01",
            ]
        )
        if is_pupil:
            grade = 3 + number % 8
            made["groups"].append([first, f"ч-{number:03}", f"{grade}А"])
            made["groups"].append([second, f"ч-{number:03}", f"{grade + 1}А"])
    _pairs(made, begins)
    _answers(made, begins)
    return made


def _answers(made, begins):
    made["waves"] = [
        ["опрос/1", "прог/1", "mentee_before_teacher_teacher", "1", f"{begins}-10-01", f"{begins}-10-14"],
        ["опрос/2", "прог/2", "preferences_mentee", "1", f"{begins + 1}-10-01", f"{begins + 1}-10-14"],
    ]  # fmt: skip
    for number in range(181, 201):
        made["answers"] += [
            ["опрос/1", f"ч-{number}", "experience", "yes"],
            ["опрос/1", f"ч-{number}", "experience_where", "=2+2, в школе"],
            ["опрос/1", f"ч-{number}", "comfort", str(1 + number % 10)],
        ]
    # the order of preference is that of the rows
    made["answers"] += [
        ["опрос/2", "ч-181", "wish", f"ч-{mentor}"] for mentor in (165, 161, 163)
    ] + [["опрос/2", "ч-181", "comment", "Первая строка.\nВторая."]]


def _pairs(made, begins):
    for place in range(20):
        for year, programme in ((begins, "прог/1"), (begins + 1, "прог/2")):
            is_over = programme == "прог/1"
            key, pair = f"{programme}-{place}", f"пара {programme} {place}"
            left = f"{year + 1}-05-25" if is_over else ""
            status = "finished" if is_over else "paired"
            for side, person in (("mentor", 161 + place), ("mentee", 181 + place)):
                made["participations"].append(
                    [
                        f"{key}-{side}", programme, f"ч-{person}", side, "teacher_teacher",
                        "=2+2 освоить журнал" if side == "mentee" else "", f"{year}-10-01", left, status,
                    ]
                )  # fmt: skip
                if not is_over:
                    for purpose in ("data", "participation"):
                        made["consents"].append(
                            [f"ч-{person}", purpose, "person", f"{year - 1}-09-15", ""]
                        )
            made["pairs"].append(
                [
                    pair, programme, "teacher_teacher", f"{key}-mentor", f"{year}-10-05", f"{year + 1}-05-25",
                    "17-о", f"{year}-10-04", left, "",
                ]
            )  # fmt: skip
            made["ties"].append([pair, f"{key}-mentee", f"{year}-10-05", left])
            made["meetings"].append(
                [pair, "acquaintance", f"{year}-10-06", f"{year}-10-06", "held", "good", ""]
            )
            made["meetings"].append([pair, "regular", f"{year}-10-20", "", "missed", "", "help"])


def as_csv(header, rows, *, bom=False, ends="\r\n", extra=False):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator=ends)
    names = header.split(",")
    writer.writerow([*names, "примечание"] if extra else names)
    writer.writerows([*row, "лишнее"] if extra else row for row in rows)
    return (b"\xef\xbb\xbf" if bom else b"") + stream.getvalue().encode()


def files(begins, **how):
    """Return name of a table → its csv."""
    return {name: as_csv(COLUMNS[name], rows, **how) for name, rows in tables(begins).items()}
