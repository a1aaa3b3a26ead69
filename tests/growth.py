"""How work grows with its input. What is quadratic is told as such, on any machine, and not by a test that hangs."""

import time
from collections.abc import Callable

TIMES = 8
TRIES = 3  # what else the machine does costs processor time, too, now and then


def check_growth(work: Callable[[int], object], size: int) -> None:
    """For eight times the input, work that is linear takes eight times the processor time, and quadratic 64 times:
    what lies between them is told apart, however fast the machine is and whatever else it does.
    """
    for _ in range(TRIES):
        small = min(_spent(work, size // TIMES) for _ in range(3))
        large = _spent(work, size)
        if large < 3 * TIMES * small:
            return
    raise AssertionError(f"{small:.4f} s for {size // TIMES}, {large:.4f} s for {size}, {TRIES} times")


def _spent(work: Callable[[int], object], size: int) -> float:
    began = time.process_time()
    work(size)
    return time.process_time() - began
