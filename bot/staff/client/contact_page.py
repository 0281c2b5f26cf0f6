"""How a client may be reached: the yes or no to texts and what shows it, preferences, number, safety word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial

from aiohttp import web
from sqlalchemy.exc import IntegrityError

from bot.keys import CLOCK, COUNTY, LANGUAGES, READER, WRITER
from bot.phone_numbers import e164
from bot.site import render, see_other
from bot.staff import names, notices
from bot.staff.client.channels import channels_of
from bot.staff.fields import filled_in
from bot.staff.plain_words.clients import CHANNELS, PARTS_OF_DAY, RHYTHMS
from bot.staff.plain_words.filters import language
from bot.staff.writing.desk import known_of
from bot.wording import _
from conversations import understand
from conversations.consent import ENDED
from conversations.county import County
from conversations.effects import Preference
from conversations.events import OptedOut, PreferencesTold
from conversations.folding import fold
from conversations.situation import Client, Situation
from records import client_channels, consent_history, number_history, people
from records.channels import ChannelName
from records.engagement import CLIENT
from records.number_history import HeldNumber
from records.sessions import Session

HEARD = CHANNELS.only("voice", "in_person", "mail")
"""How a client can say it, other than by text."""

PREFERENCES = (Preference.LANGUAGE, Preference.RHYTHM, Preference.PART_OF_DAY, Preference.PHONE_IS_SHARED)

LONGEST_WORDS = 500
SHORTEST_WORD, LONGEST_WORD = 4, 40


async def show_contact(request: web.Request, me: Session) -> web.Response:
    return await _page(request, me, await known_of(request, me, request.match_info["id"]))


async def record_opt_out(request: web.Request, me: Session) -> web.Response:
    """As good as STOP, and the client is not texted about it. Sent twice, it is recorded once."""
    known = await known_of(request, me, request.match_info["id"])
    said = await filled_in(request, "channel", "words")
    if said["channel"] not in HEARD:
        return await _page(request, me, known, {"channel": _("Choose how they said it.")}, said, status=422)
    event = OptedOut(said["channel"], said["words"][:LONGEST_WORDS])
    await request.app[WRITER].act(known.client.id, event, me.staff_id)
    return _back(request, "opted-out")


async def set_preferences(request: web.Request, me: Session) -> web.Response:
    """What the client can set by text, set as they told a person; nothing changes without a word of theirs."""
    known = await known_of(request, me, request.match_info["id"])
    said = await filled_in(request, *PREFERENCES, "heard")
    problems = {} if said["heard"] in HEARD else {"heard": _("Choose how they said it.")}
    offered = offers(request.app[COUNTY])
    problems |= {name: _("Choose one of these.") for name in PREFERENCES if said[name] not in offered[name]}
    if said[Preference.PHONE_IS_SHARED] == "no" and known.others_here:
        problems[Preference.PHONE_IS_SHARED] = _(
            "%(others_here)s has the same number, so it is shared.", others_here=known.others_here[0]
        )
    if problems:
        return await _page(request, me, known, problems, said, status=422)
    stands = preferences_of(known.client)
    if changes := {name: said[name] for name in PREFERENCES if said[name] != stands[name]}:
        await request.app[WRITER].act(known.client.id, PreferencesTold(changes, said["heard"]), me.staff_id)
    return _back(request, "preferences-set")


async def set_channels(request: web.Request, me: Session) -> web.Response:
    """Where texts reach them, set as they told a person. To stop them all there is the opt-out."""
    known = await known_of(request, me, request.match_info["id"])
    said = await filled_in(request, "preferred_channel", "channels_heard", *ON.values())
    problems = {} if said["channels_heard"] in HEARD else {"channels_heard": _("Choose how they said it.")}
    changes: Mapping[Preference, str] = {}
    try:
        preferred = ChannelName(said["preferred_channel"])
        changes = client_channels.told(await channels_of(request, known.client.id), preferred, _switched_on(said))
    except client_channels.LastChannelError:
        problems["channels"] = _("Leave on at least one that reaches them. To stop all texts, use the form above.")
    except ValueError:
        problems["preferred_channel"] = _("Choose one that is on.")
    if problems:
        return await _page(request, me, known, problems, said, status=422)
    if changes:
        event = PreferencesTold(changes, said["channels_heard"])
        await request.app[WRITER].act(known.client.id, event, me.staff_id)
    return _back(request, "preferences-set")


ON = {name: f"on_{name}" for name in ChannelName}
"""The boxes of the form."""


def _switched_on(said: Mapping[str, str]) -> frozenset[ChannelName]:
    return frozenset(name for name, box in ON.items() if said[box])


def offers(county: County) -> Mapping[Preference, Mapping[str, str]]:
    """What can be chosen, with the words for it."""
    return {
        Preference.LANGUAGE: {code: language(code) for code in county.languages},
        Preference.RHYTHM: RHYTHMS,
        Preference.PART_OF_DAY: PARTS_OF_DAY,
        Preference.PHONE_IS_SHARED: {"no": _("only they read it"), "yes": _("others read it too")},
    }


def preferences_of(client: Client) -> Mapping[Preference, str]:
    return {
        Preference.LANGUAGE: client.language,
        Preference.RHYTHM: client.rhythm,
        Preference.PART_OF_DAY: client.part_of_day or "",
        Preference.PHONE_IS_SHARED: "yes" if client.phone_is_shared else "no",
    }


async def change_number(request: web.Request, me: Session) -> web.Response:
    known = await known_of(request, me, request.match_info["id"])
    said = await filled_in(request, "number")
    number, now = e164(said["number"]), request.app[CLOCK].now()
    if number is None:
        problem = _("That is no number in the United States. Write it like 707-555-0134.")
        return await _page(request, me, known, {"number": problem}, said, status=422)
    if number == (await _numbers(request, known.client.id))[0].number:
        return await _page(request, me, known, {"number": _("That is their number already.")}, said, status=422)
    try:
        change = partial(people.change_number, client_id=known.client.id, number=number, staff_id=me.staff_id, now=now)
        await request.app[WRITER].run(change)
    except IntegrityError:
        problem = _("Somebody called %(first_name)s has that number already.", first_name=known.client.first_name)
        return await _page(request, me, known, {"number": problem}, said, status=422)
    return _back(request, "number-changed")


async def set_safety_word(request: web.Request, me: Session) -> web.Response:
    """The word is kept as texts are compared with it: small letters, no accents. Empty, it is taken away."""
    known = await known_of(request, me, request.match_info["id"])
    said = await filled_in(request, "word")
    word, now = fold(said["word"]), request.app[CLOCK].now()
    problem = _amiss(word, request) if said["word"] else ""
    if problem:
        return await _page(request, me, known, {"word": problem}, status=422)
    keep = partial(people.set_safety_word, client_id=known.client.id, word=word, staff_id=me.staff_id, now=now)
    await request.app[WRITER].run(keep)
    return _back(request, "safety-word" if word else "no-safety-word")


def _amiss(word: str, request: web.Request) -> str:
    """Why this cannot be a safety word; "" if it can."""
    if " " in word or not SHORTEST_WORD <= len(word) <= LONGEST_WORD or not word.isalpha():
        return _(
            "Choose one word of %(shortest_word)s to %(longest_word)s letters.",
            shortest_word=SHORTEST_WORD,
            longest_word=LONGEST_WORD,
        )
    languages = request.app[LANGUAGES]
    commands = any(understand.command(word, language) for language in languages.values())
    if commands or understand.intent(word, languages):
        return _("Milepost knows that word as a command. Choose another.")
    return ""


async def _numbers(request: web.Request, client_id: str) -> Sequence[HeldNumber]:
    return await request.app[READER].run(partial(number_history.of, client_id=client_id))


def _back(request: web.Request, notice: str) -> web.Response:
    return see_other(notices.address(f"/staff/clients/{request.match_info['id']}/contact", notice))


async def _page(
    request: web.Request,
    me: Session,
    known: Situation,
    problems: Mapping[str, str] | None = None,
    said: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    reader, client = request.app[READER], known.client
    channels = await channels_of(request, client.id)
    wanted = said if said and "preferred_channel" in said else None
    context = {
        "me": me,
        "county": request.app[COUNTY],
        "client": client,
        "others_here": known.others_here,
        "is_over": client.consent in ENDED,
        "history": await reader.run(partial(consent_history.of, client_id=client.id)),
        "names": {**await names.of_staff(request), CLIENT: client.first_name},
        "numbers": await _numbers(request, client.id),
        "heard": HEARD,
        "offers": offers(request.app[COUNTY]),
        "stands": preferences_of(client),
        "channels": channels,
        "channels_on": _switched_on(wanted) if wanted else channels.on,
        "preferred": wanted["preferred_channel"] if wanted else channels.ways.preferred,
        "problems": defaultdict(str, problems or {}),
        "said": defaultdict(str, said or {}),
        "notice": notices.of(request),
    }
    return render(request, "client/contact.html", context, status)
