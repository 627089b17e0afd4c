"""Let a model that `triptych train` made take the place of the packaged one of the same name.

python docs/ship_model.py .work/compact/model

Weights are taken over; golden sentences, where its attention looks, and checksums are made anew.
Its card, licences and scores (`make scores`) are for a person to bring up to date.
"""

import shutil
import sys
from pathlib import Path

from service.mt.attention import write_attention
from service.mt.calibration import calibrate
from service.mt.catalogue import PACKAGED_MODELS
from service.mt.golden import SENTENCES, write_golden
from service.mt.model_folder import (
    MANIFEST,
    WEIGHTS,
    check_model,
    read_model_folder,
    write_sums,
)

SAME = ("source.spm", "target.spm", "vocab.json", "config.json")


def main(trained: Path) -> None:
    """Ship the model."""
    model = read_model_folder(trained)
    packaged = PACKAGED_MODELS / model.name
    for file in SAME:
        if (trained / file).read_bytes() != (packaged / file).read_bytes():
            sys.exit(f"{file} differs from that of {packaged}: a model of another kind")
    shutil.copyfile(trained / WEIGHTS, packaged / WEIGHTS)
    (packaged / "SHA256SUMS").unlink()
    directions = read_model_folder(packaged).tags
    write_golden(packaged, {direction: SENTENCES[direction.source] for direction in directions})
    attention = calibrate(check_model(read_model_folder(packaged)))
    if attention is not None:
        write_attention(packaged, attention, manifest=MANIFEST)
    write_sums(packaged)
    print(f"{packaged}: {attention}")  # noqa: T201 - what was measured, for whoever ships it


if __name__ == "__main__":
    main(Path(sys.argv[1]))
