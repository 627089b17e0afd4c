import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from service.domain.language import Direction, Language
from service.mt.catalogue import PACKAGED_MODELS
from service.mt.training.card import write_card
from service.mt.training.errors import (
    NoDevelopmentPairsError,
    NoPairsError,
    NoTestLinesError,
    NoWeightError,
    SharedVocabularyError,
    TooFewLinesError,
    UnknownDomainError,
)
from service.mt.training.packing import PackedPairs
from service.mt.training.plan import NAME, SIZES, Plan
from service.mt.training.prepare import DEV_PAIRS, Sources
from service.mt.training.run import Run
from service.mt.training.schedule import Progress
from tests.service.mt.training.conftest import COLUMNS, EN_FR, RU_EN
from tests.service.mt.training.toy import Row, prepare_toy, rows, write_rows

FR_EN = Direction(Language.FR, Language.EN)


def dev_of(folder: Path, languages: str) -> list[list[str]]:
    found: list[list[str]] = json.loads((folder / "dev" / f"{languages}.json").read_text())
    return found


def pairs_file(tmp_path: Path, found: list[Row], name: str = "news.tsv", columns: int = 3) -> Path:
    return write_rows(tmp_path / name, found, columns=columns)


def test_holds_out_the_same_sentences_whatever_the_other_language(tmp_path: Path) -> None:
    path = pairs_file(tmp_path, rows(800))

    plan = prepare_toy(
        tmp_path / "run", Sources(files=[path], columns=COLUMNS, directions=[EN_FR, RU_EN])
    )

    french, russian = dev_of(tmp_path / "run", "en-fr"), dev_of(tmp_path / "run", "en-ru")
    assert len(french) == 40  # a twentieth of them
    assert [source for source, _ in french] == [source for source, _ in russian]
    assert plan.pairs["en-fr"]["news"] + len(french) == 800
    assert (
        len(PackedPairs.load(tmp_path / "run" / "pairs" / "en-fr.npz"))
        == plan.pairs["en-fr"]["news"]
    )


def test_pairs_with_a_name_are_trained_on_again_with_another(tmp_path: Path) -> None:
    named = [
        (f"{name} {english}", f"un {name} {french}", f"три {name} {russian}")
        for (english, french, russian), name in zip(
            rows(800), 400 * ["Tonin", "Tevis"], strict=True
        )
    ]
    path = pairs_file(tmp_path, named)

    plan = prepare_toy(
        tmp_path / "run", Sources(files=[path], columns=COLUMNS, directions=[EN_FR, RU_EN])
    )

    assert plan.pairs["en-fr"]["news"] == 760  # what is held out is not among them
    again = plan.renamed["en-fr"]
    assert 380 < again < 760  # some names come out as they were
    assert len(PackedPairs.load(tmp_path / "run" / "pairs" / "en-fr.npz")) == 760 + again
    assert len(PackedPairs.load(tmp_path / "run" / "dev" / "en-fr.npz")) == 40
    assert Plan.load(tmp_path / "run").renamed == plan.renamed
    write_card(tmp_path, plan, Progress(), None)
    card = (tmp_path / "README.md").read_text()
    assert f"again with other names: {again} en-fr, {plan.renamed['en-ru']} en-ru." in card


def test_no_name_is_made_up_that_makes_a_sentence_which_is_held_out(tmp_path: Path) -> None:
    def named(name: str) -> list[Row]:
        return [(f"{en} {name}", f"{fr} {name}", f"{ru} {name}") for en, fr, ru in rows(300)]

    path = pairs_file(tmp_path, [*named("Tonin")[:150], *named("Tevis")[150:]])
    dev = pairs_file(
        tmp_path,
        [*named("Tonin")[150:], *named("Tevis")[:150], *named("Tovis"), *named("Tenin")],
        "dev.tsv",
    )

    plan = prepare_toy(
        tmp_path / "run",
        Sources(files=[path], columns=COLUMNS, directions=[EN_FR, RU_EN], dev=[dev]),
    )

    assert plan.pairs["en-fr"] == {"news": 300}
    assert plan.renamed == {"en-fr": 0, "en-ru": 0}


def test_a_development_set_is_taken_as_it_is_and_never_trained_on(tmp_path: Path) -> None:
    found = rows(900)
    path, dev = pairs_file(tmp_path, found), pairs_file(tmp_path, found[:50], "dev.tsv")

    plan = prepare_toy(
        tmp_path / "run", Sources(files=[path], columns=COLUMNS, directions=[EN_FR], dev=[dev])
    )

    assert len(dev_of(tmp_path / "run", "en-fr")) == 50
    assert plan.pairs["en-fr"] == {"news": 850}
    assert plan.left_out["en-fr"] == {"in a test set": 50}


