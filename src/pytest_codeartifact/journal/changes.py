"""What is not as it was: two states compared thing by thing, to assert on.

The comparison goes where the two states share nothing, and nowhere else. A thing that came or went is one change with
all that is in it. A repository, a domain or a package group that was deleted and made anew is another one.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import ClassVar, TypeVar, overload

from ..errors import CodeArtifactPluginError
from ..http import Caller, Where
from ..state import tree
from ..state.entities import Asset, AssetSummary, Domain, Group, Package, Policy, Repository, Tags, Version
from ..state.store import State
from . import snapshots
from .calls import Call
from .change import Change, Path, told
from .snapshots import Snapshot

_Record = TypeVar("_Record", Domain, Group, Repository, Package, Version, Asset)

_MOST_LINES = 50


class Changes(Sequence[Change]):
    """What has changed in a fake since :meth:`.FakeCodeArtifact.changes`, up to now or to the end of its block.

    Ordered by region, account and path; true if anything has changed; printed with a line for each change. Equal to
    another one, or to a list of :class:`Change`, with the same changes in the same order.
    """

    def __init__(self, now: Callable[[], State], home: Caller) -> None:
        self._now = now
        self._home = home
        self._before = now()
        self._ended: tuple[Change, ...] | None = None
        self._end: State | None = None

    def __enter__(self) -> Changes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end = self._now()

    @property
    def added(self) -> list[Change]:
        """What was not there before."""
        return [change for change in self if change.is_addition]

    @property
    def removed(self) -> list[Change]:
        """What is not there any more."""
        return [change for change in self if change.is_removal]

    @property
    def changed(self) -> list[Change]:
        """What was there before and is there now, and is not as it was."""
        return [change for change in self if not change.is_addition and not change.is_removal]

    def __iter__(self) -> Iterator[Change]:
        if self._end is None:
            return differences(self._before, self._now(), self._home)
        if self._ended is None:
            self._ended = tuple(differences(self._before, self._end, self._home))
        return iter(self._ended)

    def __bool__(self) -> bool:
        return next(iter(self), None) is not None

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @overload
    def __getitem__(self, index: int) -> Change: ...
    @overload
    def __getitem__(self, index: slice) -> list[Change]: ...
    def __getitem__(self, index: int | slice) -> Change | list[Change]:
        return list(self)[index]

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, (Changes, list, tuple)) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # a sequence that compares by its items, like a list

    def __repr__(self) -> str:
        return "\n".join(map(str, self)) or "no changes"


class Unchanged:
    """A block after which everything is as it was before; see :meth:`.FakeCodeArtifact.unchanged`.

    :param entered: is called when it is entered.
    """

    def __init__(self, changes: Changes, calls: Callable[[], Sequence[Call]], entered: Callable[[], None]) -> None:
        self._changes = changes
        self._calls = calls
        self._before = len(calls())
        self._entered = entered

    def __enter__(self) -> Changes:
        self._entered()
        return self._changes.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        __tracebackhide__ = True  # the test failed where it says so, not here
        self._changes.__exit__(kind, error, traceback)
        if kind is not None or not self._changes:
            return
        calls = self._calls()[self._before :]
        lines = ["Nothing was to change in the fake CodeArtifact, but this has:", *_indented(self._changes)]
        lines += ["The calls that may have changed it were:", *_indented(calls)] if calls else ["No call has done it."]
        raise AssertionError("\n".join(lines))


class Blocks:
    """The blocks of one fake that were made and not entered yet. One that never is asserts nothing."""

    _waiting: ClassVar[set[Blocks]] = set()  # of all fakes, those that have some

    def __init__(self) -> None:
        self._lines: dict[object, Where | None] = {}

    def make(self, where: Where | None) -> Callable[[], None]:
        """Enter a block in the list, by the line that makes it; the function returned takes it off."""
        block = object()
        self._lines[block] = where
        self._waiting.add(self)

        def entered() -> None:
            self._lines.pop(block, None)

        return entered

    def check(self) -> None:
        """Say which blocks were not entered, and forget them.

        :raises CodeArtifactPluginError: there are some.
        """
        __tracebackhide__ = True  # the message names the lines of the test
        lines = list(self._lines.values())
        self.forget()
        if lines:
            raise CodeArtifactPluginError(
                f"unchanged() asserts nothing by itself, and was called at {' and at '.join(map(str, lines))} for a "
                f"block that was never entered. Write: with codeartifact.unchanged(): ..."
            )

    def forget(self) -> None:
        """Judge the blocks up to now no more."""
        self._lines.clear()
        self._waiting.discard(self)

    @classmethod
    def check_all(cls) -> None:
        """Check those of all fakes, closed ones and such as were never open too; see :meth:`check`."""
        __tracebackhide__ = True
        for blocks in tuple(cls._waiting):
            blocks.check()

    @classmethod
    def forget_all(cls) -> None:
        """See :meth:`forget`."""
        for blocks in tuple(cls._waiting):
            blocks.forget()


def differences(before: State, after: State, home: Caller) -> Iterator[Change]:
    """What differs between two states.

    :param home: account and region of the fake, which are not worth printing.
    """
    for was, is_now in after.domains_since(before):
        there = _either(was, is_now)
        yield from _Comparison((Caller(there.owner, there.region), home)).domains(was, is_now)


class _Comparison:
    """Compares what is in one account and region.

    Each method takes a thing as it was and as it is, one of which may be None.
    """

    def __init__(self, place: tuple[Caller, Caller]) -> None:
        self._place = place

    def domains(self, was: Domain | None, is_now: Domain | None) -> Iterator[Change]:
        path = (_either(was, is_now).name,)
        if was is None or is_now is None or was.created != is_now.created:
            yield from self._exchanged(
                "domain", path, was, is_now, snapshots.domain, lambda domain: tree.size(domain.repositories)
            )
            return
        yield from self._changed("domain", path, snapshots.domain_attributes(was), snapshots.domain_attributes(is_now))
        yield from self._policies(path, was.policy, is_now.policy)
        yield from self._tags(path, was.tags, is_now.tags)
        for _, old, new in tree.diff(was.groups, is_now.groups):
            yield from self._groups(path, _made(Group, old), _made(Group, new))
        for _, old, new in tree.diff(was.repositories, is_now.repositories):
            yield from self._repositories(path, _made(Repository, old), _made(Repository, new))

    def _groups(self, path: Path, was: Group | None, is_now: Group | None) -> Iterator[Change]:
        path = (*path, _either(was, is_now).pattern)
        if was is None or is_now is None or was.created != is_now.created:
            yield from self._exchanged("package group", path, was, is_now, snapshots.group)
            return
        attributes = snapshots.group_attributes
        yield from self._changed("package group", path, attributes(was), attributes(is_now))
        yield from self._tags(path, was.tags, is_now.tags)

    def _repositories(self, path: Path, was: Repository | None, is_now: Repository | None) -> Iterator[Change]:
        path = (*path, _either(was, is_now).name)
        if was is None or is_now is None or was.uid != is_now.uid:
            yield from self._exchanged(
                "repository", path, was, is_now, snapshots.repository, lambda found: tree.size(found.packages)
            )
            return
        # A reference to a repository that was made anew is another one, even if it has the same name.
        always = {"upstreams"} if was.upstreams != is_now.upstreams else set()
        attributes = snapshots.repository_attributes
        yield from self._changed("repository", path, attributes(was), attributes(is_now), always)
        yield from self._policies(path, was.policy, is_now.policy)
        yield from self._tags(path, was.tags, is_now.tags)
        for _, old, new in tree.diff(was.packages, is_now.packages):
            yield from self._packages(path, _made(Package, old), _made(Package, new))

    def _packages(self, path: Path, was: Package | None, is_now: Package | None) -> Iterator[Change]:
        path = (*path, _either(was, is_now).id)
        if was is None or is_now is None:
            yield from self._exchanged(
                "package", path, was, is_now, snapshots.package, lambda package: tree.size(package.versions)
            )
            return
        attributes = snapshots.package_attributes
        yield from self._changed("package", path, attributes(was), attributes(is_now))
        if was.origin != is_now.origin:
            yield self._change("origin configuration", path, was.origin, is_now.origin)
        for _, old, new in tree.diff(was.versions, is_now.versions):
            yield from self._versions(path, was.key, _version(was, old), _version(is_now, new))

    def _versions(self, path: Path, package: str, was: Version | None, is_now: Version | None) -> Iterator[Change]:
        path = (*path, _either(was, is_now).version)
        if was is None or is_now is None:
            told = functools.partial(snapshots.version, package)
            yield from self._exchanged(
                "version", path, was, is_now, told, lambda version: tree.size(version.details.own_assets)
            )  # fmt: skip
            return
        attributes = functools.partial(snapshots.version_attributes, package)
        if not _differ_in_assets_only(was, is_now):
            yield from self._changed("version", path, attributes(was), attributes(is_now))
        for name, old, new in tree.diff(was.assets, is_now.assets):
            yield self._change("asset", (*path, name), _content(old), _content(new))

    def _policies(self, path: Path, was: Policy | None, is_now: Policy | None) -> Iterator[Change]:
        if _canonical(was) != _canonical(is_now):
            yield self._change("policy", path, snapshots.policy(was), snapshots.policy(is_now))

    def _tags(self, path: Path, was: Tags, is_now: Tags) -> Iterator[Change]:
        old, new = dict(was), dict(is_now)
        for key in sorted(old.keys() | new.keys()):
            if old.get(key) != new.get(key):
                yield self._change("tag", (*path, key), old.get(key), new.get(key))

    def _exchanged(
        self,
        kind: str,
        path: Path,
        was: _Record | None,
        is_now: _Record | None,
        told: Callable[[_Record], Snapshot],
        counted: Callable[[_Record], int] = lambda _: 0,
    ) -> Iterator[Change]:
        """One went, or one came, or both."""
        if was is not None:
            yield Change.lazily(kind, path, self._place, functools.partial(told, was), None, counted(was))
        if is_now is not None:
            yield Change.lazily(kind, path, self._place, None, functools.partial(told, is_now), counted(is_now))

    def _changed(
        self, kind: str, path: Path, was: Snapshot, is_now: Snapshot, always: Iterable[str] = ()
    ) -> Iterator[Change]:
        """One stayed, with other attributes, if there are any."""
        differing = [name for name in was if was[name] != is_now[name] or name in always]
        if differing:
            old, new = ({name: told[name] for name in differing} for told in (was, is_now))
            yield self._change(kind, path, old, new)

    def _change(self, kind: str, path: Path, was: object, is_now: object) -> Change:
        return Change.lazily(kind, path, self._place, told(was), told(is_now), None)


def _either(was: _Record | None, is_now: _Record | None) -> _Record:
    there = was if was is not None else is_now
    assert there is not None, "a difference has two sides, and there is something on one of them"
    return there


def _made(kind: type[_Record], entry: tree.Entry | None) -> _Record | None:
    return None if entry is None else kind._make(entry)


def _version(package: Package, entry: tree.Entry | None) -> Version | None:
    return None if entry is None else Version._make((*entry, package.key))


def _content(entry: tree.Entry | None) -> bytes | AssetSummary | None:
    return None if entry is None else Asset._make(entry).known


def _differ_in_assets_only(was: Version, is_now: Version) -> bool:
    """Whether all else is the same, so that another revision only follows from the assets (rule S-3)."""
    old, new = (version.with_details(version.details._replace(assets=tree.EMPTY)) for version in (was, is_now))
    return old == new


def _canonical(policy: Policy | None) -> str | None:
    """What a policy says, in one spelling."""
    return None if policy is None else json.dumps(snapshots.policy(policy), sort_keys=True)


def _indented(items: Sequence[object]) -> list[str]:
    lines = [f"  {item}" for item in items]
    more = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], f"  and {more} more"] if more > 0 else lines
