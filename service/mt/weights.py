"""Weights kept as a pickle become safetensors, and nothing that is in the pickle is run."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from service.mt.errors import RefusedPickleError
from service.mt.model_folder import PICKLE, SHARED, WEIGHTS

if TYPE_CHECKING:
    from torch import Tensor

TIED: Final = frozenset(
    {"model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight", "lm_head.weight"}
)
"""Copies of `SHARED`: transformers ties them to it when it loads a Marian model."""
COMPUTED: Final = frozenset(
    {"model.encoder.embed_positions.weight", "model.decoder.embed_positions.weight"}
)
"""Sines and cosines, which transformers computes anew and does not save."""


def convert_pickle(folder: Path) -> None:
    """Write ``model.safetensors`` from ``pytorch_model.bin``, and delete the latter.

    The pickle is read by torch's restricted loader, which knows tensors and plain containers and
    refuses every other name in it before that is called. Numbers stay as they are stored.

    Raises:
        RefusedPickleError: If there is anything but the tensors of a Marian model.
        OSError: If the weights cannot be written.
    """
    from safetensors.torch import save  # noqa: PLC0415 - heavy imports are lazy

    tensors = _tensors(folder, _load(folder))
    (folder / WEIGHTS).write_bytes(save(tensors, metadata={"format": "pt"}))
    (folder / PICKLE).unlink()


def _load(folder: Path) -> Any:
    import torch  # noqa: PLC0415 - heavy imports are lazy

    try:
        return torch.load(folder / PICKLE, map_location="cpu", weights_only=True)
    except Exception as error:  # bytes that anybody made can make a parser raise anything
        problem = "it holds more than tensors, or is damaged"
        raise RefusedPickleError(folder, PICKLE, problem) from error


def _tensors(folder: Path, state: Any) -> "dict[str, Tensor]":
    """Return the tensors that a Marian model is saved with: each once, none that is computed."""
    import torch  # noqa: PLC0415 - heavy imports are lazy

    if not isinstance(state, dict) or not isinstance(state.get(SHARED), torch.Tensor):
        raise RefusedPickleError(folder, PICKLE, f"it has no {SHARED}")
    tensors: dict[str, Tensor] = {}
    for name, tensor in state.items():
        if not isinstance(name, str) or not isinstance(tensor, torch.Tensor):
            raise RefusedPickleError(folder, PICKLE, "it holds more than named tensors")
        if not tensor.is_floating_point() or tensor.layout != torch.strided:
            raise RefusedPickleError(folder, PICKLE, "it has a tensor of another kind than weights")
        if name in TIED and not torch.equal(tensor, state[SHARED]):
            raise RefusedPickleError(folder, PICKLE, f"its {name[:40]} differs from {SHARED}")
        if name not in TIED | COMPUTED:
            # A copy of its own: views into one storage are no separate tensors to safetensors.
            tensors[name] = tensor.detach().clone().contiguous()
    return tensors