def test_a_large_development_set_is_cut_to_what_is_scored(tmp_path: Path) -> None:
    found = rows(1500)
    path = pairs_file(tmp_path, found[:600])
    dev = pairs_file(tmp_path, found[600:], "dev.tsv")

    prepare_toy(
        tmp_path / "run", Sources(files=[path], columns=COLUMNS, directions=[EN_FR], dev=[dev])
    )

    assert len(dev_of(tmp_path / "run", "en-fr")) == DEV_PAIRS


def test_lines_of_test_sets_are_never_trained_on_in_any_language(tmp_path: Path) -> None:
    found = rows(500)
    path = pairs_file(tmp_path, found)
    tests = tmp_path / "eval" / "news"
    tests.mkdir(parents=True)
    (tests / "en.txt").write_text("\n".join(row[0].upper() for row in found[:30]))
    (tmp_path / "fr.txt").write_text("\n".join(row[1] for row in found[20:60]))

    plan = prepare_toy(
        tmp_path / "run",
        Sources(
            files=[path],
            columns=COLUMNS,
            directions=[EN_FR],
            tests=[tmp_path / "eval", tmp_path / "fr.txt"],
        ),
    )

    assert plan.left_out["en-fr"] == {"in a test set": 60}


def test_all_directions_of_the_pairs_are_trained_if_none_is_named(tmp_path: Path) -> None:
    path = pairs_file(tmp_path, rows(400), columns=2)

    plan = prepare_toy(tmp_path / "run", Sources(files=[path], columns=COLUMNS[:2]))

    assert set(plan.directions) == {EN_FR, FR_EN}
    assert list(plan.pairs) == ["en-fr"]


def test_weights_decide_how_often_a_domain_is_taken(tmp_path: Path) -> None:
    found = rows(600)
    files = [
        pairs_file(tmp_path, found[:200], "news.tsv"),
        pairs_file(tmp_path, found[200:400], "laws.tsv"),
        pairs_file(tmp_path, found[400:], "other.tsv"),
    ]

    plan = prepare_toy(
        tmp_path / "run",
        Sources(files=files, columns=COLUMNS, directions=[EN_FR], weights={"news": 2, "laws": 0}),
    )

    assert "laws" not in plan.pairs["en-fr"]
    weights = PackedPairs.load(tmp_path / "run" / "pairs" / "en-fr.npz").weights
    assert sorted(set(weights.tolist())) == [1.0, 2.0]


def test_a_weight_for_no_file_is_refused(tmp_path: Path) -> None:
    path = pairs_file(tmp_path, rows(10))

    with pytest.raises(UnknownDomainError, match=r"nws.*the domains are news"):
        prepare_toy(tmp_path / "run", Sources(files=[path], columns=COLUMNS, weights={"nws": 2}))


def test_a_direction_without_pairs_is_refused_with_the_reasons(tmp_path: Path) -> None:
    path = pairs_file(tmp_path, [("Word.", "Слово.", "Mot.")] * 3)

    with pytest.raises(NoPairsError, match=r"en-fr \(left out: 3 another script\)"):
        prepare_toy(tmp_path / "run", Sources(files=[path], columns=COLUMNS, directions=[EN_FR]))
    with pytest.raises(NoPairsError, match="left out"):
        prepare_toy(tmp_path / "run", Sources(files=[path], columns=COLUMNS))


def test_a_development_set_without_a_direction_is_refused(tmp_path: Path) -> None:
    path = pairs_file(tmp_path, rows(300))
    dev = pairs_file(tmp_path, [("One.", "Un.", "")], "dev.tsv")

    with pytest.raises(NoDevelopmentPairsError, match="--dev"):
        prepare_toy(
            tmp_path / "run",
            Sources(files=[path], columns=COLUMNS, directions=[EN_FR, RU_EN], dev=[dev]),
        )


def test_two_pairs_are_enough_to_hold_one_out(tmp_path: Path) -> None:
    path = pairs_file(tmp_path, rows(2))
    sources = Sources(files=[path], columns=COLUMNS, directions=[EN_FR])

    plan = prepare_toy(tmp_path / "run", sources, from_model=PACKAGED_MODELS / "compact")

    assert plan.pairs["en-fr"] == {"news": 1}
    assert len(dev_of(tmp_path / "run", "en-fr")) == 1


