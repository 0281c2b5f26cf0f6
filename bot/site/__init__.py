"""What all pages share: the frame around them, the files they load, and the headers that keep them safe."""

from bot.site.pages import add_site, render, see_other

__all__ = ["add_site", "render", "see_other"]
