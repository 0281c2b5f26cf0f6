"""What is said of goals, steps and plans."""

from __future__ import annotations

from bot.wording import Words

OWNERS = Words({"client": "the client", "worker": "the worker"})
"""Whose the next step is."""

GOAL_STATUSES = Words(
    {
        "active": "under way",
        "achieved": "reached",
        "replaced": "replaced",
        "paused": "resting",
        "released": "let go",
    }
)

STEP_STATUSES = Words(
    {
        "planned": "planned",
        "done": "done",
        "some": "some of it done",
        "not_yet": "not yet",
        "changed": "plans changed",
        "no_reply": "no answer",
    }
)

GOAL_EVENTS = Words(
    {
        "set": "Set",
        "revised": "Revised",
        "achieved": "Reached",
        "replaced": "Replaced by another goal",
        "paused": "Put to rest",
        "resumed": "Taken up again",
        "released": "Let go",
    }
)

PLAN_PARTS = Words(
    {
        "text": "Goal",
        "meaning": "Why",
        "difficulty": "Size",
        "step.text": "Step",
        "step.when": "When",
        "step.where": "Where",
        "step.support": "Who helps",
        "step.obstacle": "Pothole",
        "step.detour": "Detour",
        "step.first_action": "First action",
        "step.reminder": "Reminder",
    }
)

PLAN_WORDS = Words(
    {
        "easy": "easy",
        "just_right": "just right",
        "a_lot": "a lot",
        "that_morning": "that morning",
        "hour_before": "one hour before",
        "night_before": "the night before",
        "none": "none",
    }
)

CHANGE_REASONS = Words(
    {
        "step": "another step",
        "when": "another time",
        "where": "another place or way",
        "pothole": "another pothole",
        "next_step": "the next step",
        "new_time": "a new time",
        "smaller": "a smaller step",
        "smaller_step": "a smaller step",
        "new_plan": "a new plan",
        "new_goal": "a new goal",
        "shared": "shared with the worker",
        "not_shared": "not shared with the worker",
        "that_morning": "reminder that morning",
        "hour_before": "reminder one hour before",
        "night_before": "reminder the night before",
        "none": "no reminder",
    }
)
