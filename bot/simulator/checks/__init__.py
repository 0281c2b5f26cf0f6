"""What must hold in every simulation, each by its name. A check looks at what happened, not at how it was decided."""

from __future__ import annotations

from collections.abc import Mapping

from bot.simulator.checks import answer_checks, consent_checks, person_checks, privacy_checks, time_checks
from bot.simulator.findings import Check, Verdict
from bot.simulator.history import Evidence

CHECKS: Mapping[str, Check] = {
    "no text after stop": consent_checks.no_text_after_stop,
    "none outside the hours": time_checks.none_outside_the_hours,
    "no cap exceeded": time_checks.no_cap_exceeded,
    "nothing to the closed": consent_checks.nothing_to_the_closed,
    "nothing by itself beside a person": consent_checks.nothing_by_itself_beside_a_person,
    "no text twice": consent_checks.no_text_twice,
    "every danger is told": person_checks.every_danger_is_told,
    "promises are timed": person_checks.promises_are_timed,
    "promises are kept or owned up": person_checks.promises_are_kept_or_owned_up,
    "every text is answered": answer_checks.every_text_is_answered,
    "every talk waits or is over": answer_checks.every_talk_waits_or_is_over,
    "nudges are settled": answer_checks.nudges_are_settled,
    "nothing set aside": answer_checks.nothing_set_aside,
    "in the client's language": privacy_checks.in_the_clients_language,
    "no goal on a shared phone": privacy_checks.no_goal_on_a_shared_phone,
    "no private number kept": privacy_checks.no_private_number_kept,
    "only visits that stand": time_checks.only_visits_that_stand,
    "a free time is one visit's": time_checks.a_free_time_is_one_visits,
}


def judge(evidence: Evidence) -> list[Verdict]:
    """Every check over all that happened."""
    return [
        Verdict(name, " ".join((check.__doc__ or "").split())).take(check(evidence)) for name, check in CHECKS.items()
    ]