def test_one_pair_is_not(tmp_path: Path) -> None:
    path = pairs_file(tmp_path, rows(1))

    with pytest.raises(NoDevelopmentPairsError):
        prepare_toy(tmp_path / "run", Sources(files=[path], columns=COLUMNS, directions=[EN_FR]))


def test_few_pairs_of_two_languages_take_no_others_out(tmp_path: Path) -> None:
    many = pairs_file(tmp_path, [(a, b, "") for a, b, _ in rows(1500)])
    few = pairs_file(tmp_path, [("", b, c) for _, b, c in rows(3, seed=99)], "few.tsv")

    plan = prepare_toy(tmp_path / "run", Sources(files=[many, few], columns=COLUMNS))

    dev = dev_of(tmp_path / "run", "en-fr")
    assert len(dev) <= 76  # a twentieth, and what shares a side with the others' one
    assert plan.pairs["en-fr"]["news"] + len(dev) >= 1499
    assert plan.pairs["fr-ru"] == {"few": 2}


def test_no_side_of_what_is_held_out_is_trained_on_in_other_languages(tmp_path: Path) -> None:
    found = rows(800)
    path = pairs_file(tmp_path, found)

    plan = prepare_toy(tmp_path / "run", Sources(files=[path], columns=COLUMNS))

    held = {
        side
        for languages in plan.pairs
        for pair in dev_of(tmp_path / "run", languages)
        for side in pair
    }
    free = sum(not set(row) & held for row in found)
    for languages in plan.pairs:
        pairs = PackedPairs.load(tmp_path / "run" / "pairs" / f"{languages}.npz")
        places = [("en", "fr", "ru").index(language) for language in languages.split("-")]
        assert len(pairs) == sum(not {row[place] for place in places} & held for row in found)
        assert len(pairs) >= free > 600


def test_pairs_of_too_many_pieces_are_counted(tmp_path: Path) -> None:
    found = rows(300)
    found += [(" ".join([a] * 30), " ".join([b] * 30), c) for a, b, c in rows(9, seed=5)]
    path = pairs_file(tmp_path, [row for row in found if len(row[1]) < 1000])

    plan = prepare_toy(tmp_path / "run", Sources(files=[path], columns=COLUMNS, directions=[EN_FR]))

    packed = PackedPairs.load(tmp_path / "run" / "pairs" / "en-fr.npz")
    assert plan.left_out["en-fr"]["too many pieces"] == plan.pairs["en-fr"]["news"] - len(packed)
    assert plan.left_out["en-fr"]["too many pieces"] > 0


@pytest.mark.parametrize("dev", [False, True])
def test_nothing_but_pairs_of_too_many_pieces_is_refused(tmp_path: Path, *, dev: bool) -> None:
    long = pairs_file(
        tmp_path,
        [(" ".join([a] * 33)[:990], " ".join([b] * 33)[:990], "") for a, b, _ in rows(150)],
        "long.tsv",
    )
    short = pairs_file(tmp_path, rows(300, seed=8))
    sources = Sources(
        files=[short if dev else long],
        columns=COLUMNS,
        directions=[EN_FR],
        dev=[long if dev else short],
    )

    with pytest.raises(NoDevelopmentPairsError if dev else NoPairsError):
        prepare_toy(tmp_path / "run", sources, from_model=PACKAGED_MODELS / "compact")


def test_weights_that_leave_less_than_a_pair_an_epoch_are_refused(tmp_path: Path) -> None:
    path = pairs_file(tmp_path, rows(300))
    sources = Sources(files=[path], columns=COLUMNS, directions=[EN_FR], weights={"news": 1e-6})

    with pytest.raises(NoPairsError):
        prepare_toy(tmp_path / "run", sources)


def test_no_weight_for_any_file_is_refused(tmp_path: Path) -> None:
    path = pairs_file(tmp_path, rows(300))
    sources = Sources(files=[path], columns=COLUMNS, weights={"news": 0})

    with pytest.raises(NoWeightError):
        prepare_toy(tmp_path / "run", sources)


def test_a_test_set_without_lines_is_refused(tmp_path: Path) -> None:
    path = pairs_file(tmp_path, rows(300))
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test.tsv").write_text("one\tun\n")
    sources = Sources(files=[path], columns=COLUMNS, tests=[tmp_path / "tests"])

    with pytest.raises(NoTestLinesError, match=r"folder with \.txt"):
        prepare_toy(tmp_path / "run", sources)


