"""The page at ``/``: the state of a fake and the last calls, for a browser. Read-only.

Every name on it was chosen by a client, so all text is escaped, and the content security policy allows only the style
and the script below. The script loads the page every second and replaces the parts that have changed.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from html import escape
from itertools import islice
from typing import TypeAlias

from ..doors.server.messages import Head
from ..http import Response
from ..reports.call_list import count
from ..service import Service
from ..state import tree
from ..state.entities import Domain, Package, Repository
from . import shells, summary
from .exchanges import Exchange, Exchanges

_MAX_ITEMS = 100
"""The maximum number of things in a list, so that the page is small for a state of any size."""

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --quiet: #888 }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 76rem; padding: 1rem }
h1 { font-size: 1.3rem; margin: 0 } h2 { font-size: 1rem; margin: 2rem 0 .5rem }
code, td, summary, li { font-family: ui-monospace, monospace; font-size: 13px; overflow-wrap: anywhere }
p { margin: .25rem 0 } .quiet { color: var(--quiet) } .refused { color: #d33 }
details { border-left: 2px solid var(--line); padding-left: .75rem } summary { cursor: pointer; padding: .1rem 0 }
ul { margin: 0; padding-left: 1.25rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
td, th { border-bottom: 1px solid var(--line); padding: .2rem .75rem .2rem 0; text-align: left; vertical-align: top }
th { font-size: 13px; font-weight: 600 } td:first-child { white-space: nowrap }
"""

_SCRIPT = """
"use strict";
const opened = new Map();
document.addEventListener("toggle", event => opened.set(event.target.dataset.key, event.target.open), true);
const refresh = async () => {
  const live = document.getElementById("live");
  try {
    const answer = await fetch("/", { headers: { accept: "text/html" }, cache: "no-store" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of ["state", "calls"]) {
      const old = document.getElementById(id), part = fresh.getElementById(id);
      if (old.dataset.html === part.innerHTML) continue;
      old.dataset.html = part.innerHTML;
      for (const each of part.querySelectorAll("details"))
        if (opened.has(each.dataset.key)) each.open = opened.get(each.dataset.key);
      old.replaceChildren(...part.childNodes);
    }
    live.textContent = "";
  } catch {
    live.textContent = "The server has ended, or does not answer.";
  }
  setTimeout(refresh, 1000);
};
setTimeout(refresh, 1000);
"""


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


_HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": (
        f"default-src 'none'; style-src {_hash(_STYLE)}; script-src {_hash(_SCRIPT)}; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}

_Lines: TypeAlias = Iterator[str]


def is_page_request(head: Head) -> bool:
    """Whether a browser requests the page. Other requests are for the API."""
    accepted = (kind.partition(";")[0].strip().lower() for kind in head.headers.get("accept", "").split(","))
    return head.method == "GET" and (head.path, head.query) == ("/", "") and "text/html" in accepted


def response(service: Service, port: int, exchanges: Exchanges) -> Response:
    """The page."""
    body = "\n".join(_page(service, port, exchanges)).encode("utf-8", "backslashreplace")
    return Response(200, {**_HEADERS, "content-length": str(len(body))}, body)


def _page(service: Service, port: int, exchanges: Exchanges) -> _Lines:
    account, region = service.caller
    state = service.state.fork()  # a snapshot, because calls may write meanwhile
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Fake CodeArtifact</title>'
    yield '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
    yield f"<style>{_STYLE}</style></head><body><h1>Fake AWS CodeArtifact</h1>"
    yield f"<p><code>http://127.0.0.1:{port}</code> account {account}, {escape(region)}</p>"
    yield f"<p>In a shell: <code>{escape(shells.eval_command(port))}</code></p>"
    yield '<p id="live" class="refused" role="status"></p><main>'
    yield f'<section id="state"><h2>{summary.contents_in_short(state)}</h2>'
    for domain in islice(state.domains(), _MAX_ITEMS):
        yield from _domain(domain)
    yield f'</section><section id="calls"><h2>{count(exchanges.count, "request")}</h2>'
    yield from _calls(list(exchanges.latest))
    yield f"</section></main><script>{_SCRIPT}</script></body></html>"


def _domain(domain: Domain) -> _Lines:
    names = [domain.region, domain.owner, domain.name]
    inside = (
        line for repository in islice(domain.each_repository(), _MAX_ITEMS) for line in _repository(names, repository)
    )
    label = f"{_strong(domain.name)} {_quiet(f'account {domain.owner}, {domain.region}')}"
    yield from _details(names, label, inside, tree.size(domain.repositories), is_open=True)


def _repository(above: list[str], repository: Repository) -> _Lines:
    names = [*above, repository.name]
    packages = islice(repository.each_package(), _MAX_ITEMS)
    number = tree.size(repository.packages)
    sources = [upstream.name for upstream in repository.upstreams]
    sources += [repository.external_connection] if repository.external_connection else []
    behind = f"; upstream: {', '.join(sources)}" if sources else ""
    inside = (line for package in packages for line in _package(names, package))
    label = f"{_strong(repository.name)} {_quiet(count(number, 'package') + behind)}"
    yield from _details(names, label, inside, number)


def _package(above: list[str], package: Package) -> _Lines:
    number = tree.size(package.versions)
    versions = islice(package.each_version(), _MAX_ITEMS)
    inside = (f"<li>{escape(version.version)} {_quiet(version.status)}</li>" for version in versions)
    label = f"{escape(repr(package.id))} {_quiet(count(number, 'version'))}"
    yield from _details([*above, package.key], label, ["<ul>", *inside, "</ul>"], number)


def _details(names: list[str], label: str, inside: Iterable[str], number: int, *, is_open: bool = False) -> _Lines:
    """An element that can be unfolded.

    :param names: identify it, so that it stays unfolded when the page is refreshed.
    :param number: the number of things in it, of which not all may be shown.
    """
    key = escape("/".join(names).replace("\0", " "))
    yield f'<details data-key="{key}"{" open" if is_open else ""}><summary>{label}</summary>'
    yield from inside
    if number > _MAX_ITEMS:
        yield f"<p>{_quiet(f'and {number - _MAX_ITEMS:,} more')}</p>"
    yield "</details>"


def _calls(latest: list[Exchange]) -> _Lines:
    if not latest:
        yield f"<p>{_quiet('None yet.')}</p>"
        return
    yield '<div class="wide"><table><tr><th>Time<th>Status<th>Operation<th>About<th>Outcome</tr>'
    for exchange in reversed(latest):
        refused = ' class="refused"' if exchange.status >= 400 or not exchange.status else ""
        cells = (exchange.time, str(exchange.status or "broken off"), *exchange[2:])
        yield f"<tr{refused}>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
    yield "</table></div>"


def _strong(text: str) -> str:
    return f"<strong>{escape(text)}</strong>"


def _quiet(text: str) -> str:
    return f'<span class="quiet">{escape(text)}</span>'
