import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from service.domain.errors import TriptychError
from service.domain.glossary import GlossaryError, PartOfSpeech, Term, TermKind
from service.domain.language import Direction, Language
from service.exchange.glossary_tbx import NAMESPACE, NoTbxError, read_tbx, write_tbx
from service.untrusted.xml import XmlEntityError, XmlError, XmlUndeclaredEntityError
from tests.service.exchange.terms import some_terms

EN_FR = Direction(Language.EN, Language.FR)
EN_RU = Direction(Language.EN, Language.RU)
FR_EN = Direction(Language.FR, Language.EN)

MARTIF = """<?xml version='1.0' encoding='UTF-8'?>
<!DOCTYPE martif SYSTEM "TBXBasiccoreStructV02.dtd">
<martif type="TBX-Basic" xml:lang="en">
 <martifHeader><fileDesc><sourceDesc><p>A house glossary</p></sourceDesc></fileDesc></martifHeader>
 <text><body>
  <termEntry id="c1">
   <descrip type="definition">where money is kept</descrip>
   <langSet xml:lang="en-US"><tig><term>bank</term><termNote type="partOfSpeech">noun</termNote>
     <note>not of a river</note></tig></langSet>
   <langSet xml:lang="de"><tig><term>Bank</term></tig></langSet>
   <langSet xml:lang="fr"><ntig><termGrp><term>banque</term></termGrp></ntig>
     <tig><term>établissement</term>
       <termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></tig></langSet>
   <langSet xml:lang="ru"><tig><term>банк</term></tig></langSet>
  </termEntry>
 </body></text>
</martif>"""

DCT = f"""<tbx type="TBX-Basic" style="dct" xml:lang="en" xmlns="{NAMESPACE}"
  xmlns:min="http://www.tbxinfo.net/ns/min" xmlns:basic="http://www.tbxinfo.net/ns/basic">
 <text><body><conceptEntry id="1">
  <langSec xml:lang="en"><termSec><term>law</term><min:partOfSpeech>noun</min:partOfSpeech>
   <basic:administrativeStatus>preferredTerm-admn-sts</basic:administrativeStatus></termSec></langSec>
  <langSec xml:lang="fr"><termSec><term>loi</term></termSec>
   <termSec><term>statut</term>
    <basic:administrativeStatus>supersededTerm-admn-sts</basic:administrativeStatus></termSec></langSec>
 </conceptEntry></body></text></tbx>"""


def found(content: str, *directions: Direction) -> list[tuple[str, str, str, str]]:
    return [
        (str(p.term.direction), p.term.source, p.term.target, p.term.kind.value)
        for p in read_tbx(content.encode(), directions=directions)
    ]


@given(some_terms)
def test_terms_that_are_written_are_read_back(written: list[Term]) -> None:
    assert [placed.term for placed in read_tbx(write_tbx(written, name="house"))] == written


def test_old_form_is_read_with_its_synonyms_and_what_is_deprecated() -> None:
    assert found(MARTIF, EN_FR) == [
        ("en-fr", "bank", "banque", "required"),
        ("en-fr", "bank", "établissement", "forbidden"),
    ]
    term = read_tbx(MARTIF.encode(), directions=[EN_FR])[0].term
    assert (term.part_of_speech, term.note) == (PartOfSpeech.NOUN, "not of a river")


def test_pairs_that_are_asked_for_are_picked_in_either_direction() -> None:
    assert found(MARTIF, FR_EN) == [
        ("fr-en", "banque", "bank", "required"),
        ("fr-en", "établissement", "bank", "required"),
    ]
    assert found(MARTIF, EN_RU) == [("en-ru", "bank", "банк", "required")]
    assert len(found(MARTIF, EN_RU, EN_FR)) == 3


def test_without_being_asked_terms_go_from_the_first_language_to_the_others() -> None:
    assert {one[0] for one in found(MARTIF)} == {"en-fr", "en-ru"}


def test_present_form_is_read_with_elements_for_categories() -> None:
    assert found(DCT) == [
        ("en-fr", "law", "loi", "required"),
        ("en-fr", "law", "statut", "forbidden"),
    ]


