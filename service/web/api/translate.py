"""Texts translated while the caller waits; needs no database."""

from fastapi import APIRouter

from service.domain.language import Direction
from service.domain.translation import TranslationOptions
from service.usecases.translate_texts import translate_texts
from service.web.api.requests import TranslateIn
from service.web.api.responses import TranslateOut, TranslationOut
from service.web.dependencies import TranslatorDep

router = APIRouter(tags=["translate"])


@router.post("/translate")
def translate(body: TranslateIn, translator: TranslatorDep) -> TranslateOut:
    """Translate a text, an HTML paragraph, or a list of either; nothing is stored."""
    given = body.text if body.text is not None else body.html or ""
    texts = [given] if isinstance(given, str) else given
    direction = Direction(body.source, body.target)
    result = translate_texts(
        translator,
        texts,
        direction=direction,
        html=body.html is not None,
        options=TranslationOptions(newlines=body.newlines, keep=tuple(body.keep)),
    )
    return TranslateOut(
        translations=[TranslationOut.of(one) for one in result],
        notice=translator.catalogue.find(direction).notice,
    )
