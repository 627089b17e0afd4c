"""Check everything about an installed model, down to what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from service.mt.ctranslate2_engine import CTranslate2Engine
from service.mt.engine import Engine
from service.mt.errors import BrokenModelError, WrongAnswersError
from service.mt.golden import compare_with_golden, read_golden, try_sentences
from service.mt.model_folder import (
    MANIFEST,
    SUMS,
    CheckedModel,
    ModelFolder,
    check_end,
    check_files,
    check_padding_row,
    check_sums,
    check_tags,
    checked_model,
)
from service.mt.tokenizer import END, Tokenizer
from service.mt.torch_engine import TorchEngine
from service.mt.translator import EngineName


class Part(StrEnum):
    """What is checked, in order."""

    FILES = "files"
    CHECKSUMS = "checksums"
    TAGS = "tags"
    END = "end"
    PADDING_ROW = "padding row"
    GOLDEN = "golden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What came of one part."""

    outcome: Literal["ok", "failed", "not checked"]
    note: str
    """What was found, why it was not checked, or what is wrong and how to mend it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedUp:
    """A model and what came of each part."""

    model: ModelFolder
    findings: Mapping[Part, Finding]

    @property
    def problems(self) -> list[str]:
        """What is wrong, in words."""
        return [each.note for each in self.findings.values() if each.outcome == "failed"]


def check_up(model: ModelFolder, *, engine: EngineName, cache_dir: Path, threads: int) -> CheckedUp:
    """Check a model's files, checksums, tags, end, padding row, and what it answers.

    Where its files cannot be used nothing else is checked, and it is asked for answers only if
    all the rest is as it should be.

    Args:
        model: The model.
        engine: What runs it.
        cache_dir: Where models converted for CTranslate2 are kept.
        threads: Cores to use.

    Raises:
        ModelCacheError: If a converted model cannot be kept.
    """
    findings = dict.fromkeys(Part, Finding(outcome="not checked", note="after what is wrong"))
    try:
        digests = check_files(model)
    except BrokenModelError as error:
        findings[Part.FILES] = _failed(error)
        return CheckedUp(model=model, findings=findings)
    findings[Part.FILES] = _ok(f"{len(digests)} needed, all there")
    findings[Part.CHECKSUMS] = _finding(lambda: _check_sums(model, digests))
    findings[Part.TAGS] = _finding(lambda: _check_tags(model))
    findings[Part.END] = _finding(lambda: _check_end(model))
    findings[Part.PADDING_ROW] = _finding(lambda: _check_padding_row(model))
    if not any(each.outcome == "failed" for each in findings.values()):
        checked = checked_model(model, digests)
        findings[Part.GOLDEN] = _finding(
            lambda: _check_answers(checked, engine, cache_dir=cache_dir, threads=threads)
        )
    return CheckedUp(model=model, findings=findings)


def _ok(note: str) -> Finding:
    return Finding(outcome="ok", note=note)


def _failed(error: BrokenModelError) -> Finding:
    return Finding(outcome="failed", note=str(error))


def _finding(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except BrokenModelError as error:
        return _failed(error)


def _check_sums(model: ModelFolder, digests: Mapping[str, str]) -> Finding:
    files = check_sums(model, digests)
    if not files:
        return Finding(outcome="not checked", note=f"there is no {SUMS}")
    return _ok(f"{files} files are as {SUMS} says")


def _check_tags(model: ModelFolder) -> Finding:
    check_tags(model)
    return _ok(", ".join(f"{direction} {tag or '-'}" for direction, tag in model.tags.items()))


def _check_end(model: ModelFolder) -> Finding:
    check_end(model)
    return _ok(END)


def _check_padding_row(model: ModelFolder) -> Finding:
    if not model.has_manifest:
        return Finding(outcome="not checked", note=f"it has no {MANIFEST}")
    check_padding_row(model)
    return _ok("zero")


def _check_answers(
    checked: CheckedModel, engine: EngineName, *, cache_dir: Path, threads: int
) -> Finding:
    """Compare answers with golden sentences, which are float32; else look at some as it is run."""
    model = checked.folder
    golden = read_golden(model)
    tokenizer = Tokenizer(model.path)
    running: Engine
    if engine == "transformers":
        running = TorchEngine(checked, tokenizer=tokenizer, threads=threads)
    else:
        running = CTranslate2Engine(
            checked,
            cache_dir=cache_dir,
            threads=threads,
            quantization="float32" if golden else None,
        )
    problems = (
        compare_with_golden(model, golden, tokenizer=tokenizer, engine=running)
        if golden
        else try_sentences(model, tokenizer=tokenizer, engine=running)
    )
    if problems:
        raise WrongAnswersError(model.path, running.signature, problems)
    kind = "golden sentences" if golden else "test sentences"
    return _ok(f"{kind}, {running.signature}")
