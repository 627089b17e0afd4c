from service.domain.translation import FlagCode
from service.usecases.translate_texts import translate_texts
from tests.service.mt.scripted import ScriptedEngine
from tests.service.mt.stubbed import EN_FR, echo, stubbed


def test_flags_of_a_document_say_which_block_and_where_in_its_text() -> None:
    html = (
        "<h1>An old house</h1><p>She read a <x1/> long letter to him <b>twice</b>.</p>"
        "<p>They often walked along the river there.</p><img alt='All of the boats are late again'>"
    )

    (draft,) = translate_texts(stubbed(ScriptedEngine(echo)), [html], direction=EN_FR, html=True)

    assert draft.markup == html
    untranslated = [flag for flag in draft.flags if flag.code is FlagCode.UNTRANSLATED]
    assert [flag.note.partition(":")[0] for flag in untranslated] == [
        "block 2",
        "block 3",
        "attribute 1",
    ]
    found = [draft.text[place.start : place.end] for f in untranslated for place in f.target]
    assert found == [
        "She read a  long letter to him twice",
        "They often walked along the river there",
    ]


def test_flag_of_a_single_paragraph_names_no_block() -> None:
    html = "They often walked along the <i>river</i> there."

    (draft,) = translate_texts(stubbed(ScriptedEngine(echo)), [html], direction=EN_FR, html=True)

    assert draft.markup == html
    assert draft.flags
    assert not any(flag.note.startswith("block") for flag in draft.flags)


def test_texts_of_many_documents_are_told_apart() -> None:
    engine = stubbed(ScriptedEngine(echo))

    found = translate_texts(engine, ["<p>one<p>two", "", "three"], direction=EN_FR, html=True)

    assert [draft.text for draft in found] == ["one\n\ntwo", "", "three"]
    assert [draft.markup for draft in found] == ["<p>one<p>two", "", "three"]
