import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.engine.wording.cases import Case, Gender
from nastavnik.engine.wording.names import FullName, decline_name, guess_gender, split_name

# Invented people; genitive and dative written by hand.
SMOKE = """
Образцов Иван Петрович | Образцова Ивана Петровича | Образцову Ивану Петровичу
Образцова Мария Петровна | Образцовой Марии Петровны | Образцовой Марии Петровне
Примеров Пётр Ильич | Примерова Петра Ильича | Примерову Петру Ильичу
Примерова Любовь Никитична | Примеровой Любови Никитичны | Примеровой Любови Никитичне
Тестовский Илья Кузьмич | Тестовского Ильи Кузьмича | Тестовскому Илье Кузьмичу
Тестовская Ольга Ильинична | Тестовской Ольги Ильиничны | Тестовской Ольге Ильиничне
Заречный Лев Львович | Заречного Льва Львовича | Заречному Льву Львовичу
Заречная Нина Львовна | Заречной Нины Львовны | Заречной Нине Львовне
Ильин Павел Андреевич | Ильина Павла Андреевича | Ильину Павлу Андреевичу
Ильина Юлия Павловна | Ильиной Юлии Павловны | Ильиной Юлии Павловне
Птицын Никита Олегович | Птицына Никиты Олеговича | Птицыну Никите Олеговичу
Птицына Наталья Юрьевна | Птицыной Натальи Юрьевны | Птицыной Наталье Юрьевне
Толстой Фома Фомич | Толстого Фомы Фомича | Толстому Фоме Фомичу
Толстая Софья Фоминична | Толстой Софьи Фоминичны | Толстой Софье Фоминичне
Черных Олег Иванович | Черных Олега Ивановича | Черных Олегу Ивановичу
Черных Анна Ивановна | Черных Анны Ивановны | Черных Анне Ивановне
Долгих Игорь Игоревич | Долгих Игоря Игоревича | Долгих Игорю Игоревичу
Седых Дарья Игоревна | Седых Дарьи Игоревны | Седых Дарье Игоревне
Шевченко Андрей Юрьевич | Шевченко Андрея Юрьевича | Шевченко Андрею Юрьевичу
Шевченко Алла Юрьевна | Шевченко Аллы Юрьевны | Шевченко Алле Юрьевне
Дурново Глеб Глебович | Дурново Глеба Глебовича | Дурново Глебу Глебовичу
Живаго Юрий Андреевич | Живаго Юрия Андреевича | Живаго Юрию Андреевичу
Шмидт Отто Карлович | Шмидта Отто Карловича | Шмидту Отто Карловичу
Шмидт Эмма Карловна | Шмидт Эммы Карловны | Шмидт Эмме Карловне
Ким Виктор Сергеевич | Кима Виктора Сергеевича | Киму Виктору Сергеевичу
Ким Вера Сергеевна | Ким Веры Сергеевны | Ким Вере Сергеевне
Коваль Степан Степанович | Коваля Степана Степановича | Ковалю Степану Степановичу
Коваль Инна Степановна | Коваль Инны Степановны | Коваль Инне Степановне
Мельник Роман Романович | Мельника Романа Романовича | Мельнику Роману Романовичу
Мельник Рита Романовна | Мельник Риты Романовны | Мельник Рите Романовне
Сковорода Тарас Тарасович | Сковороды Тараса Тарасовича | Сковороде Тарасу Тарасовичу
Сковорода Оксана Тарасовна | Сковороды Оксаны Тарасовны | Сковороде Оксане Тарасовне
Гулиа Георгий Дмитриевич | Гулиа Георгия Дмитриевича | Гулиа Георгию Дмитриевичу
Беридзе Нино Ираклиевна | Беридзе Нино Ираклиевны | Беридзе Нино Ираклиевне
Беридзе Ираклий Давидович | Беридзе Ираклия Давидовича | Беридзе Ираклию Давидовичу
Капанадзе Давид Леванович | Капанадзе Давида Левановича | Капанадзе Давиду Левановичу
Гелашвили Тамара Зурабовна | Гелашвили Тамары Зурабовны | Гелашвили Тамаре Зурабовне
Саркисян Армен Гагикович | Саркисяна Армена Гагиковича | Саркисяну Армену Гагиковичу
Саркисян Ани Гагиковна | Саркисян Ани Гагиковны | Саркисян Ани Гагиковне
Алиев Гасан Мамед оглы | Алиева Гасана Мамед оглы | Алиеву Гасану Мамед оглы
Алиева Лейла Мамед кызы | Алиевой Лейлы Мамед кызы | Алиевой Лейле Мамед кызы
Хабибуллин Ринат Маратович | Хабибуллина Рината Маратовича | Хабибуллину Ринату Маратовичу
Хабибуллина Алсу Маратовна | Хабибуллиной Алсу Маратовны | Хабибуллиной Алсу Маратовне
Галимова Гульнара Ильдаровна | Галимовой Гульнары Ильдаровны | Галимовой Гульнаре Ильдаровне
Нгуен Ван Андреевич | Нгуена Вана Андреевича | Нгуену Вану Андреевичу
Дюма Александр Иванович | Дюма Александра Ивановича | Дюма Александру Ивановичу
Гёте Вольфганг Иванович | Гёте Вольфганга Ивановича | Гёте Вольфгангу Ивановичу
Римский-Корсаков Яков Львович | Римского-Корсакова Якова Львовича | Римскому-Корсакову Якову Львовичу
Салтыкова-Щедрина Анна-Мария Львовна | Салтыковой-Щедриной Анны-Марии Львовны | Салтыковой-Щедриной Анне-Марии Львовне
Немирович-Данченко Марк Львович | Немировича-Данченко Марка Львовича | Немировичу-Данченко Марку Львовичу
Бонч-Бруевич Вера Львовна | Бонч-Бруевич Веры Львовны | Бонч-Бруевич Вере Львовне
Соловей Денис Денисович | Соловья Дениса Денисовича | Соловью Денису Денисовичу
Воробей Кира Денисовна | Воробей Киры Денисовны | Воробей Кире Денисовне
Заяц Максим Максимович | Зайца Максима Максимовича | Зайцу Максиму Максимовичу
Швец Фёдор Фёдорович | Швеца Фёдора Фёдоровича | Швецу Фёдору Фёдоровичу
Гоголь Аркадий Ильич | Гоголя Аркадия Ильича | Гоголю Аркадию Ильичу
Белая Зоя Аркадьевна | Белой Зои Аркадьевны | Белой Зое Аркадьевне
Белый Савелий Аркадьевич | Белого Савелия Аркадьевича | Белому Савелию Аркадьевичу
Левченко Марфа | Левченко Марфы | Левченко Марфе
Кузнец Захар Ильич | Кузнеца Захара Ильича | Кузнецу Захару Ильичу
Лебедь Рэм Ильич | Лебедя Рэма Ильича | Лебедю Рэму Ильичу
Пастернак Лука Лукич | Пастернака Луки Лукича | Пастернаку Луке Лукичу
Лоза Семён Лукич | Лозы Семёна Лукича | Лозе Семёну Лукичу
Дорошенко-Петрова Яна Лукинична | Дорошенко-Петровой Яны Лукиничны | Дорошенко-Петровой Яне Лукиничне
Ткач Николь Ивановна | Ткач Николь Ивановны | Ткач Николь Ивановне
Царёв Антон Антонович | Царёва Антона Антоновича | Царёву Антону Антоновичу
""".strip().splitlines()

