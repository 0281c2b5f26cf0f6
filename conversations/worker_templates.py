"""Reviewed texts a worker can send at a time of their choosing, in the client's language (domain guide 3.12).

They say nothing of goals or steps, so they fit a shared phone as well, and each opens a talk rather than closing one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conversations.effects import Sentence
from conversations.marking import N_
from conversations.notation import _


@dataclass(frozen=True, slots=True)
class WorkerTemplate:
    """`use` tells the worker what the text is for."""

    name: str
    use: str
    says: Sentence


def _template(name: str, use: str, text: str) -> WorkerTemplate:
    return WorkerTemplate(name, use, Sentence(f"worker_template/{name}", text))


WORKER_TEMPLATES: Mapping[str, WorkerTemplate] = {
    template.name: template
    for template in (
        _template(
            "cheer",
            N_("Cheer on before a step"),
            _("Hi {name}, it's {worker}. Your step is coming up and you have a plan. I'm cheering for you."),
        ),
        _template(
            "your_plan",
            N_("Thinking of your plan"),
            _("Hi {name}, it's {worker}. I was thinking of your plan. How is it going?"),
        ),
        _template(
            "help",
            N_("Offer help"),
            _("Hi {name}, it's {worker}. How can I help this week?"),
        ),
        _template(
            "went_well",
            N_("Ask what went well"),
            _("Hi {name}, it's {worker}. What went well this week, even something small?"),
        ),
        _template(
            "plans_change",
            N_("Say that plans may change"),
            _("Hi {name}, it's {worker}. Plans change, and that's OK. Text 0 any time to reach me."),
        ),
    )
}
