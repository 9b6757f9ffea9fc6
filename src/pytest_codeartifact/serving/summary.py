"""The contents of a fake and what calls have deleted from it, in a few lines."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ..journal.journal import Deletion
from ..reports.call_list import count
from ..state import tree
from ..state.entities import Repository
from ..state.store import State
from .exchanges import printable

_MAX_DELETIONS = 20


def contents(state: State) -> str:
    """The numbers of things: ``1 domain, 2 repositories, 5 packages, 12 versions``. Visits each package."""
    versions = sum(_versions(repository) for domain in state.domains() for repository in domain.each_repository())
    return f"{contents_in_short(state)}, {count(versions, 'version')}"


def contents_in_short(state: State) -> str:
    """The numbers of domains, repositories and packages in words. Does not visit packages."""
    domains = list(state.domains())
    packages = [tree.size(repository.packages) for domain in domains for repository in domain.each_repository()]
    repository = count(len(packages), "repository", "repositories")
    return f"{count(len(domains), 'domain')}, {repository}, {count(sum(packages), 'package')}"


def _versions(repository: Repository) -> int:
    return sum(tree.size(package.versions) for package in repository.each_package())


def deletions(deleted: list[Deletion]) -> Iterator[str]:
    """A line for each deletion, up to a maximum."""
    for deletion in islice(deleted, _MAX_DELETIONS):
        place, versions = f"{deletion.domain}/{deletion.repository}", count(len(deletion.versions), "version")
        yield printable(f"  {deletion.operation}  {place}  {deletion.package!r}  {versions}")
    if len(deleted) > _MAX_DELETIONS:
        yield f"  and {len(deleted) - _MAX_DELETIONS:,} more"
