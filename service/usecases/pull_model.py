"""Fetch a model from the hub by its name, and install it."""

from dataclasses import dataclass

from service.mt.catalogue import Catalogue
from service.mt.hub import Origin, Report, fetch_model, model_name


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledModel:
    """A model that was fetched and installed."""

    name: str
    origin: Origin


def pull_model(
    catalogue: Catalogue,
    name: str,
    *,
    revision: str | None = None,
    endpoint: str | None = None,
    report: Report | None = None,
) -> PulledModel:
    """Fetch an opus-mt model of our languages and install it, whole or not at all.

    Args:
        catalogue: Where it is installed.
        name: ``opus-mt-en-fr`` or ``Helsinki-NLP/opus-mt-en-fr``.
        revision: A branch, a tag or a commit; if not given, the newest of ``main``.
        endpoint: Address of the hub; if not given, the library's own.
        report: Told how far fetching is.

    Raises:
        UnknownModelError: If no model of that name can be fetched.
        ModelExistsError: If it is installed already; nothing is asked of the hub then.
        NotOnHubError: If the hub lacks it, the revision, or one of its files.
        HubError: If the hub cannot be reached, or sends something else than it lists.
        BrokenModelError: If it is no model as it should be, or its weights are refused.
        NoRoomError: If the disk is full.
        OSError: If it cannot be written.
    """
    plain = model_name(name)
    with catalogue.installing(plain) as folder:
        origin = fetch_model(plain, folder, revision=revision, endpoint=endpoint, report=report)
    return PulledModel(name=plain, origin=origin)