@pytest.mark.parametrize(
    "statuses",
    [
        ("deprecatedTerm-admn-sts", "preferredTerm-admn-sts"),
        ("preferredTerm-admn-sts", "deprecatedTerm-admn-sts"),
        ("supersededTerm-admn-sts", "deprecatedTerm-admn-sts"),
    ],
)
def test_term_is_forbidden_if_any_of_its_statuses_forbids_it(statuses: tuple[str, ...]) -> None:
    notes = "".join(
        f'<termNote type="{kind}">{status}</termNote>'
        for kind, status in zip(
            ("administrativeStatus", "normativeAuthorization"), statuses, strict=True
        )
    )
    content = DCT.replace("<term>loi</term>", f"<term>loi</term>{notes}")

    assert ("en-fr", "law", "loi", "forbidden") in found(content)


def test_pair_that_two_concepts_have_comes_once() -> None:
    start, end = DCT.index("<conceptEntry"), DCT.index("</body>")

    assert found(DCT[:end] + DCT[start:end] + DCT[end:]) == found(DCT)


def test_what_is_written_is_the_standard_of_2019_that_other_tools_read() -> None:
    term = read_tbx(MARTIF.encode(), directions=[EN_RU])[0].term
    kept = Term(
        source_language=Language.EN,
        target_language=Language.RU,
        source="BigBank",
        target="",
        kind=TermKind.KEEP,
    )

    root = etree.fromstring(write_tbx([term, kept], name="house"))

    assert (root.tag, dict(root.attrib)) == (
        f"{{{NAMESPACE}}}tbx",
        {
            "type": "TBX-Basic",
            "style": "dca",
            "{http://www.w3.org/XML/1998/namespace}lang": "en",
        },
    )
    path = "{*}text/{*}body/{*}conceptEntry/{*}langSec/{*}termSec/{*}term"
    assert [one.text for one in root.findall(path)] == ["bank", "банк", "BigBank", "BigBank"]
    assert [one.text for one in root.iter("{*}note")] == ["not of a river", "Do not translate"]


def test_term_without_text_is_told_with_its_line() -> None:
    with pytest.raises(GlossaryError, match="line 8: the target term is empty"):
        read_tbx(DCT.replace("<term>loi</term>", "\n\n<term> </term>").encode())


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"<html><p>x</p></html>", NoTbxError, "begins with <html>"),
        (b"<tbx><text>", XmlError, "line 1: this is no XML"),
        (b"source,target", XmlError, "no XML"),
        (b"", XmlError, "no XML"),
        (b"<tbx>" * 300 + b"</tbx>" * 300, XmlError, "no XML"),
        (b"<tbx>\x00</tbx>", XmlError, "no XML"),
        (b'<!DOCTYPE tbx [<!ENTITY a "x">]><tbx>&a;</tbx>', XmlEntityError, "ENTITY"),
        (
            MARTIF.replace("<term>établ", "<term>caf&eacute;").encode(),
            XmlUndeclaredEntityError,
            "line 12: .*'eacute' not defined.* write the character",
        ),
        (
            MARTIF.replace('id="c1"', 'id="&eacute;"').encode(),
            XmlUndeclaredEntityError,
            "line 6: .*'eacute'",
        ),
        (
            '<!DOCTYPE tbx [<!ENTITY a SYSTEM "file:///etc/passwd">]><tbx>&a;</tbx>'.encode(
                "utf-16"
            ),
            XmlEntityError,
            "ENTITY",
        ),
    ],
)
def test_other_files_are_refused_in_words(
    content: bytes, error: type[TriptychError], words: str
) -> None:
    with pytest.raises(error, match=words):
        read_tbx(content)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_encodings_of_other_tools_are_read(encoding: str) -> None:
    text = MARTIF.replace("encoding='UTF-8'", "encoding='UTF-16'" if "16" in encoding else "")
    mark = "\ufeff" if encoding == "utf-16-be" else ""

    assert len(read_tbx((mark + text).encode(encoding), directions=[EN_RU])) == 1


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_words(content: bytes) -> None:
    for start in (b"", b"<tbx>", b"\xff\xfe"):
        with pytest.raises(TriptychError, match=r".+"):
            read_tbx(start + content)
