"""Many row numbers in few words, as the audit log names them: "1-200,205"."""

from collections.abc import Iterable


def compact(numbers: Iterable[int]) -> str:
    """The numbers as ranges, in order; "" for none."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(f"{first}-{last}" if first != last else f"{first}" for first, last in runs)


def ranges(said: str) -> list[tuple[int, int]]:
    """The first and last number of each range that `compact` wrote."""
    parts = [part.partition("-") for part in said.split(",") if part]
    return [(int(first), int(last or first)) for first, _, last in parts]
