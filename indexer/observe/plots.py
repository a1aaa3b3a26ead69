"""The time line of a run as one picture (SVG): books, rate and batch times below each other, with what was tried again.

Drawn by matplotlib, which is the extra `report`. It takes a good part of a second to import: nothing here is imported
where no picture is asked for.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta, tzinfo
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from indexer.observe.spans import began, elapsed, spans

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLORS = {  # of Okabe and Ito: told apart by the colour-blind, too; the lines differ beside
    "read": ("#000000", "-"),
    "indexed": ("#0072b2", "-"),
    "unchanged": ("#56b4e9", "--"),
    "deleted": ("#cc79a7", "-."),
    "filtered": ("#e69f00", ":"),
    "rejected": ("#d55e00", "--"),
}
STEPS = 80  # of the line of the rate
TENTHS = 8  # seconds: a shorter run's times are told with tenths
PAUSE, RETRY = "#f5d9c8", "#d55e00"
TEXTS = {
    "so_far": "records so far",
    "rate": "documents a second",
    "mean": "mean of all batches",
    "longest": "longest batch",
    "seconds": "seconds a batch",
    "retried": "request tried again",
    "waited": "waiting to try again",
    "time": "time of day (UTC)",
}


def available() -> bool:
    return find_spec("matplotlib") is not None


def svg(report: Mapping[str, Any], texts: Mapping[str, str] = TEXTS, written: Callable[[str], str] = str) -> str:
    """The picture, its words those of `texts` (and `books_read`, ...), its numbers `written` otherwise than in English;
    "" where there is nothing to draw, or nothing to draw with.
    """
    if not available() or not spans(report):
        return ""
    import matplotlib
    from matplotlib.figure import Figure

    series, width = report["timeline"], report["timeline"]["seconds_a_bucket"]
    count = len(series["documents"])
    start = began(report)
    middle = [start + timedelta(seconds=(index + 0.5) * width) for index in range(count)]
    ends = [start, *(start + timedelta(seconds=min((index + 1) * width, elapsed(report))) for index in range(count))]
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "report", "font.family": "sans-serif"}):
        figure = Figure(figsize=(10, 7), layout="constrained")
        books, rates, batches = figure.subplots(3, 1, sharex=True, height_ratios=(3, 2, 2))
        for column, (color, style) in COLORS.items():
            values = series["books"].get(column, [])
            if any(values):
                label = texts.get(f"books_{column}", column)
                books.plot(ends, [0, *values], color=color, linestyle=style, linewidth=1.6, label=label)
        step = -(-count // STEPS)  # batches are large: too fine, the rate goes up and down between none and one
        rate = [
            sum(series["documents"][at : at + step]) / (min(step, count - at) * width) for at in range(0, count, step)
        ]
        rates.step([*ends[:-1:step], ends[-1]], [*rate, rate[-1]], where="post", color="#0072b2", label=texts["rate"])
        answered = [index for index, number in enumerate(series["batches"]) if number]
        for name, color, style in (("longest", "#e69f00", "--"), ("mean", "#0072b2", "-")):
            values = [series[f"{name}_batch_seconds"][index] for index in answered]
            times = [middle[index] for index in answered]
            batches.plot(times, values, color=color, linestyle=style, label=texts[name])
        retried = [time for time, number in zip(middle, series["retries"], strict=True) if number]
        if retried:
            top = rates.get_ylim()[1]
            rates.scatter(retried, [top] * len(retried), marker="v", color=RETRY, label=texts["retried"], zorder=3)
        for axes in (books, rates, batches):
            _mark(axes, start, series["pauses"], texts["waited"], written)
        books.set_ylabel(texts["so_far"])
        rates.set_ylabel(texts["rate"])
        batches.set_ylabel(texts["seconds"])
        batches.set_xlabel(texts["time"])
        _times(batches, elapsed(report), start.tzinfo)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    drawn = file.getvalue()
    return drawn[drawn.index("<svg") :]  # what stands before is for a file of its own


def _mark(
    axes: "Axes", start: Any, pauses: Sequence[Sequence[float]], label: str, written: Callable[[str], str]
) -> None:
    """Waits, numbers as people write them, and which line is which."""
    from matplotlib.ticker import FuncFormatter

    for number, (since, until) in enumerate(pauses):
        axes.axvspan(
            start + timedelta(seconds=since),
            start + timedelta(seconds=until),
            color=PAUSE,
            zorder=0,
            label=label if not number else None,
        )
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: written(plain(value))))
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=6, frameon=False, fontsize="small")


def _times(axes: "Axes", seconds: float, zone: tzinfo | None) -> None:
    from matplotlib.dates import AutoDateLocator, DateFormatter
    from matplotlib.ticker import FuncFormatter

    form = "%H:%M:%S" if seconds < 1200 else "%H:%M" if seconds < 86_400 else "%d %b %H:%M"
    axes.xaxis.set_major_locator(AutoDateLocator(tz=zone, minticks=2, maxticks=8))
    axes.xaxis.set_major_formatter(DateFormatter(form, tz=zone))
    if seconds < TENTHS:
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _place: _fraction(value, zone)))


def _fraction(value: float, zone: tzinfo | None) -> str:
    from matplotlib.dates import num2date

    return str(num2date(value, tz=zone).strftime("%H:%M:%S.%f"))[:-5]


def plain(value: float) -> str:
    """`4,000`, `0.25`: no powers of ten."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4f}".rstrip("0").rstrip(".")
