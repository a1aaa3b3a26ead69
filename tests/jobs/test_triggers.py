"""The times of the scheduled job: cron expressions as cron reads them, and intervals."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from indexer.jobs.triggers import retry, seconds, trigger
from indexer.model.errors import ConfigError
from indexer.model.settings import ScheduleSettings

MONDAY = datetime(2026, 11, 30, 12, 0)  # in the machine's own time zone, as cron's


def times(cron: str, count: int, start: datetime = MONDAY) -> list[str]:
    made = trigger(ScheduleSettings(cron=cron))
    zone = made.timezone if hasattr(made, "timezone") else made.triggers[0].timezone
    found: list[str] = []
    before, now = None, start.replace(tzinfo=zone)
    for _ in range(count):
        before = made.get_next_fire_time(before, now)
        found.append(before.strftime("%a %d %H:%M"))
        now = before + timedelta(seconds=1)
    return found


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("0 2 * * *", ["Tue 01 02:00", "Wed 02 02:00"]),
        ("*/20 * * * *", ["Mon 30 12:00", "Mon 30 12:20"]),
        ("30 4 * * 0", ["Sun 06 04:30", "Sun 13 04:30"]),
        ("30 4 * * 7", ["Sun 06 04:30", "Sun 13 04:30"]),
        ("0 0 * * 1-5", ["Tue 01 00:00", "Wed 02 00:00"]),
        ("0 0 * * fri-mon/2", ["Fri 04 00:00", "Sun 06 00:00"]),
        ("0 0 * * sat,SUN", ["Sat 05 00:00", "Sun 06 00:00"]),
        ("0 0 3 * 6", ["Thu 03 00:00", "Sat 05 00:00"]),  # either of the two
        ("0 0 1 * *", ["Tue 01 00:00", "Fri 01 00:00"]),
    ],
)
def test_cron_expressions_mean_what_they_mean_to_cron(cron: str, expected: list[str]) -> None:
    assert times(cron, 2) == expected


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "either schedule.cron or schedule.every"),
        ({"cron": "0 2 * * *", "every": "1h"}, "either schedule.cron or schedule.every"),
        ({"cron": "0 2 * *"}, "has 4 fields, not five"),
        ({"cron": "0 25 * * *"}, "is not a cron expression"),
        ({"cron": "0 2 30 2 *"}, "never comes"),
        ({"cron": "0 2 * * 8"}, "'8' is not a day of the week"),
        ({"cron": "0 2 * * */0"}, "steps nowhere"),
        ({"cron": "0 2 * * xyz"}, "'xyz' is not a day of the week"),
        ({"every": "soon"}, "schedule.every: 'soon' is not a time"),
        ({"every": "0h"}, "schedule.every: '0h' is not a time"),
        ({"every": "90"}, "schedule.every: '90' is not a time"),
    ],
)
def test_a_schedule_that_says_nothing_is_refused_by_its_key(settings: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=said.replace("*", r"\*")):
        trigger(ScheduleSettings.model_validate(settings))


def test_intervals() -> None:
    assert [seconds(text) for text in ("90s", "15m", "1h", "1h30m", "1d")] == [90, 900, 3600, 5400, 86_400]


def test_a_jitter_puts_off_and_never_brings_forward() -> None:
    made = trigger(ScheduleSettings(cron="0 2 * * *", jitter=600))
    zone: ZoneInfo = made.timezone
    due = datetime(2026, 12, 1, 2, 0, tzinfo=zone)
    found = {made.get_next_fire_time(None, MONDAY.replace(tzinfo=zone)) - due for _ in range(20)}
    assert len(found) > 1
    assert all(timedelta(0) <= late <= timedelta(minutes=10) for late in found)


@pytest.mark.parametrize(
    ("failures", "due", "minutes"),
    [(1, 60, 1), (2, 60, 2), (3, 60, 4), (6, 60, 32), (7, 60, 60), (1, 0.5, 0.5), (4, 3, 3), (10_000, 1440, 1440)],
)
def test_a_failure_is_tried_again_after_a_minute_and_then_ever_later_up_to_the_next_run(
    failures: int, due: float, minutes: float
) -> None:
    assert retry(failures, MONDAY, MONDAY + timedelta(minutes=due)) == MONDAY + timedelta(minutes=minutes)
