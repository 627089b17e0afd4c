"""Measures which layer and heads of a model tell where its words come from.

The model translates sentences written for this, full of numbers and names. What it copied must
have come from the same word of the source, so no other aligner and no data are needed.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from alignment.beads import Span
from service.domain.language import Direction, Language
from service.mt.attention import UNMEASURED, Attention, candidates, mean_rows
from service.mt.engine import Decoding
from service.mt.model_folder import CheckedModel
from service.mt.tokenizer import Tokenizer, decode
from service.mt.torch_engine import TorchEngine

FEWEST_TOKENS: Final = 30
"""Copied tokens below which the measure says nothing."""
CLEARLY: Final = 0.02
"""How much more of F1 another head must have than the one that models are taught to align with:
that one keeps to the word itself, where others look at what is around it, too."""
COPIED: Final = re.compile(r"\d+|[A-Z][a-z]+\w*|[^\w\s.,]")
"""Numbers, capitalised words and signs that a translation may share with its source."""

SENTENCES: Final[Mapping[Language, tuple[str, ...]]] = {
    Language.EN: (
        "In 1987 the village had 432 people; by 2013 only 75 of them were left.",
        "Anna Berger paid 49 euros, Marco Rossi 310, and Peter Novak nothing.",
        "The train from Berlin to Milan leaves at 7:45 and takes 11 hours.",
        "Between 1914 and 1918 the factory made 52,000 boots a month.",
        "Room 6 (on the left) has 24 chairs, room 9 (on the right) has 38.",
        "Was it 1962, or was it 1971? Nobody in Madrid remembers!",
        "Boeing sold 17 aircraft to Lufthansa and 26 to Qantas in May 2019.",
        "The bridge is 840 metres long, 19 metres wide and cost 63 million dollars.",
        "Page 128 of the report says that 57% of the 1,900 farms were sold.",
        "Maria Keller, 34, and Thomas Brandt, 41, were born in Zurich.",
    ),
    Language.FR: (
        "En 1987, le village comptait 432 habitants ; en 2013, il en restait 75.",
        "Anna Berger a payé 49 euros, Marco Rossi 310, et Peter Novak rien.",
        "Le train de Berlin à Milan part à 7:45 et met 11 heures.",
        "Entre 1914 et 1918, l'usine a fabriqué 520 bottes par mois.",
        "La salle 6 (à gauche) a 24 chaises, la salle 9 (à droite) en a 38.",
        "Était-ce en 1962, ou en 1971 ? Personne à Madrid ne s'en souvient !",
        "Boeing a vendu 17 avions à Lufthansa et 26 à Qantas en mai 2019.",
        "Le pont mesure 840 mètres de long, 19 mètres de large et a coûté 63 millions.",
        "La page 128 du rapport dit que 57 % des 900 fermes ont été vendues.",
        "Maria Keller, 34 ans, et Thomas Brandt, 41 ans, sont nés à Zurich.",
    ),
    Language.RU: (
        "В 1987 году в деревне жили 432 человека, а в 2013 году осталось только 75.",
        "Анна заплатила 49 евро, Марко 310, а Boeing ничего.",
        "Поезд из Берлина в Милан отправляется в 7:45 и идёт 11 часов.",
        "С 1914 по 1918 год фабрика выпускала 520 сапог в месяц.",
        "В комнате 6 (слева) 24 стула, а в комнате 9 (справа) 38.",
        "Это было в 1962 или в 1971 году? Никто в Мадриде не помнит!",
        "Компания Boeing продала 17 самолётов Lufthansa и 26 самолётов Qantas в мае 2019 года.",
        "Мост имеет 840 метров в длину, 19 метров в ширину и стоил 63 миллиона.",
        "На странице 128 отчёта сказано, что 57 % из 900 ферм были проданы.",
        "Марии 34 года, Томасу 41 год, оба родились в Цюрихе в 1983 году.",
    ),
}


def calibrate(model: CheckedModel, *, threads: int = 1) -> Attention | None:
    """Return the layer and heads that most often look at the word that is copied.

    Takes seconds: the model translates ten sentences a direction, greedily.

    Returns:
        The best, or nothing where the model copies too little to tell.

    Raises:
        BrokenModelError: If transformers cannot load the model.
    """
    tokenizer = Tokenizer(model.folder.path)
    engine = TorchEngine(model, tokenizer=tokenizer, threads=threads)
    hits: Counter[Attention] = Counter()
    looks: Counter[Attention] = Counter()
    copied = 0
    for direction in model.folder.tags:
        for sentence in SENTENCES[direction.source]:
            found = _Looked(model, tokenizer, engine, direction, sentence)
            copied += len(found.copied)
            for candidate, is_hit in found.looks():
                looks[candidate] += 1
                hits[candidate] += is_hit
    if copied < FEWEST_TOKENS:
        return None
    f1 = {one: 2 * hits[one] / (looks[one] + copied) for one in looks}
    taught = Attention(layer=max(one.layer for one in looks), heads=UNMEASURED.heads)
    best = max(f1, key=f1.__getitem__)
    return best if f1[best] > f1.get(taught, 0) + CLEARLY else taught


class _Looked:
    """One translation, and where each head looked in it."""

    def __init__(
        self,
        model: CheckedModel,
        tokenizer: Tokenizer,
        engine: TorchEngine,
        direction: Direction,
        sentence: str,
    ) -> None:
        self._source = tokenizer.encode(sentence, tag=model.folder.tags[direction])
        ((self._found,),) = engine.translate([self._source.tokens], Decoding(beam=1))
        self._looks = engine.look(self._source.tokens, self._found.tokens)
        target = decode(self._found.tokens)
        pairs = list(_copied(sentence, target.text))
        self.copied = {
            index: source
            for index, span in enumerate(target.spans)
            for source, written in pairs
            if len(span) and span.start < written.end and written.start < span.end
        }
        """Numbers of target tokens that were copied, and the word of the source."""
        self._words = [source for source, _ in pairs]

    def looks(self) -> Iterator[tuple[Attention, bool]]:
        """Yield each candidate as often as it looked at a copied word, and whether from its copy.

        A word that was not copied, such as an article before a name, must look elsewhere.
        """
        real = [index for index, span in enumerate(self._source.spans) if len(span)]
        for candidate in candidates(layers=len(self._looks), heads=len(self._looks[0])):
            rows = mean_rows([self._looks[candidate.layer][head] for head in candidate.heads])
            for index, row in enumerate(rows):
                end = self._source.spans[max(real, key=row.__getitem__)].end
                for word in self._words:
                    if word.start < end <= word.end:
                        yield candidate, self.copied.get(index) == word


def _copied(source: str, target: str) -> Iterator[tuple[Span, Span]]:
    """Yield what stands once in both texts, with its place in each."""
    places = [
        {match[0]: Span(*match.span()) for match in COPIED.finditer(text)}
        for text in (source, target)
    ]
    counts = [Counter(COPIED.findall(text)) for text in (source, target)]
    for word, place in places[0].items():
        if counts[0][word] == counts[1][word] == 1:
            yield place, places[1][word]