# Families differ; the result is at least marked as not sure.
KNOWN_WRONG = {
    ("Заяц Максим Максимович", Case.GENITIVE),
    ("Заяц Максим Максимович", Case.DATIVE),
    ("Соловей Денис Денисович", Case.GENITIVE),
    ("Соловей Денис Денисович", Case.DATIVE),
}


def forms(line):
    nominative, *expected = [part.strip() for part in line.split("|")]
    return nominative, dict(zip((Case.GENITIVE, Case.DATIVE), expected, strict=True))


@pytest.mark.parametrize("line", SMOKE, ids=lambda line: line.split("|")[0].strip())
def test_names_decline_as_written_by_hand(line):
    nominative, expected = forms(line)
    for case, text in expected.items():
        right = str(decline_name(*split_name(nominative), case=case)) == text
        assert right == ((nominative, case) not in KNOWN_WRONG), decline_name(
            *split_name(nominative), case=case
        )


def test_the_known_misses_are_few():
    assert len(SMOKE) >= 60
    assert len(KNOWN_WRONG) <= 0.05 * 2 * len(SMOKE)
    for nominative, case in KNOWN_WRONG:
        assert not decline_name(*split_name(nominative), case=case).sure


def test_kuznets_keeps_its_vowel():
    name = decline_name("КУЗНЕЦ", "Захар", "Ильич", case=Case.INSTRUMENTAL)
    assert str(name) == "КУЗНЕЦОМ Захаром Ильичом"
    kravets = decline_name("Кравец", "Захар", "Ильич", case=Case.DATIVE)
    assert (str(kravets), kravets.sure) == ("Кравцу Захару Ильичу", False)


