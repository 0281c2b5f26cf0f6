"""What a page says after a form was sent. The address carries a word from this list, never what somebody wrote."""

from __future__ import annotations

from aiohttp import web

from bot.wording import Words

NOTICES = Words(
    {
        "invited": "The invite is on its way.",
        "scheduled": "The text is scheduled.",
        "changed": "The change is saved.",
        "cancelled": "The text is cancelled. It will not go out.",
        "too-late": "That text is already going out, so it stays as it is.",
        "language-chosen": "The pages speak your language now.",
        "languages-chosen": "Noted which languages you write.",
        "weekly-on": "The digest comes once a week.",
        "weekly-off": "The digest comes no more.",
        "paused": "What goes out by itself waits until then.",
        "resumed": "What waited goes out again, each at its next hour.",
        "calendar-opened": "The address is made. Put it into your calendar program.",
        "calendar-closed": "The address leads nowhere any more.",
        "group-saved": "The group is kept.",
        "group-removed": "The group is gone. What was sent to it stays.",
        "scheduled-several": "It is scheduled.",
        "stopped-several": "It is stopped. What had not left does not leave.",
        "started-several": "It goes on.",
        "say-why": "Say in a word why not, so that the worker knows what to change.",
        "decided": "Your answer is noted, and the worker sees it.",
        "decided-already": "Somebody has answered that already.",
        "taken": "It is yours. Thank you.",
        "closed": "Closed. Thank you.",
        "contacted": "Noted. It stays open until you close it.",
        "put-off": "It is put off, and comes back by itself.",
        "given-on": "It is in other hands now.",
        "yours": "You have this thread. Milepost is silent until you hand it back.",
        "sent": "Your text is on its way.",
        "not-sent": "Nothing was sent.",
        "not-yours": "Somebody else of the office has this thread.",
        "handed-back": "Milepost answers again.",
        "started-again": "Texts may go out again.",
        "talk-started": "Milepost has begun the conversation.",
        "opted-out": "It is recorded. Nothing more goes out.",
        "chat-link": "A link that opens the chat is on its way to their phone.",
        "chat-link-already": "A link is on its way already. It works for 15 minutes.",
        "chats-ended": "Their chat is closed on every phone and computer.",
        "number-changed": "The number is changed. They have to be invited and say yes again.",
        "safety-word": "The safety word is set.",
        "no-safety-word": "There is no safety word any more.",
        "visit-entered": "The visit is entered.",
        "visit-moved": "The visit is moved.",
        "visit-noted": "Noted.",
        "visit-over": "That visit is over, so it cannot be moved. Enter a new one.",
        "visit-not-so": "That does not fit this visit: see how it stands.",
        "times-offered": "The times are offered.",
        "time-withdrawn": "The time is not offered any more.",
        "time-held": "A client holds that time or has it, so it stays.",
        "hours-entered": "The hours are entered.",
        "leave-added": "The leave is entered.",
        "leave-removed": "The leave is removed.",
        "opened-by-county": "They log in with the county account of this e-mail address; no link is needed.",
        "password-changed": "Your password is changed. Every other log-in of yours has ended.",
        "second-factor-changed": "From now on the codes of the new app count. Every other log-in of yours has ended.",
        "log-ins-ended": "You are logged in here only.",
        "token-made": "The token is made. Who did not copy it revokes it, and makes another.",
        "token-revoked": "The token opens nothing any more.",
        "referred": "Noted. They see this client until you end it; a provider, once the client agreed.",
        "referral-ended": "They do not see this client any more.",
        "transferred": "They are in other hands now. Until something else happens to them, it can be undone below.",
        "transfer-undone": "It is undone. Whoever was given on again since then stays where they are.",
        "plan-sent": "The plan is on its way. It is theirs once they say yes to it.",
        "merged": "They are one now. Until something else happens to them, it can be undone below.",
        "two-people": "Noted: they are two people, and are not listed any more.",
        "one-person": "They are listed again.",
        "merge-undone": "They are two again.",
        "merge-stays": "Something else has happened to them since, so it stays as it is.",
        "note-added": "The note is kept.",
        "note-changed": "The note is changed.",
        "preferences-set": "It is set as they said. They are not texted about it.",
        "list-dropped": "The list is dropped. Nothing was changed.",
        "client-added": "The client is here now.",
        "tried-again": "It is tried again now.",
    }
)


def address(page: str, notice: str) -> str:
    return f"{page}?done={notice}"


def of(request: web.Request) -> str:
    return NOTICES.get(request.query.get("done", ""), "")
