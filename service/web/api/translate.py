"""Texts translated while the caller waits; needs no database, unless a glossary is named."""

from fastapi import APIRouter

from service.domain.glossary import Glossary
from service.domain.language import Direction
from service.domain.translation import TranslationOptions
from service.usecases.read_glossary import read_glossary
from service.usecases.translate_texts import translate_texts
from service.web.api.requests import TranslateIn
from service.web.api.responses import TranslateOut, TranslationOut
from service.web.dependencies import Services, ServicesDep, TranslatorDep

router = APIRouter(tags=["translate"])


@router.post("/translate")
def translate(body: TranslateIn, translator: TranslatorDep, services: ServicesDep) -> TranslateOut:
    """Translate a text, an HTML fragment or document, or a list of either; nothing is stored."""
    given = body.text if body.text is not None else body.html or ""
    texts = [given] if isinstance(given, str) else given
    direction = Direction(body.source, body.target)
    result = translate_texts(
        translator,
        texts,
        direction=direction,
        html=body.html is not None,
        options=TranslationOptions(
            newlines=body.newlines,
            keep=tuple(body.keep),
            glossary=_glossary(body.glossary, services),
        ),
    )
    return TranslateOut(
        translations=[TranslationOut.of(one) for one in result],
        notice=translator.catalogue.find(direction).notice,
    )


def _glossary(name: str | None, services: Services) -> Glossary | None:
    if name is None:
        return None
    with services.sessions.begin() as session:
        return read_glossary(session, name, services.glossaries).glossary
