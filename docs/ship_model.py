"""Let a model that `triptych train` made take the place of the packaged one of the same name.

python docs/ship_model.py .work/compact/model

Weights are taken over; golden sentences, where its attention looks, and checksums are made anew.
Its card, licences and scores (`make scores`) are for a person to bring up to date.
"""

import filecmp
import shutil
import sys
from pathlib import Path

from service.mt.attention import write_attention
from service.mt.calibration import calibrate
from service.mt.catalogue import PACKAGED_MODELS
from service.mt.golden import SENTENCES, write_golden
from service.mt.model_folder import (
    MANIFEST,
    SUMS,
    WEIGHTS,
    check_model,
    read_model_folder,
    write_sums,
)
from service.mt.training.export import read_shape

SAME = ("source.spm", "target.spm", "vocab.json")


def main(trained: Path) -> None:
    """Ship the model."""
    model = check_model(read_model_folder(trained)).folder
    packaged = PACKAGED_MODELS / model.name
    if not packaged.is_dir():
        sys.exit(f"no packaged model is called {model.name}")
    different = [
        file for file in SAME if not filecmp.cmp(trained / file, packaged / file, shallow=False)
    ]
    if different or read_shape(trained) != read_shape(packaged):
        sys.exit(f"{trained} has not the shape and vocabulary of {packaged}")
    (packaged / SUMS).unlink()
    shutil.copyfile(trained / WEIGHTS, packaged / WEIGHTS)
    directions = read_model_folder(packaged).tags
    write_golden(packaged, {direction: SENTENCES[direction.source] for direction in directions})
    attention = calibrate(check_model(read_model_folder(packaged)))
    if attention is not None:
        write_attention(packaged, attention, manifest=MANIFEST)
    write_sums(packaged)
    print(f"{packaged}: {attention}")  # noqa: T201 - what was measured, for whoever ships it


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and a folder
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
