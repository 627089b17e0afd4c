import pytest

from service.domain.language import Direction, Language
from service.domain.translation import FlagCode
from service.mt.checks.names import check_names

EN, FR, RU = Language.EN, Language.FR, Language.RU


@pytest.mark.parametrize(
    ("source", "target", "direction", "lost"),
    [
        ("Yesterday Macron met Renault.", "Hier, il a rencontré Renault.", (EN, FR), ["Macron"]),
        ("Hier, Macron est venu.", "Yesterday he came.", (FR, EN), ["Macron"]),
        ("Yesterday Navalny came.", "Вчера он пришёл.", (EN, RU), ["Navalny"]),
        ("Вчера пришёл Навальный Каспаров.", "He came yesterday.", (RU, EN), ["Каспаров"]),
    ],
)
def test_name_without_any_counterpart_is_pointed_at(
    source: str, target: str, direction: tuple[Language, Language], lost: list[str]
) -> None:
    (flag,) = check_names(source, target, Direction(*direction))

    assert flag.code is FlagCode.NAMES
    assert [source[span.start : span.end] for span in flag.source] == lost


@pytest.mark.parametrize(
    ("source", "target", "direction"),
    [
        ("Yesterday Macron came.", "Hier, Macron est venu.", (EN, FR)),
        ("Yesterday Kidal fell.", "Вчера пал Кидаль.", (EN, RU)),
        # Another word, which may be what the language calls it.
        ("He lives in Brussels.", "Il habite à Bruxelles.", (EN, FR)),
        ("He saw Wrightson.", "Он увидел Райтсона.", (EN, RU)),
        # Words that are written with a capital and translated.
        ("He came on Monday.", "Il est venu lundi.", (EN, FR)),
        ("He likes the Spanish.", "Il aime l'espagnol.", (EN, FR)),
        ("He saw the President of France.", "Il a vu le président français.", (EN, FR)),
        ("He has a TV.", "Il a une télévision.", (EN, FR)),
        # An adjective stands for the name.
        ("He came from Indonesia.", "Il est indonésien.", (EN, FR)),
        ("He came from China's north.", "Il vient du nord de la chine.", (EN, FR)),
        ("He said I'm ill.", "Il a dit être malade.", (EN, FR)),
        ("nothing here", "rien ici", (EN, FR)),
    ],
)
def test_name_that_may_have_a_counterpart_is_no_finding(
    source: str, target: str, direction: tuple[Language, Language]
) -> None:
    assert check_names(source, target, Direction(*direction)) == []