@pytest.mark.parametrize("content", [b"", b"cut off", None])
def test_weights_to_begin_with_are_read_before_the_pairs_are(
    tmp_path: Path, content: bytes | None
) -> None:
    model = Path(shutil.copytree(PACKAGED_MODELS / "compact", tmp_path / "model"))
    (model / "model.safetensors").unlink()
    if content is not None:
        (model / "model.safetensors").write_bytes(content)
    unreadable = tmp_path / "news.tsv"
    unreadable.write_bytes(b"\xff")
    sources = Sources(files=[unreadable], columns=COLUMNS)

    with pytest.raises(SharedVocabularyError, match=r"model\.safetensors cannot be used"):
        prepare_toy(tmp_path / "run", sources, from_model=model)


def test_is_no_run_until_all_of_it_is_there(tmp_path: Path) -> None:
    path = pairs_file(tmp_path, rows(3))

    with pytest.raises(TooFewLinesError, match="pieces"):
        prepare_toy(tmp_path / "run", Sources(files=[path], columns=COLUMNS, directions=[EN_FR]))

    assert not (tmp_path / "run" / "plan.json").exists()


def test_begins_with_the_packaged_model(tmp_path: Path) -> None:
    path = pairs_file(tmp_path, rows(300))
    model = PACKAGED_MODELS / "compact"

    plan = prepare_toy(
        tmp_path / "run",
        Sources(files=[path], columns=COLUMNS, directions=[EN_FR]),
        from_model=model,
    )

    assert plan.shape.width == 256
    assert plan.from_model == "compact"
    assert plan.short_first == 0
    run = Run(tmp_path / "run", threads=1)
    assert run._dev.losses(run._stepper.network)["en-fr"] < 3  # from nothing it would be 9


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"d_model": "wide"}, "cannot be used"),
        ({"activation_function": "gelu"}, "of another kind"),
        ({"encoder_attention_heads": 0, "decoder_attention_heads": 0}, "do not fit"),
        ({"encoder_attention_heads": 3, "decoder_attention_heads": 3}, "do not fit"),
        ({"decoder_layers": 0}, "do not fit"),
        ({"max_position_embeddings": 120}, "do not fit"),
        ({"decoder_layers": 1}, "has more than config.json says"),
        ({"decoder_layers": 3}, "model.safetensors cannot be used"),
    ],
)
def test_refuses_to_begin_with_a_model_of_another_kind(
    tmp_path: Path, change: dict[str, str | int], problem: str
) -> None:
    path = pairs_file(tmp_path, rows(10))
    model = Path(shutil.copytree(PACKAGED_MODELS / "compact", tmp_path / "model"))
    config = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps(config | change))

    with pytest.raises(SharedVocabularyError, match=problem):
        prepare_toy(tmp_path / "run", Sources(files=[path], columns=COLUMNS), from_model=model)


def test_refuses_weights_with_a_bias_that_would_be_lost(tmp_path: Path) -> None:
    model = Path(shutil.copytree(PACKAGED_MODELS / "compact", tmp_path / "model"))
    weights = load_file(model / "model.safetensors")
    save_file(weights | {"final_logits_bias": torch.ones(1, 8001)}, model / "model.safetensors")
    sources = Sources(files=[pairs_file(tmp_path, rows(10))], columns=COLUMNS)

    with pytest.raises(SharedVocabularyError, match="a bias of its output"):
        prepare_toy(tmp_path / "run", sources, from_model=model)


def test_a_plan_comes_back_from_disk(prepared: Path) -> None:
    plan = Plan.load(prepared)
    (prepared / "copy").mkdir(exist_ok=True)
    plan.save(prepared / "copy")

    assert Plan.load(prepared / "copy") == plan


def test_sizes_are_nine_and_eighteen_million_parameters() -> None:
    assert SIZES == {
        "small": {"width": 256, "feed_forward": 1024, "heads": 4},
        "medium": {"width": 384, "feed_forward": 1536, "heads": 6},
    }


@pytest.mark.parametrize("name", ["compact", "opus.2", "my-model_3"])
def test_a_name_is_letters_digits_and_dashes(name: str) -> None:
    assert NAME.fullmatch(name)


@pytest.mark.parametrize("name", ["", ".hidden", "a b", "a/b", "модель", "x" * 101])
def test_other_names_are_none(name: str) -> None:
    assert not NAME.fullmatch(name)
