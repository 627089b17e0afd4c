import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.untrusted import html as html_module
from service.untrusted.html import parse_html, safe_attributes, safe_url
from service.untrusted.limits import FileTooLargeError, HtmlTooComplexError


def test_nothing_is_loaded_and_no_entity_is_defined() -> None:
    page = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>&x;</p>'

    root = parse_html(page)

    assert root is not None
    assert "root:" not in root.text_content()
    assert "&x;" in root.text_content()


def test_an_empty_page_has_no_root() -> None:
    assert parse_html("") is None
    assert parse_html("<!-- -->") is None


def test_a_page_over_the_limits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HtmlTooComplexError, match="plain text"):
        parse_html("<div>" * 300)
    with pytest.raises(FileTooLargeError):
        parse_html("é" * 25_000_001)
    monkeypatch.setattr(html_module, "MAX_HTML_TAGS", 3)
    assert parse_html("<p>a<p>b<p>c") is not None
    with pytest.raises(HtmlTooComplexError):
        parse_html("<p>a<p>b<p>c<p>d")


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://h.invalid/a?b#c", "https://h.invalid/a?b#c"),
        ("HTTP://h.invalid", "HTTP://h.invalid"),
        ("mailto:i@h.invalid", "mailto:i@h.invalid"),
        ("/a:b", "/a:b"),
        ("?a:b", "?a:b"),
        ("#a:b", "#a:b"),
        ("a/b", "a/b"),
        ("", ""),
        ("javascript:x", None),
        ("JaVa\tScRiPt:x", None),
        ("\x01javascript:x", None),
        ("java\u2028script:x", None),
        ("vbscript:x", None),
        ("data:text/html;base64,x", None),
        ("file:///etc/passwd", None),
        ("a:b", None),
    ],
)
def test_links_lead_to_the_web_to_mail_or_into_the_site(url: str, safe: str | None) -> None:
    assert safe_url(url) == safe


@given(st.text(), st.sampled_from(["javascript", "data", "vbscript", "file", "blob"]))
def test_no_space_or_control_character_hides_a_scheme(noise: str, scheme: str) -> None:
    spaces = "".join(character for character in noise if character <= " ")

    assert safe_url(f"{spaces}{spaces.join(scheme)}{spaces}:x") is None


def test_attributes_are_kept_by_name_and_by_value() -> None:
    assert safe_attributes("b", {"onclick": "x", "style": "x", "lang": "fr"}) == {"lang": "fr"}
    assert safe_attributes("b", {"lang": "a b"}) == {}
    assert safe_attributes("a", {"href": "javascript:x"}) is None
    assert safe_attributes("span", {"dir": "ltr"}) is None
    assert safe_attributes("script", {}) is None
    assert safe_attributes("br", {}) == {}
