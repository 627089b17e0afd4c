import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from service.mt.ctranslate2_engine import CTranslate2Engine, _publish, exact_quantization
from service.mt.engine import Decoding, Engine, Hypothesis, most_target_tokens
from service.mt.errors import BrokenModelError, ModelCacheError
from service.mt.model_folder import CheckedModel, check_model, read_model_folder
from service.mt.sentence_queue import plan_batch
from service.mt.tokenizer import Tokenizer, decode
from service.mt.torch_engine import TorchEngine

SENTENCES = Path(__file__).with_name("data") / "sentences.en.txt"
TAGS = (">>fra<<", ">>rus<<")

TIE_NATS = 1e-3
"""Two tokens whose log-probabilities are nearer than this are equally good: another order of
additions, as between two libraries or processors, decides between them."""


def inputs(tokenizer: Tokenizer, *, tag: str, count: int) -> list[tuple[str, ...]]:
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()[:count]
    return [tokenizer.encode(line, tag=tag).tokens for line in lines]


def translate_all(
    engine: Engine, sentences: list[tuple[str, ...]], *, beam: int
) -> list[tuple[str, ...]]:
    """Translate in as few batches as the engine allows."""
    found: dict[int, tuple[str, ...]] = {}
    while left := [index for index in range(len(sentences)) if index not in found]:
        lengths = [len(sentences[index]) for index in left]
        batch = [left[i] for i in plan_batch(lengths, budget=1024, step=engine.length_step)]
        results = engine.translate([sentences[i] for i in batch], Decoding(beam=beam))
        found |= {i: answer[0].tokens for i, answer in zip(batch, results, strict=True)}
    return [found[index] for index in range(len(sentences))]


def best(engine: Engine, tokens: tuple[str, ...], **decoding: Any) -> Hypothesis:
    """Return the one translation of a sentence that stands alone."""
    ((found,),) = engine.translate([tokens], Decoding(**decoding))
    return found


@pytest.mark.parametrize("tag", TAGS)
def test_engines_give_the_same_greedy_output_for_200_sentences(
    tokenizer: Tokenizer, float_engine: CTranslate2Engine, torch_engine: TorchEngine, tag: str
) -> None:
    sentences = inputs(tokenizer, tag=tag, count=200)

    fast = translate_all(float_engine, sentences, beam=1)
    reference = translate_all(torch_engine, sentences, beam=1)

    assert len(sentences) == 200
    differing = [index for index in range(200) if fast[index] != reference[index]]
    for index in differing:
        gap = _gap_nats(torch_engine, tokenizer, sentences[index], fast[index], reference[index])
        assert gap < TIE_NATS
    assert len(differing) <= 2


def _gap_nats(
    engine: TorchEngine,
    tokenizer: Tokenizer,
    source: tuple[str, ...],
    fast: tuple[str, ...],
    reference: tuple[str, ...],
) -> float:
    """Return how much better the reference finds its own token where the two part ways."""
    import torch  # noqa: PLC0415 - heavy imports are lazy

    fast, reference = (*fast, "</s>"), (*reference, "</s>")
    place = next(i for i, pair in enumerate(zip(fast, reference, strict=False)) if len({*pair}) > 1)
    ids = tokenizer.vocabulary
    with torch.inference_mode():
        logits = engine._model(
            input_ids=torch.tensor([[ids[token] for token in source]]),
            decoder_input_ids=torch.tensor([[8000, *(ids[token] for token in reference[:place])]]),
        ).logits[0, -1]
    gap = logits[ids[reference[place]]] - logits[ids[fast[place]]]
    return abs(float(gap))


@pytest.fixture(params=["ctranslate2", "transformers"])
def engine(
    request: pytest.FixtureRequest, float_engine: CTranslate2Engine, torch_engine: TorchEngine
) -> Engine:
    return float_engine if request.param == "ctranslate2" else torch_engine


def test_neighbours_in_the_batch_change_nothing(engine: Engine, tokenizer: Tokenizer) -> None:
    sentences = inputs(tokenizer, tag=">>fra<<", count=6)

    together = translate_all(engine, sentences, beam=2)
    alone = [best(engine, tokens, beam=2).tokens for tokens in sentences]

    assert together == alone


