"""Markup, entities and addresses: what others break, and ours must not.

The numbers of the reports are those of ``docs/public-bugs.md``, which says what each was.
"""

import re

import lxml.html
import pytest

from service.domain.language import Direction
from service.mt.translator import Translator
from tests.service.mt.scripted import ScriptedEngine
from tests.service.mt.stubbed import (
    EN_FR,
    EN_RU,
    FR_EN,
    RU_EN,
    echo,
    stubbed,
    translate,
    translate_markup,
)


def tree(markup: str) -> list[tuple[str, ...]]:
    """Return every tag of a parsed markup with its children's and its attributes, in no order."""
    root = lxml.html.fragment_fromstring(markup, create_parent="div")
    nodes = [node for node in root.iter() if isinstance(node.tag, str)]
    return sorted(
        (
            str(node.tag),
            *(f"{name}={value}" for name, value in sorted(node.attrib.items())),
            *sorted(f"<{child.tag}>" for child in node if isinstance(child.tag, str)),
        )
        for node in nodes
    )


@pytest.mark.parametrize("direction", [EN_FR, EN_RU], ids=str)
@pytest.mark.parametrize(
    "markup",
    [
        "<p>&lt;script&gt;go()&lt;/script&gt; is shown</p>",
        "Write &lt;b&gt; for <b>bold</b> words.",
        "&lt;img src=x onerror=go()&gt; came back",
        "&lt;!-- no --&gt; a comment",
        "5 &lt; 6 and <i>7 &gt; 6</i> hold.",
    ],
)
def test_escaped_markup_stays_escaped(
    translator: Translator, markup: str, direction: Direction
) -> None:
    """Weblate#21004, PR#21005, LT PR#204: an escaped script came back as a live one."""
    draft = translate_markup(translator, markup, direction).markup

    assert draft is not None
    assert tree(draft) == tree(markup)
    assert sorted(re.findall(r"&(?:amp|lt|gt);", draft)) == sorted(
        re.findall(r"&(?:amp|lt|gt);", markup)
    )


@pytest.mark.parametrize(
    ("markup", "kept"),
    [
        ("<!-- wp:heading --><h2>The bridge</h2><!-- /wp:heading -->", "<!-- wp:heading -->"),
        ('<a href="/p?a=1&amp;b=2" data-x="«é»">The bridge</a> is shut.', 'data-x="«é»"'),
        ('<a href="/p?a=1&amp;b=2" data-x="«é»">The bridge</a> is shut.', "/p?a=1&amp;b=2"),
        ("The <!-- not shown -->bridge is shut.", "<!-- not shown -->"),
        ('<span lang="la" title="x &gt; y">Pax</span> is peace.', 'lang="la"'),
    ],
)
def test_comments_and_attributes_come_back_as_they_were(
    translator: Translator, markup: str, kept: str
) -> None:
    """LT#144, argos#190, LT#552: "<p>hello</p>" became "pulphello", and comments were shown."""
    draft = translate_markup(translator, markup).markup

    assert draft is not None
    assert draft.count(kept) == 1
    assert tree(draft) == tree(markup)


@pytest.mark.parametrize(
    ("markup", "direction"),
    [
        ('A <a href="#">door</a>, then a <em>wall</em>.', EN_FR),
        ('Une <a href="#">porte</a>, puis un <em>mur</em>.', FR_EN),
        ("<strong>Look:</strong> the <b><i>old</i> bridge</b> is shut!", EN_RU),
        ("Он <b>купил</b> новый <i>дом</i> у реки.", RU_EN),
        ("A line<br>and another <br/> line", EN_FR),
        ("The <b>old</b> <b>grey</b> <b>bridge</b> <b>is</b> <b>shut</b>.", EN_FR),
        ("<ul><li>one house</li><li>two <u>boats</u></li></ul>", EN_RU),
    ],
)
def test_every_tag_comes_back_once_with_the_spaces_around_it(
    translator: Translator, markup: str, direction: Direction
) -> None:
    """bergamot#288, OPUS-CAT#72, deepl-php#32, EasyNMT#35: tags were dropped, moved or cut."""
    draft = translate_markup(translator, markup, direction).markup

    assert draft is not None
    assert tree(draft) == tree(markup)
    assert not re.search(r"\w<(?:a|b|i|em|strong|u)\b|</(?:a|b|i|em|strong|u)>\w", draft)


def test_words_beside_a_line_break_are_not_glued() -> None:
    """MinT, LT#552: "Line<br>break" became "LINEBREAK", with the break at the end."""
    draft = translate_markup(stubbed(ScriptedEngine(echo)), "one line<br>two lines<br>three")

    assert draft.markup == "one line<br>two lines<br>three"


@pytest.mark.parametrize(
    ("text", "direction", "kept"),
    [
        (
            "See https://example.org/a?b=1&c=%20d#e, please.",
            EN_FR,
            "https://example.org/a?b=1&c=%20d#e",
        ),
        ("Write to k.webb+x@mail.example.org today.", EN_RU, "k.webb+x@mail.example.org"),
        ("Voir www.exemple.fr/bac pour la suite.", FR_EN, "www.exemple.fr/bac"),
        ("Пишите на desk@example.ru завтра.", RU_EN, "desk@example.ru"),
    ],
)
def test_addresses_come_back_as_they_were(
    translator: Translator, text: str, direction: Direction, kept: str
) -> None:
    """LT#77, LT#123, Weblate#2374: addresses were translated or cut."""
    assert kept in translate(translator, text, direction).text
