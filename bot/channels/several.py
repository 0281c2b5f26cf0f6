"""Several ways out behind one door."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.channel import Channel, ChannelName, Outcome, Outgoing, Sighting, Sought


class SeveralChannels:
    """Implements `scheduler.channel.Channel`. No two of `channels` may carry the same."""

    def __init__(self, *channels: Channel) -> None:
        self._by_name: dict[ChannelName, Channel] = {name: one for one in channels for name in one.carries}
        if len(self._by_name) < sum(len(one.carries) for one in channels):
            raise ValueError("two channels carry the same texts")
        self.carries = frozenset(self._by_name)

    async def send(self, text: Outgoing) -> Outcome:
        return await self._by_name[text.channel].send(text)

    async def find(self, text: Sought) -> Sequence[Sighting]:
        return await self._by_name[text.channel].find(text)
