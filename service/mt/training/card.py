"""The card of a trained model: what it is, what it was made of, how good it is."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from service.mt.model_folder import write_sums
from service.mt.training.plan import Plan
from service.mt.training.schedule import Progress
from service.mt.training.score import SENTENCES, Scores


def write_card(folder: Path, plan: Plan, progress: Progress, scores: Scores | None) -> None:
    """Write ``README.md`` and the checksums of all files into a model's folder."""
    text = "\n".join(_lines(plan, progress, scores)) + "\n"
    (folder / "README.md").write_text(text, encoding="utf-8")
    write_sums(folder)


def _lines(plan: Plan, progress: Progress, scores: Scores | None) -> Iterator[str]:
    shape = plan.shape
    begin = f"from the weights of {plan.from_model}" if plan.from_model else "from nothing"
    directions = ", ".join(map(str, plan.directions))
    yield f"# {plan.name}"
    yield ""
    yield f"A MarianMT model for {directions}, trained {begin} with `triptych train`:"
    yield (
        f"width {shape.width}, {shape.encoder_layers} encoder and {shape.decoder_layers} decoder "
        f"layers, {shape.vocabulary - 1:,} pieces; {progress.tokens / 1e6:.1f} million target "
        f"tokens in {progress.seconds / 3600:.1f} hours ({progress.step:,} steps)."
    )
    yield "Check every sentence that it translates."
    if scores is not None:
        yield ""
        yield (
            "On its development set, the model alone; chrF of greedy translations of "
            f"{SENTENCES} sentences at most, by sacrebleu's defaults:"
        )
        yield ""
        yield "| direction | nats a token | chrF |"
        yield "|---|---|---|"
        for direction, loss in scores.loss.items():
            yield f"| {direction} | {loss:.3f} | {scores.chrf[direction]:.1f} |"
    yield ""
    yield "## Data"
    yield ""
    yield f"Licence of the data, as said by who trained it: {plan.data_licence}."
    yield ""
    yield "| domain | " + " | ".join(plan.pairs) + " | times an epoch |"
    yield "|---|" + "---|" * (len(plan.pairs) + 1)
    for domain in sorted({domain for counts in plan.pairs.values() for domain in counts}):
        cells = (f"{counts.get(domain, 0):,}" for counts in plan.pairs.values())
        yield f"| {domain} | " + " | ".join(cells) + f" | {plan.weights.get(domain, 1):g} |"
    for languages, left_out in plan.left_out.items():
        if left_out:
            yield ""
            yield f"Left out of {languages}: {_counts(left_out)}."
    if renamed := {languages: count for languages, count in plan.renamed.items() if count}:
        yield ""
        yield f"Pairs that are there again with other names: {_counts(renamed)}."


def _counts(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return ", ".join(f"{count:,} {reason}" for reason, count in ordered)
