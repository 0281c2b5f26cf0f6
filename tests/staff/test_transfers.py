"""The page on which clients are given on."""

from tests.staff.office import Browser, Office


async def test_a_caseload_is_given_on_with_three_clicks_and_taken_back_with_one(busy: Office, sue: Browser) -> None:
    page = await sue.get(f"/staff/transfers?from={busy.ana}")
    assert all(name in page for name in ("Maria", "Joe"))
    assert "Pat" not in page
    token = page.split('name="token" value="')[1][:32]
    chosen = {"token": token, "from": busy.ana, "to": busy.ben, "why": "Ana moves on", "client": busy.maria}
    page = await sue.post("/staff/transfers", **chosen)
    assert "1 client to Ben" in page
    assert "in other hands" in page
    again = await sue.post("/staff/transfers", **chosen)
    assert again.count("to Ben</strong>") == 1
    page = await sue.post(f"/staff/transfers/{token}/undo")
    assert "It is undone" in page
    assert "Maria" in await sue.get(f"/staff/transfers?from={busy.ana}")


async def test_what_is_missing_is_said_and_nothing_is_lost(busy: Office, sue: Browser) -> None:
    page = await sue.get(f"/staff/transfers?from={busy.ana}")
    token = page.split('name="token" value="')[1][:32]
    said = {"token": token, "from": busy.ana, "to": busy.ben, "client": busy.maria}
    page = await sue.post("/staff/transfers", **said, why="")
    assert (sue.status, "why they change hands" in page) == (422, True)
    assert f'value="{busy.maria}" checked' in page
    assert f'value="{busy.joe}" checked' not in page
    await sue.post("/staff/transfers", **{**said, "token": "no token"}, why="x")
    assert sue.status == 422
