"""The events that EventBridge would deliver (rule EV-1), derived from the effects of calls on versions."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, TypeAlias

from ..clock import from_millis
from ..errors import SeedError
from ..names.formats import MAVEN_METADATA
from ..names.packages import PackageId
from ..rules import arns
from ..rules.effects import VersionChange
from ..state.entities import Version
from .kept_effects import KeptEffect, effects_of

Event: TypeAlias = dict[str, Any]
"""An event in the form of EventBridge."""

Listener: TypeAlias = Callable[[Event], object]


class Events:
    """The events of one fake, for the owner of the domain and the administrator of the repository.

    They are computed on first use, because most tests never read them.
    """

    def __init__(self) -> None:
        self._effects: list[KeptEffect] = []
        self._numbers: Counter[tuple[str, ...]] = Counter()
        self._delivered: list[Event] = []
        self._listeners: list[Listener] = []

    def record(self, effects: Sequence[KeptEffect]) -> list[Event]:
        """Record the effects of a call, and return its events if there are listeners."""
        self._effects += effects
        earlier = len(self._delivered)
        return self.delivered()[earlier:] if self._listeners else []

    def delivered(self) -> list[Event]:
        """All events up to now, in order."""
        effects = chain.from_iterable(map(effects_of, self._effects))
        for change in chain.from_iterable(effect.each_change() for effect in effects):
            package = (*change.place, change.package_key)
            self._numbers[package] += 1
            self._delivered += _deliveries(change, self._numbers[package])
        self._effects.clear()
        return self._delivered

    def listen(self, listener: Listener) -> Callable[[], None]:
        """See :meth:`.FakeCodeArtifact.add_event_listener`."""
        if not callable(listener):
            raise SeedError(f"A listener must be a function of the event, not {listener!r}.")
        self.delivered()
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    @property
    def has_listeners(self) -> bool:
        """Whether there are listeners."""
        return bool(self._listeners)

    def send(self, events: Iterable[Event]) -> None:
        """Call the listeners with events."""
        for event in events:
            for listener in tuple(self._listeners):
                listener(event)


def event_of(change: VersionChange, number: int) -> Event:
    """The event of a change for the owner of the domain.

    :param number: the sequence number of the change within its package.
    """
    return next(_deliveries(change, number))


def _deliveries(change: VersionChange, number: int) -> Iterator[Event]:
    region, owner, *_ = change.place
    identity = hashlib.sha256("\0".join((*change.place, change.package_key, str(number))).encode()).digest()
    for account in dict.fromkeys((owner, change.administrator)):
        yield {
            "version": "0",
            "id": str(uuid.uuid5(uuid.UUID(bytes=identity[:16]), account)),
            "detail-type": "CodeArtifact Package Version State Change",
            "source": "aws.codeartifact",
            "account": account,
            "time": from_millis(change.timestamp).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": region,
            "resources": [_package_arn(change)],
            "detail": {
                **_detail(change),
                "sequenceNumber": number,
                "eventDeduplicationId": base64.b64encode(identity).decode(),
            },
        }


def _package_arn(change: VersionChange) -> str:
    region, owner, domain, repository = change.place
    return arns.package(region, owner, domain, repository, PackageId.from_key(change.package_key))


def _detail(change: VersionChange) -> Event:
    _, owner, domain, repository = change.place
    id = PackageId.from_key(change.package_key)
    version = change.after or change.before
    assert version is not None, "a change has a version before it or after it"
    operation = "Created" if change.before is None else "Deleted" if change.after is None else "Updated"
    return {
        "domainName": domain,
        "domainOwner": owner,
        "repositoryName": repository,
        "repositoryAdministrator": change.administrator,
        "packageFormat": id.format,
        "packageNamespace": id.namespace,
        "packageName": id.name,
        "packageVersion": version.version,
        "packageVersionState": version.status,
        "packageVersionRevision": version.revision(change.package_key),
        "changes": _changes(id, change.before, change.after),
        "operationType": operation,
    }


def _changes(id: PackageId, before: Version | None, after: Version | None) -> Event:
    """The changes. For a deleted version only its assets are reported as removed (our decision)."""
    old_names, new_names = _assets(before, id), _assets(after, id)
    return {
        "assetsAdded": len(new_names - old_names),
        "assetsRemoved": len(old_names - new_names),
        "metadataUpdated": after is not None and _metadata(before) != _metadata(after),
        "assetsUpdated": sum(_sha256(before, name) != _sha256(after, name) for name in old_names & new_names),
        "statusChanged": after is not None and (before is None or before.status != after.status),
    }


def _assets(version: Version | None, id: PackageId) -> set[str]:
    """The names of the assets, without the metadata of a Maven artifact (rule EV-2)."""
    names = set(version.asset_names if version is not None else ())
    return names - {MAVEN_METADATA} if id.format == "maven" else names


def _sha256(version: Version | None, asset: str) -> str | None:
    record = None if version is None else version.asset(asset)
    return None if record is None else record.sha256


def _metadata(version: Version | None) -> tuple[object, ...] | None:
    return None if version is None else version.details.metadata
