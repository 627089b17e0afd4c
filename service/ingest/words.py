"""Words of English, French and Russian that tell what a line is: tables, and nothing else."""

import re

_CONTINUES = """
a an the this these those his her its their our your my
and or but nor that which who whom whose than as if when while where because although whether
of in on at to for from with by about into over under between against among during through toward
towards upon without within since until before after is are was were be been being has have had
will would can could should may might must not

le la les l un une des du de d au aux ce cet cette ces son sa ses leur leurs notre nos votre vos
mon ma mes et ou mais ni car que qui dont où si quand lorsque comme
à dans par pour sur sous avec sans entre vers chez contre depuis pendant avant après selon jusque
est sont était étaient a ont avait avaient sera seront peut peuvent ne pas très

и или но а да что чтобы как когда если хотя который которая которое которые чем потому
в во на с со к ко о об от до из у за по под над при для без между через после перед около против
не ни бы же его её их
"""
CONTINUES = frozenset(_CONTINUES.split())
"""Words that no sentence ends with: articles, prepositions, conjunctions, auxiliaries."""

SAID = re.compile(
    r"""(?ix)\b(?:
    said|says|say|wrote|writes|told|tells|declared|declares|explained|explains|added|adds|stated
    |states|argued|argues|commented|concluded|noted|replied|answered|asked|remarked|continued
    |dit|disait|déclare|déclaré|déclarait|écrit|écrivait|affirme|affirmé|affirmait|explique
    |expliqué|expliquait|ajoute|ajouté|ajoutait|souligne|souligné|précise|précisé|répond|répondu
    |conclut|note|remarque|poursuit|indique|indiqué
    |сказал[аи]?|говорит|говорил[аи]?|заявил[аи]?|заявляет|пишет|писал[аи]?|написал[аи]?
    |отметил[аи]?|отмечает|добавил[аи]?|объяснил[аи]?|объясняет|подчеркнул[аи]?|ответил[аи]?
    |продолжил[аи]?|утверждает|утверждал[аи]?|спросил[аи]?
    )\b[^.!?…:]{0,80}:$"""
)
"""A speech verb in the clause before a closing colon: what follows is quoted."""

_MONTHS = (
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec "
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre "
    "janv févr sept "
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря "
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь"
)
_MONTH = rf"(?:{'|'.join(sorted(_MONTHS.split(), key=len, reverse=True))})\.?"
_WEEKDAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|lundi|mardi|mercredi|jeudi|vendredi|samedi"
    r"|dimanche|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье),?\s+"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th|er)?"
_YEAR = r"\d{4}"
_CLOCK = (
    r"(?:,?\s*(?:at|à|в|-|–|—|\|)?\s*\d{1,2}\s?[:h.]\s?\d{2}(?:\s?[ap]\.?m\.?)?(?:\s?[A-Z]{2,4})?)?"
)
_SAYS_WHEN = (
    r"(?:(?:first\s+)?published|updated|posted|last\s+updated|date|publié|mis\s+à\s+jour|paru"
    r"|опубликовано|обновлено|дата)\s*(?:on|le|:)?\s*(?:le\s+)?"
)
DATE = re.compile(
    rf"(?i)\s*(?:{_SAYS_WHEN})?(?:\w[\w \-]{{1,30}},\s+)?(?:le\s+)?(?:{_WEEKDAY})?(?:"
    rf"{_DAY}\s+(?:of\s+|de\s+)?{_MONTH}\s+{_YEAR}(?:\s?г\.|\s?года)?"
    rf"|{_MONTH}\s+{_DAY},?\s+{_YEAR}"
    rf"|{_YEAR}-\d\d-\d\d"
    rf"|\d{{1,2}}[./]\d{{1,2}}[./]{_YEAR}(?:\s?г\.)?"
    rf"){_CLOCK}\s*"
)
"""A whole line that is a date, with a place, a weekday, a time or "published" around it."""

BYLINE = re.compile(
    r"\s*(?:(?:By|Written by|Text by|Reporting by|Par|Texte|Авторы?|Текст)\b\s*[:—–-]?\s*)"
    r"(?=[\"«“]?[A-ZÀ-ÝŒА-ЯЁ])[^\n]{2,100}"
)
"""A line that says by whom."""

NAME = re.compile(
    r"(?:(?:[A-ZÀ-ÝŒА-ЯЁ][\w'’.-]*|de|du|des|la|le|van|von|der|den|da|di|al|el|bin|et|and|und|и|&)"
    r",?\s+){1,7}[A-ZÀ-ÝŒА-ЯЁ][\w'’-]+\.?"
)
"""A line of two to eight words that could be one or several names."""

RIGHTS = re.compile(
    r"(?im)all\s+rights\s+reserved|tous\s+droits\s+réservés|все\s+права\s+защищены"
    r"|©|^\s*copy(?:right|left)\b|copyright\s+(?:\(c\)|\d{4})"
)
"""What only a publisher's footer says."""

CONTACT = re.compile(
    r"""(?imx)^\s*(?:
    (?:to\s+)?contact|follow|subscribe|sign\s+up|visit|read\s+more|write\s+to
    |(?:pour\s+(?:nous\s+)?)?contacte[rz]|nous\s+contacter|suivez|abonnez-vous|visitez|écrivez
    |(?:чтобы\s+)?связаться|свяжитесь|контакты?|подписывайтесь|подпишитесь|посетите|следите|пишите
    |(?:tel|tél|phone|telephone|téléphone|fax|e-?mail|courriel|web|website|site|тел|телефон|факс
       |почта|сайт)\s*[.:]
    )(?!\w)"""
)
"""What a publisher's footer begins with, if an address follows."""

HAS_ADDRESS = re.compile(
    r"(?i)https?://|\bwww\.|[\w.+-]{1,64}@[\w-]{1,64}\.\w"
    r"|[\w-]{1,64}\.(?:com|org|net|info|int|eu|uk|fr|be|ch|ca|ru|рф)\b"
)
"""A web or mail address anywhere."""

ADDRESS = re.compile(
    r"(?i)\s*(?:https?://\S+|www\.\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?:[a-z0-9-]+\.)+[a-z]{2,12}(?:/\S*)?|\+?[\d ()./-]{7,20})[.,;]?\s*"
)
"""A whole line that is a web, mail or telephone address."""

PAGE_NUMBER = re.compile(
    r"(?i)\W*(?:page|p\.|pp\.|стр\.?|страница|с\.)\s*\d{1,4}"
    r"(?:\s*(?:of|sur|de|из|/)\s*\d{1,4})?\W*"
)
"""A whole line that names itself a page number."""

LIST_MARKER = re.compile(
    r"\s*(?:[•‣▪◦·*●○–-]|\(?\d{1,3}[.)]|\(?[a-zа-я][)]|\(?[ivx]{1,5}[.)])[ \t\u00a0]+(?=\S)"
)
"""A bullet, a number or a letter at the start of a list item."""

DIALOGUE = re.compile(r"\s*[—–―-][ \t\u00a0]*\S")
"""A dash that opens a line of dialogue (or, the short one, an item)."""

AND_OR = frozenset({"and", "or", "to", "et", "ou", "à", "и", "или"})
"""Words after a hyphen that hangs: "short- and long-term"."""

PART = re.compile(
    r"(?i)(?:chapter|part|section|book|act|scene|lesson|appendix|chapitre|partie|livre|acte|scène"
    r"|leçon|annexe|глава|часть|раздел|книга|действие|сцена|урок|приложение)\b"
)
"""How the heading of a numbered part begins."""
