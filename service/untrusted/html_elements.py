"""What is known of HTML's elements by their names."""

from typing import Final

_VOID = "area base br col embed hr img input link meta param source track wbr"
VOID: Final = frozenset(_VOID.split())
"""https://html.spec.whatwg.org/multipage/syntax.html#void-elements"""

_BLOCKS = """
    address article aside audio blockquote body button canvas caption center col colgroup datalist
    dd details dialog dir div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3
    h4 h5 h6 head header hgroup hr html legend li link listing main menu meta nav noframes noscript
    object ol optgroup option p param plaintext pre search section select source summary table
    tbody td template textarea tfoot th thead title tr track ul video xmp
"""
BLOCKS: Final = frozenset(_BLOCKS.split())
"""Elements that no sentence goes across."""

_FORMATTING = "a b big code em font i nobr s small strike strong tt u"
FORMATTING: Final = frozenset(_FORMATTING.split())
"""Elements that browsers open again where another one's end has closed them."""

_INLINE = """
    abbr acronym applet area base basefont bdi bdo bgsound blink br cite data del dfn embed iframe
    img input ins kbd keygen label map mark marquee math meter noembed output picture progress q rb
    rp rt rtc ruby samp script slot span style sub sup svg time var wbr
"""
KNOWN: Final = BLOCKS | FORMATTING | VOID | frozenset(_INLINE.split())
"""Elements of HTML, in which ``/>`` closes nothing; in all others it does, as in XML."""

_CLOSING_P = """
    address article aside blockquote center details dialog dir div dl fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 header hgroup hr li dd dt listing main menu nav ol p plaintext
    pre search section summary table ul xmp
"""
CLOSING_P: Final = frozenset(_CLOSING_P.split())
"""Start tags that end an open paragraph."""

CLOSES: Final = {
    "a": frozenset({"a"}),
    "button": frozenset({"button"}),
    "dd": frozenset({"dd", "dt"}),
    "dt": frozenset({"dd", "dt"}),
    "li": frozenset({"li"}),
    "optgroup": frozenset({"option", "optgroup"}),
    "option": frozenset({"option"}),
    "tbody": frozenset({"tbody", "thead", "tfoot"}),
    "td": frozenset({"td", "th"}),
    "tfoot": frozenset({"tbody", "thead", "tfoot"}),
    "th": frozenset({"td", "th"}),
    "thead": frozenset({"tbody", "thead", "tfoot"}),
    "tr": frozenset({"tr"}),
}
"""What else a start tag ends, if it is open, with all inside."""

SCOPES: Final = frozenset("caption html marquee object table td template th".split())  # noqa: SIM905
"""Elements out of which no tag of text ends anything."""
LIST_SCOPES: Final = frozenset({"dl", "ol", "ul", "menu", "dir", "select", "table"})
"""Elements out of which no item, row or option is ended by the next."""