@pytest.mark.parametrize(
    ("attention", "width", "step"), [(False, 256, 16), (True, 256, 16), (False, 512, 32)]
)
def test_in_eight_bits_a_sentence_is_translated_alike_alone_and_in_any_batch(
    checked: CheckedModel,
    float_cache: Path,
    tokenizer: Tokenizer,
    *,
    attention: bool,
    width: int,
    step: int,
) -> None:
    model = replace(checked, width=width)
    engine = CTranslate2Engine(model, cache_dir=float_cache, threads=1, quantization="int8")
    assert engine.signature.endswith(f"int8|padded:{step}")
    sentences = inputs(tokenizer, tag=">>rus<<", count=60)
    decoding = Decoding(beam=4, attention=attention)
    alone = [engine.translate([tokens], decoding)[0][0] for tokens in sentences]
    order = random.Random(7)  # noqa: S311 - no secret

    for _ in range(3):
        waiting = list(range(len(sentences)))
        order.shuffle(waiting)
        while waiting:
            lengths = [len(sentences[place]) for place in waiting]
            chosen = plan_batch(lengths, budget=order.choice([64, 512]), step=engine.length_step)
            places = [waiting[number] for number in chosen]
            answers = engine.translate([sentences[place] for place in places], decoding)
            for place, (found, *_) in zip(places, answers, strict=True):
                assert found.tokens == alone[place].tokens
                looks, looked = found.attention, alone[place].attention
                if looks is not None and looked is not None:
                    assert np.array_equal(looks, looked)
                assert (looks is not None) == (looked is not None) == attention
            waiting = [place for place in waiting if place not in places]


def test_several_threads_get_what_one_gets(engine: Engine, tokenizer: Tokenizer) -> None:
    sentences = inputs(tokenizer, tag=">>fra<<", count=6)
    alone = [best(engine, tokens, beam=1).tokens for tokens in sentences]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda tokens: best(engine, tokens, beam=1).tokens, sentences))

    assert together == alone


@pytest.mark.parametrize("beam", [1, 4])
def test_hypothesis_has_a_row_of_attention_a_token_and_a_score(
    engine: Engine, tokenizer: Tokenizer, beam: int
) -> None:
    source = tokenizer.encode("The library will stay open.", tag=">>fra<<").tokens

    found = best(engine, source, beam=beam, attention=True)

    assert "bibliothèque" in decode(found.tokens).text.lower()
    assert found.attention is not None
    assert all(sum(row) == pytest.approx(1, abs=1e-3) for row in found.attention)
    assert found.attention.shape == (len(found.tokens), len(source))
    assert -3 < found.score < 0


def test_engines_look_at_the_same_words(
    tokenizer: Tokenizer, float_engine: CTranslate2Engine, torch_engine: TorchEngine
) -> None:
    source = tokenizer.encode("The library will stay open.", tag=">>fra<<").tokens

    fast = best(float_engine, source, beam=1, attention=True)
    reference = best(torch_engine, source, beam=1, attention=True)

    assert fast.attention is not None
    assert reference.attention is not None
    for row, expected in zip(fast.attention, reference.attention, strict=True):
        assert row == pytest.approx(expected, abs=1e-3)
    assert fast.score == pytest.approx(reference.score, abs=1e-3)


def test_more_hypotheses_are_as_many_and_the_first_is_the_same(
    engine: Engine, tokenizer: Tokenizer
) -> None:
    sentences = inputs(tokenizer, tag=">>rus<<", count=3)
    one_length = [tokens for tokens in sentences if len(tokens) == len(sentences[0])]

    answers = engine.translate(one_length, Decoding(beam=4, hypotheses=3, attention=True))

    for tokens, answer in zip(one_length, answers, strict=True):
        assert answer[0].tokens == best(engine, tokens, beam=4).tokens
        assert len({hypothesis.tokens for hypothesis in answer}) == 3
        scores = [hypothesis.score for hypothesis in answer]
        assert scores == sorted(scores, reverse=True)
        for hypothesis in answer:
            assert hypothesis.attention is not None
            assert hypothesis.attention.shape == (len(hypothesis.tokens), len(tokens))


def test_neighbours_and_padding_leave_attention_as_it_was(
    float_engine: CTranslate2Engine, tokenizer: Tokenizer
) -> None:
    sentences = inputs(tokenizer, tag=">>fra<<", count=8)
    assert len({len(tokens) for tokens in sentences}) > 1

    together = float_engine.translate(sentences, Decoding(beam=4, attention=True))

    for tokens, (found,) in zip(sentences, together, strict=True):
        alone = best(float_engine, tokens, beam=4, attention=True)
        assert found.tokens == alone.tokens
        assert found.attention is not None
        assert alone.attention is not None
        assert found.attention.shape == alone.attention.shape
        assert np.abs(found.attention - alone.attention).max() < 1e-4


