"""The weather that trials choose from."""

from __future__ import annotations

from bot.trust.provider_faults import Fault, Weather

FAULTS = {
    Fault.TOO_MANY: 0.04,
    Fault.BROKEN: 0.02,
    Fault.HANG: 0.005,
    Fault.RESET: 0.02,
    Fault.NOT_JSON: 0.005,
    Fault.ACCEPTED_BUT_RESET: 0.02,
    Fault.ACCEPTED_BUT_BROKEN: 0.02,
    Fault.ACCEPTED_BUT_HANG: 0.005,
    Fault.ACCEPTED_BUT_NOT_JSON: 0.005,
}
"""Of every kind some: 14 in 100 in all."""

STORM = Weather(
    faults=FAULTS | {Fault.SLOW: 0.05},
    lists_fail=0.05,
    reports_lost=0.1,
    reports_doubled=0.1,
    reports_early=0.1,
    reports_swapped=0.1,
    list_lag=0.5,
)

SHARE = sum(FAULTS.values())