@pytest.mark.parametrize(
    ("case", "he", "she"),
    [
        (Case.NOMINATIVE, "Образцов Иван Ильич", "Образцова Ольга Ильинична"),
        (Case.ACCUSATIVE, "Образцова Ивана Ильича", "Образцову Ольгу Ильиничну"),
        (Case.INSTRUMENTAL, "Образцовым Иваном Ильичом", "Образцовой Ольгой Ильиничной"),
        (Case.PREPOSITIONAL, "Образцове Иване Ильиче", "Образцовой Ольге Ильиничне"),
    ],
)
def test_the_other_cases(case, he, she):
    assert str(decline_name("Образцов", "Иван", "Ильич", case=case)) == he
    assert str(decline_name("Образцова", "Ольга", "Ильинична", case=case)) == she


def test_initials_stand_on_either_side_and_do_not_break():
    name = decline_name("Образцов", "Иван", "Ильич", case=Case.DATIVE)
    assert name.last_and_initials == "Образцову\u00a0И.\u00a0И."
    assert name.initials_and_last == "И.\u00a0И.\u00a0Образцову"
    short = decline_name("Образцов", "И.", "", case=Case.DATIVE, gender=Gender.MALE)
    assert short.last_and_initials == "Образцову\u00a0И."
    assert FullName("", "", "", Case.DATIVE, None, sure=False).initials_and_last == ""


@pytest.mark.parametrize(
    ("name", "gender"),
    [
        (("", "", "Ильич"), Gender.MALE),
        (("", "", "Ильинична"), Gender.FEMALE),
        (("", "", "Мамед оглы"), Gender.MALE),
        (("", "", "Мамед Кызы"), Gender.FEMALE),
        (("Ким", "Ольга", ""), Gender.FEMALE),
        (("Ким", "Олег", ""), Gender.MALE),
        (("Образцова", "И.", ""), Gender.FEMALE),
        (("Тестовский", "", ""), Gender.MALE),
        (("Ким", "", ""), None),
        (("Ким", "Саша", ""), None),
        (("", "", ""), None),
    ],
)
def test_gender_is_guessed_from_what_tells_it(name, gender):
    assert guess_gender(*name) is gender


def test_without_a_gender_nothing_is_declined_and_a_person_is_asked_to_look():
    name = decline_name("Ким", "Саша", "", case=Case.DATIVE)
    assert (str(name), name.sure) == ("Ким Саша", False)
    told = decline_name("Ким", "Саша", "", case=Case.DATIVE, gender=Gender.MALE)
    assert (str(told), told.sure) == ("Киму Саше", True)


def test_a_form_kept_for_the_person_goes_first():
    kept = {Case.DATIVE: ("Зайцу", "Максиму", "Ильичу")}
    name = decline_name("Заяц", "Максим", "Ильич", case=Case.DATIVE, overrides=kept)
    assert (str(name), name.sure) == ("Зайцу Максиму Ильичу", True)
    other = decline_name("Ли", "Максим", "Ильич", case=Case.GENITIVE, overrides=kept)
    assert str(other) == "Ли Максима Ильича"


def test_foreign_letters_are_left_and_flagged():
    name = decline_name("Smith", "Иван", "Ильич", case=Case.DATIVE)
    assert (str(name), name.sure) == ("Smith Ивану Ильичу", False)


def test_capitals_stay_capitals():
    name = decline_name("ОБРАЗЦОВ", "ИВАН", "ИЛЬИЧ", case=Case.DATIVE)
    assert str(name) == "ОБРАЗЦОВУ ИВАНУ ИЛЬИЧУ"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ("", "", "")),
        ("Образцов", ("Образцов", "", "")),
        ("Образцов Иван", ("Образцов", "Иван", "")),
        (" Образцов  Иван Ильич ", ("Образцов", "Иван", "Ильич")),
        ("Алиев Гасан Мамед оглы", ("Алиев", "Гасан", "Мамед оглы")),
        ("ван дер Образцов Иван Ильич", ("ван дер Образцов", "Иван", "Ильич")),
    ],
)
def test_a_full_name_is_split(text, parts):
    assert split_name(text) == parts


ANY = st.text(max_size=12) | st.sampled_from(["", "🙂", "(a+)*$", "И.", "-", "Ё", "оглы", "\\"])


@given(ANY, ANY, ANY, st.sampled_from(Case), st.none() | st.sampled_from(Gender))
def test_no_text_breaks_it(last, first, patronymic, case, gender):
    name = decline_name(last, first, patronymic, case=case, gender=gender)
    assert isinstance(str(name) + name.initials_and_last + name.last_and_initials, str)
    if case is Case.NOMINATIVE:
        assert (name.last, name.first, name.patronymic) == (last, first, patronymic)


@given(st.lists(ANY, max_size=5).map(" ".join))
def test_splitting_loses_no_word(text):
    assert " ".join(filter(None, split_name(text))) == " ".join(text.split())
