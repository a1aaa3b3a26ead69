"""When the scheduled job runs: a cron expression or an interval of indexer.toml as a trigger of APScheduler."""

import re
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from indexer.model.errors import ConfigError
from indexer.model.settings import ScheduleSettings

FIRST_RETRY = 60  # seconds; the target may be starting, and a lock left by a crash counts as alive for twice as long
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
FIELDS = "minute hour day-of-month month day-of-week, such as 0 2 * * * for every night at two."
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def trigger(schedule: ScheduleSettings) -> BaseTrigger:
    """The trigger of `[schedule]`; cron expressions are read in the local time zone (TZ).

    Raises ConfigError, which names the key, for a schedule that is not there or says nothing.
    """
    if bool(schedule.cron) == bool(schedule.every):
        raise ConfigError(
            "schedule: give either schedule.cron or schedule.every",
            advice='In indexer.toml: [schedule] with cron = "0 2 * * *" or every = "1h".',
        )
    jitter = schedule.jitter or None
    if schedule.every:
        return IntervalTrigger(seconds=seconds(schedule.every), jitter=jitter)
    return cron_trigger("schedule.cron", schedule.cron, jitter)


def cron_trigger(key: str, expression: str, jitter: int | None = None) -> BaseTrigger:
    """The trigger of a cron expression; `key` is the setting that it is of. Raises ConfigError."""
    cron = _cron(key, expression, jitter)
    if cron.get_next_fire_time(None, datetime.now(UTC)) is None:
        raise ConfigError(f"{key}: {expression!r} never comes", advice=FIELDS)
    return cron


def retry(failures: int, ended: datetime, due: datetime) -> datetime:
    """When to try again after so many failures in a row: a minute after the first, then twice as long each time, and
    never later than the next run is `due`.
    """
    wait = min(FIRST_RETRY << (failures - 1), (due - ended).total_seconds())
    return ended + timedelta(seconds=wait)


def seconds(text: str) -> int:
    """`90s`, `15m`, `1h`, `1h30m`, `1d` in seconds. Raises ConfigError."""
    if not re.fullmatch(r"(\d+[smhd])+", text) or not (
        total := sum(int(number) * UNITS[unit] for number, unit in re.findall(r"(\d+)([smhd])", text))
    ):
        raise ConfigError(
            f"schedule.every: {text!r} is not a time", advice="Such as 15m, 1h, 1h30m or 1d (s, m, h and d are known)."
        )
    return total


def _cron(key: str, expression: str, jitter: int | None) -> BaseTrigger:
    """Cron's own rules where APScheduler has others: 0 and 7 are Sunday, and with both a day of the month and a day of
    the week either is enough.
    """
    fields = expression.split()
    if len(fields) != 5:
        raise ConfigError(
            f"{key}: {expression!r} has {len(fields)} fields, not five",
            advice=FIELDS,
        )
    minute, hour, day, month, weekday = fields
    try:
        weekdays = _weekdays(weekday)
        times = {"minute": minute, "hour": hour, "month": month}
        if day.startswith("*") or weekday.startswith("*"):
            return CronTrigger(**times, day=day, day_of_week=weekdays, jitter=jitter)
        either = [CronTrigger(**times, day=day), CronTrigger(**times, day_of_week=weekdays)]
        return OrTrigger(either, jitter=jitter)
    except ValueError as error:
        raise ConfigError(
            f"{key}: {expression!r} is not a cron expression: {error}",
            advice=FIELDS,
        ) from None


def _weekdays(field: str) -> str:
    """The days of the week by name: to cron 0 is Sunday, to APScheduler Monday. Raises ValueError."""
    named: list[str] = []
    for part in field.lower().split(","):
        found = re.fullmatch(r"(?:(\*)|([0-7]|[a-z]{3})(?:-([0-7]|[a-z]{3}))?)(?:/(\d+))?", part)
        if found is None:
            raise ValueError(f"{part!r} is not a day of the week")
        every, first, last, step = found.groups()
        start = 0 if every else _day(first)
        end = 6 if every else _day(last or first)
        if end < start:
            end += 7  # fri-mon, and 5-0
        if step == "0":
            raise ValueError(f"{part!r} steps nowhere")
        named += [DAYS[number % 7] for number in range(start, end + 1, int(step or 1))]
    return ",".join(dict.fromkeys(named))


def _day(text: str) -> int:
    if text.isdigit():
        return int(text)
    if text not in DAYS:
        raise ValueError(f"{text!r} is not a day of the week")
    return DAYS.index(text)
