"""The answers that a text offers are read from its words."""

import pytest

from conversations.menu_choices import choices_in


@pytest.mark.parametrize(
    ("body", "offered"),
    [
        ("How did it go? 1 done, 2 some of it, 3 not yet", ["done", "some of it", "not yet"]),
        ("¿Cuándo? 1 mié 9am, 2 viernes 6 mar 11am, 3 ninguna", ["mié 9am", "viernes 6 mar 11am", "ninguna"]),
        ("Is that right? 1 yes, 2 change it. Or text 0 for a person.", ["yes", "change it"]),
        ("كيف سار الأمر؟ 1 تم, 2 ليس بعد", ["تم", "ليس بعد"]),
        ("1 bread, milk, 2 eggs", ["bread, milk", "eggs"]),
        ("Call 1 school", []),
        ("At 11 am, 2 pm or 3 pm?", []),
        ("Take 1 of 3", []),
        ("Step 2 is next, 3 later", []),
        ("", []),
    ],
)
def test_the_choices_of_a_menu_are_read_in_order_and_nothing_else_is_one(body: str, offered: list[str]) -> None:
    choices = choices_in(body)
    assert [choice.label for choice in choices] == offered
    assert [choice.number for choice in choices] == [str(number) for number in range(1, len(offered) + 1)]
