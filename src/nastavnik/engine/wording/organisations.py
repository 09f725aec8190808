"""Short names of organisations by the rule of their charters: «МБОУ СОШ № 12».

A legal form becomes its letters, a usual kind of school its own; a name of its own keeps its quotes. What stands in
neither table gives no short name: it is left to be typed.
"""

import re

#: Words of a legal form → their letter. «ё» is read as «е».
_FORM = {
    "муниципальное": "М",
    "государственное": "Г",
    "федеральное": "Ф",
    "областное": "О",
    "краевое": "К",
    "республиканское": "Р",
    "частное": "Ч",
    "негосударственное": "Н",
    "бюджетное": "Б",
    "автономное": "А",
    "казенное": "К",
    "общеобразовательное": "О",
    "образовательное": "О",
    "профессиональное": "П",
    "учреждение": "У",
}
#: What may follow «учреждение» and belongs to the form.
_OF = {
    "дополнительного образования": "ДО",
    "дополнительного образования детей": "ДОД",
    "среднего профессионального образования": "СПО",
}
#: Kinds that have letters of their own, the longer ones first where one holds another.
_KINDS = {
    "средняя общеобразовательная школа-интернат": "СОШИ",
    "основная общеобразовательная школа-интернат": "ООШИ",
    "средняя общеобразовательная школа": "СОШ",
    "основная общеобразовательная школа": "ООШ",
    "начальная общеобразовательная школа": "НОШ",
    "средняя школа": "СШ",
    "основная школа": "ОШ",
    "детско-юношеская спортивная школа": "ДЮСШ",
    "детская школа искусств": "ДШИ",
    "детская музыкальная школа": "ДМШ",
    "дом детского творчества": "ДДТ",
    "центр детского творчества": "ЦДТ",
    "центр дополнительного образования": "ЦДО",
    "центр внешкольной работы": "ЦВР",
    "станция юных техников": "СЮТ",
    "станция юных натуралистов": "СЮН",
}
#: Words of a name that are said shorter.
_SAID = (
    (r"с угл[уy]бл[её]нным изучением отдельных предметов", "с УИОП"),
    (r"\bимени\b", "им."),
    (r"№\s*(?=\d)", "№\u00a0"),
)
_LETTERS = re.compile(r"[МГФОКЧНБАРПУДС]{2,6}(?: (?:ДОД|ДО|СПО))?(?= )")
_QUOTED = re.compile(r"[«\"“„](?P<name>.+)[»\"”“]")
#: Where a place begins that the name without quotes does not need.
_PLACE = re.compile(
    r",|\s(?:г|с|пос|п|дер|ст|р\.\s?п)\.\s?(?=[А-ЯЁ])|\s(?:города|села|пос[её]лка|деревни|станицы|рабочего пос[её]лка"
    r"|муниципального|городского|[А-ЯЁ][\w-]+(?:ого|его) (?:района|округа|края)|[А-ЯЁ][\w-]+ой области)\b"
)
_IS_LETTERED = re.compile(rf"(?<![\w-])(?:{'|'.join(_KINDS.values())})(?![\w-])")
AT_MOST = 60  # characters of a name that is short enough as it stands


def short_name(full_name: str) -> str:
    """Return the short name of an organisation, empty where the rule knows none.

    «Муниципальное бюджетное общеобразовательное учреждение «Средняя общеобразовательная школа № 12»» → «МБОУ СОШ № 12».
    A name without a legal form that is short already stays as it is.
    """
    whole = re.sub(r"\s+", " ", full_name).strip()
    form, rest = _form_of(whole)
    if not form:
        has_form = re.search(r"учреждени|организаци", whole, re.IGNORECASE)
        return "" if has_form or len(whole) > AT_MOST else _said(whole)
    quoted = _QUOTED.search(rest)
    if quoted is None:
        name = _PLACE.split(rest, maxsplit=1)[0].strip()
        own = _lettered(name) or (_said(name) if _IS_LETTERED.search(name) else "")
        return f"{form} {own}" if own else ""
    if rest[
        : quoted.start()
    ].strip():  # a place or a founder between the form and the name: whose, is not for a rule
        return ""
    name = _closed(quoted["name"].strip())
    own = _lettered(name)
    return f"{form} {own}" if own else f"{form} «{_said(name)}»"


def _closed(name: str) -> str:
    """Return a name whose inner quotes are ёлочки and closed: two that end together are often typed as one."""
    name = re.sub(r'"([^"]+)"?', r"«\1»", name)
    return name + "»" * (name.count("«") - name.count("»"))


def _form_of(whole: str) -> tuple[str, str]:
    """Return the letters of the legal form a name begins with, and the rest; no letters where a word is not known."""
    if found := _LETTERS.match(whole):
        return found[0], whole[found.end() :].strip()
    letters, words = "", whole.split(" ")
    for place, word in enumerate(words):
        letter = _FORM.get(_plain(word))
        if letter is None:
            return "", whole
        letters += letter
        if letter == "У":
            return _with_field(letters, " ".join(words[place + 1 :]))
    return "", whole


def _with_field(letters: str, rest: str) -> tuple[str, str]:
    for words in sorted(_OF, key=len, reverse=True):
        if _plain(rest).startswith(words):
            return f"{letters} {_OF[words]}", rest[len(words) :].strip()
    return letters, rest


def _lettered(name: str) -> str:
    """Return a name in which a usual kind stands as its letters; empty without one."""
    for kind, letters in _KINDS.items():
        found = re.search(rf"(?<![\w-]){kind}(?![\w-])", _plain(name))
        if found:
            return _said(f"{name[: found.start()]}{letters}{name[found.end() :]}")
    return ""


def _said(name: str) -> str:
    for words, shorter in _SAID:
        name = re.sub(words, shorter, name, flags=re.IGNORECASE)
    return name.strip()


def _plain(words: str) -> str:
    """Return words to compare, as long as they were."""
    return words.lower().replace("ё", "е")