def test_ngram_ban_and_length_limit_hold(engine: Engine, tokenizer: Tokenizer) -> None:
    source = tokenizer.encode("no " * 30, tag=">>fra<<").tokens

    free = best(engine, source, beam=1)
    banned = best(engine, source, beam=1, no_repeat_ngram=3)

    assert len(free.tokens) <= most_target_tokens(len(source))
    triples = [banned.tokens[i : i + 3] for i in range(len(banned.tokens) - 2)]
    assert len(triples) == len(set(triples))


def test_two_at_once_convert_into_one_folder(checked: CheckedModel, tmp_path: Path) -> None:
    def load(_number: int) -> str:
        return CTranslate2Engine(checked, cache_dir=tmp_path, threads=1).signature

    with ThreadPoolExecutor(2) as pool:
        signatures = set(pool.map(load, range(2)))

    assert len(signatures) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_converted_model_loads_without_torch(
    checked: CheckedModel, float_engine: CTranslate2Engine, float_cache: Path
) -> None:
    assert float_engine.signature.endswith("float32")
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from service.mt.ctranslate2_engine import CTranslate2Engine\n"
        "from service.mt.model_folder import check_model, read_model_folder\n"
        "model = check_model(read_model_folder(Path(sys.argv[1])))\n"
        "CTranslate2Engine(model, cache_dir=Path(sys.argv[2]), threads=1, quantization='float32')\n"
        "print(sorted({'torch', 'transformers'} & set(sys.modules)))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, checked.folder.path, float_cache],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
    )

    assert done.stdout == "[]\n"


def test_cache_that_cannot_be_written_is_named(checked: CheckedModel, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")

    with pytest.raises(ModelCacheError, match="free space"):
        CTranslate2Engine(checked, cache_dir=tmp_path / "file" / "cache", threads=1)


def test_damaged_conversion_is_named(checked: CheckedModel, tmp_path: Path) -> None:
    import ctranslate2  # noqa: PLC0415 - heavy imports are lazy

    made_by = f"ctranslate2-{ctranslate2.__version__}-{exact_quantization()}"
    key = f"{checked.checksum[:24]}-{made_by}-{checked.folder.attention.code}"
    (tmp_path / key).mkdir()
    (tmp_path / key / "model.bin").write_bytes(b"half")

    with pytest.raises(ModelCacheError, match=key):
        CTranslate2Engine(checked, cache_dir=tmp_path, threads=1)


@pytest.mark.parametrize(
    ("machine", "flags", "quantization"),
    [
        ("x86_64", "fpu avx2 avx_vnni", "int8"),
        ("x86_64", "avx2 avx512_vnni amx_int8", "int8"),
        ("AMD64", "fpu avx2 fma", "float32"),
        ("x86_64", "fpu avx512f avx512_4vnniw", "float32"),
        ("x86_64", None, "float32"),
        ("aarch64", None, "int8"),
        ("arm64", "fpu", "int8"),
    ],
)
def test_eight_bits_are_used_where_they_are_exact(
    machine: str, flags: str | None, quantization: str, tmp_path: Path
) -> None:
    processors = tmp_path / "cpuinfo"
    if flags is not None:
        processors.write_text(f"model name\t: avx512_vnni\nflags\t\t: {flags}\nbugs\t\t:\n")

    assert exact_quantization(machine=machine, processors=processors) == quantization


def test_conversion_that_cannot_take_its_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "taken").write_text("a file", encoding="utf-8")

    with pytest.raises(NotADirectoryError):
        _publish(tmp_path / "whole", tmp_path / "taken")


@pytest.fixture
def broken(copy_model: object) -> CheckedModel:
    """Return a model whose files are whole and whose weights fit no Marian model."""
    assert callable(copy_model)
    return check_model(read_model_folder(copy_model()))


def test_weights_of_another_shape_are_refused_by_the_converter(
    broken: CheckedModel, tmp_path: Path
) -> None:
    with pytest.raises(BrokenModelError, match="cannot be converted"):
        CTranslate2Engine(broken, cache_dir=tmp_path / "cache", threads=1)


def test_weights_of_another_shape_are_refused_by_transformers(
    broken: CheckedModel, tokenizer: Tokenizer
) -> None:
    with pytest.raises(BrokenModelError, match="cannot load it"):
        TorchEngine(broken, tokenizer=tokenizer, threads=1)
