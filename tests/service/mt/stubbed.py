"""The translator with an engine that answers as a test says; all around the engine is real."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from service.domain.language import Direction, Language
from service.domain.translation import SourceText, Translation
from service.mt.catalogue import PACKAGED_MODELS, Catalogue
from service.mt.model_folder import CheckedModel, check_model, read_model_folder
from service.mt.sentence_queue import SentenceQueue
from service.mt.steps import LoadedModel
from service.mt.tokenizer import Tokenizer
from service.mt.translator import Translator
from tests.service.mt.scripted import ScriptedEngine

EN_FR = Direction(Language.EN, Language.FR)
EN_RU = Direction(Language.EN, Language.RU)
FR_EN = Direction(Language.FR, Language.EN)
RU_EN = Direction(Language.RU, Language.EN)
DIRECTIONS = (EN_FR, EN_RU, FR_EN, RU_EN)
"""Those that the packaged models serve without another language between."""

NOWHERE = Path(__file__).parent / "data" / "no-models"


@cache
def _compact() -> tuple[CheckedModel, Tokenizer]:
    folder = PACKAGED_MODELS / "compact"
    return check_model(read_model_folder(folder)), Tokenizer(folder)


def stubbed(engine: ScriptedEngine) -> Translator:
    """Return a translator from English whose engine is the given one."""
    checked, tokenizer = _compact()
    translator = Translator(Catalogue(NOWHERE, hub_cache=NOWHERE), cache_dir=NOWHERE)
    translator._loaded[checked.folder.path] = LoadedModel(
        checked=checked, tokenizer=tokenizer, queue=SentenceQueue(engine)
    )
    return translator


def echo(tokens: Sequence[str], _ngram: int) -> Sequence[str]:
    """Answer with the source, without tag and end."""
    return tokens[1:-1]


def translate(translator: Translator, text: str, direction: Direction = EN_FR) -> Translation:
    """Return the draft of one plain text."""
    (draft,) = translator.translate([SourceText(text=text)], direction)
    return draft


def translate_markup(
    translator: Translator, markup: str, direction: Direction = EN_FR
) -> Translation:
    """Return the draft of one paragraph of HTML."""
    (draft,) = translator.translate([SourceText(text="", markup=markup)], direction)
    return draft
