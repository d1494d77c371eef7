"""Processes that help this one, each at the other end of a pipe, and gone when this one is done with them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any, Final

from core.domain.errors import Unavailable

ENDED: Final = "A process that matched payments has ended before it was done; nothing was written."
_PATIENCE_S: Final = 10.0


class Helpers:
    """The processes that were started, and our ends of their pipes, in the same order."""

    def __init__(self, context: BaseContext) -> None:
        self._context = context
        self.processes: list[BaseProcess] = []
        self.ends: list[Connection] = []

    def start(self, work: Callable[..., None], arguments: Callable[[Connection], tuple[Any, ...]]) -> None:
        """One more process; `arguments` makes those of its work out of its end of the pipe."""
        ours, theirs = self._context.Pipe()
        self.ends.append(ours)
        # Every context has processes of its own kind, which its common type does not tell.
        process: BaseProcess = self._context.Process(target=work, args=arguments(theirs), daemon=True)  # type: ignore[attr-defined]
        process.start()
        self.processes.append(process)
        theirs.close()


@contextmanager
def helped(context: BaseContext) -> Iterator[Helpers]:
    """Helpers to be started, ended with this block, however that ends; `Unavailable` where one of them ended before."""
    helpers = Helpers(context)
    try:
        yield helpers
    except (EOFError, ConnectionError) as error:
        raise Unavailable(ENDED) from error
    finally:
        for end in helpers.ends:
            end.close()
        for process in helpers.processes:
            process.join(_PATIENCE_S)
            if process.is_alive():
                process.kill()
                process.join()
