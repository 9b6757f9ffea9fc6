"""Random walks over chains of upstreams and public sources, against plain dictionaries that follow the rules.

Versions are published, fetched, copied, given assets later, led to other statuses and deleted, under origin
configurations that come and go (behaviour reference: F-9, K-3, K-4, K-7, K-8, P-14, P-16, S-4, S-7, U-8, U-9, U-13,
U-14). `tox run -e soak` walks for longer.
"""

from __future__ import annotations

import datetime as dt
import itertools
import tempfile
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pytest_codeartifact import (
    ExternalConnection,
    FakeCodeArtifact,
    Origin,
    OriginType,
    PackageId,
    ServiceError,
    Version,
    VersionStatus,
    generic,
    maven,
    npm,
    pypi,
)

from ..support.acme import coordinates

NEW_YEAR = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
LONG_AGO = NEW_YEAR - dt.timedelta(days=1000)

CONNECTIONS: dict[str, ExternalConnection] = {"python": "public:pypi", "java": "public:maven-central"}
UPSTREAMS = {
    "python": [],
    "java": [],
    "base": [],
    "shared": ["python", "java", "base"],
    "team": ["shared", "base"],
}
PUBLIC: dict[PackageId, ExternalConnection] = {
    pypi("tool"): "public:pypi",
    maven("org.a", "app"): "public:maven-central",
}
PACKAGES = [*PUBLIC, npm("lib"), generic("n", "blob")]
SNAPSHOT, BUILDS = "1.0-SNAPSHOT", ["1.0-20240101.101010-1", "1.0-20240102.101010-2"]
SERVED = ("Published", "Unlisted")

REPOSITORIES = st.sampled_from(list(UPSTREAMS))
DOWNSTREAM = st.sampled_from([*UPSTREAMS, "shared", "team", "team"])
IDS = st.sampled_from([*PUBLIC, *PUBLIC, *PACKAGES])  # most rules are about versions that come from outside
ASSETS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from([b"1", b"1", b"1", b"2"]), min_size=1, max_size=2)
SWITCHES = st.sampled_from(["ALLOW", "ALLOW", "BLOCK"])


@dataclass(frozen=True)
class Held:
    """A version as a repository, or a public source, has it."""

    status: VersionStatus
    assets: dict[str, bytes]
    entered: str | None
    """The repository or the connection; None in a public source, and if unknown."""

    published: dt.datetime | None


@dataclass
class Record:
    """A package of one repository."""

    origin: tuple[str, str]
    versions: dict[str, Held] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where a version is found; `through` has the connection that leads to a public source."""

    name: str
    held: Held
    through: str | None = None


class Refused(Exception):
    """The rules refuse an action, which changes nothing."""


class Rules:
    """A model of the rules in dictionaries."""

    def __init__(self) -> None:
        self.there: dict[str, dict[PackageId, Record]] = {name: {} for name in UPSTREAMS}
        self.public: dict[PackageId, dict[str, Held]] = {}
        self.now = NEW_YEAR

    def held(self, repository: str, id: PackageId, version: str) -> Held | None:
        record = self.there[repository].get(id)
        return None if record is None else record.versions.get(version)

    def places(self, repository: str, id: PackageId, version: str) -> list[Place]:
        """Each place that has the version, and the places behind it."""
        held = self.held(repository, id, version)
        here = [] if held is None else [Place(repository, held)]
        record = self.there[repository].get(id)
        if id.format == "generic" or (record is not None and record.origin[1] == "BLOCK"):
            return here
        for upstream in UPSTREAMS[repository]:
            behind = self.places(upstream, id, version)
            if behind:
                return here + behind
        source = CONNECTIONS.get(repository)
        public = self.public.get(id, {}).get(version)
        if source is None or PUBLIC.get(id) != source or public is None or version in (SNAPSHOT, *BUILDS):
            return here
        brought = replace(public, entered=source, published=public.published or self.now)
        return [*here, Place(source, brought, repository)]

    def keep(self, repository: str, id: PackageId, version: str, held: Held, origin: tuple[str, str]) -> None:
        self.there[repository].setdefault(id, Record(origin)).versions[version] = held

    def fetch(self, repository: str, id: PackageId, version: str, asset: str | None) -> None:
        places = self.places(repository, id, version)
        if not places or places[0].held.status not in SERVED:
            raise Refused
        first = places[0]
        result, gave = first.held, first.through is not None
        for place in self.suppliers(places, id, version, asset):
            more = self.supply(result, place.held, id, version, asset)
            gave = place.through is not None and more != result
            result = more
        if asset is not None and asset not in result.assets:
            raise Refused
        last = places[-1]
        if gave and last.through is not None:
            own = self.held(last.through, id, version)
            kept = last.held if own is None else self.supply(own, last.held, id, version, asset)
            self.keep(last.through, id, version, kept, ("BLOCK", "ALLOW"))
        self.keep(repository, id, version, result, ("BLOCK", "ALLOW"))

    def suppliers(self, places: list[Place], id: PackageId, version: str, asset: str | None) -> list[Place]:
        """Those behind the first place that may give the version something."""
        first = places[0]
        wanted = id.format == "pypi" or (id.format == "maven" and asset is not None and asset not in first.held.assets)
        found: list[Place] = []
        for nearer, place in itertools.pairwise(places):
            direct = nearer.held.entered in (nearer.name, None)
            if place.held.status not in SERVED:
                break
            if version != SNAPSHOT and (not wanted or direct or place.held.entered != first.held.entered):
                break
            found.append(place)
        return found

    @staticmethod
    def supply(own: Held, upstream: Held, id: PackageId, version: str, asset: str | None) -> Held:
        if version == SNAPSHOT:
            return replace(upstream, status=own.status)
        wanted = {name: content for name, content in upstream.assets.items() if id.format == "pypi" or name == asset}
        return replace(own, assets={**wanted, **own.assets})

    def upload(
        self, repository: str, id: PackageId, version: str, assets: dict[str, bytes], status: VersionStatus
    ) -> None:
        """One publication, which leads an Unfinished version to a status."""
        record = self.there[repository].get(id)
        if record is not None and record.origin[0] == "BLOCK":
            raise Refused
        own = self.held(repository, id, version)
        if own is None and self.places(repository, id, version):
            raise Refused
        own = own or Held("Unfinished", {}, repository, self.now)
        takes = {"pypi": {"Published", "Unlisted"}, "generic": set[str]()}.get(id.format, {"Published"})
        takes |= {"Unlisted"} if id.format == "maven" else set()
        if own.status != "Unfinished" and own.status not in takes:
            raise Refused
        fixed = own.status != "Unfinished" and id.format == "npm"
        if any(own.assets.get(name, b"" if fixed else content) != content for name, content in assets.items()):
            raise Refused
        finished = own.status == "Unfinished" != status
        self.keep(
            repository,
            id,
            version,
            replace(
                own,
                assets={**own.assets, **assets},
                status=status if own.status == "Unfinished" else own.status,
                published=self.now if finished else own.published,
            ),
            ("ALLOW", "BLOCK"),
        )

    def snapshot(self, repository: str, id: PackageId, build: str, assets: dict[str, bytes]) -> None:
        """A build and its metadata."""
        snapshot = self.held(repository, id, SNAPSHOT)
        if snapshot is not None and snapshot.status in ("Archived", "Disposed"):
            raise Refused
        self.upload(repository, id, build, assets, "Unlisted")
        content = self.there[repository][id].versions[build]
        made = Held("Published", content.assets, content.entered, self.now)
        if snapshot is not None and (snapshot.status, snapshot.assets) == ("Published", made.assets):
            made = snapshot
        self.keep(repository, id, SNAPSHOT, made, ("ALLOW", "BLOCK"))

    def copy(self, source: str, destination: str, id: PackageId, version: str) -> None:
        places = self.places(source, id, version)
        if not places or places[0].held.status not in SERVED or source == destination:
            raise Refused
        first, present = places[0], self.held(destination, id, version)
        if present is not None:
            if present.status == "Disposed" or present.assets != first.held.assets:
                raise Refused
            return
        if first.through is not None:
            self.keep(first.through, id, version, first.held, ("BLOCK", "ALLOW"))
        external = str(first.held.entered).startswith("public:")
        origin = ("BLOCK" if external else "ALLOW", "BLOCK" if first.held.entered and not external else "ALLOW")
        self.keep(destination, id, version, first.held, origin)

    def lead(self, repository: str, id: PackageId, version: str, status: VersionStatus) -> None:
        held = self.held(repository, id, version)
        if held is None or held.status == "Disposed":
            raise Refused
        published = self.now if held.status == "Unfinished" else held.published
        assets = {} if status == "Disposed" else held.assets
        self.there[repository][id].versions[version] = Held(status, assets, held.entered, published)

    def delete(self, repository: str, id: PackageId, version: str | None) -> None:
        if id not in self.there[repository]:
            raise Refused
        if version is None:
            del self.there[repository][id]
        elif self.there[repository][id].versions.pop(version, None) is None:
            raise Refused


class Walk(RuleBasedStateMachine):
    """Actions of clients, package managers and public sources, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.fake = FakeCodeArtifact().__enter__()
        self.fake.clock.set(NEW_YEAR)
        self.client = self.fake.client()
        acme = self.fake.add_domain("acme")
        for name, upstreams in UPSTREAMS.items():
            acme.add_repository(name, upstreams=upstreams, external_connection=CONNECTIONS.get(name))
        self.expected = Rules()
        self.seeded: dict[tuple[str, str, str], str] = {}

    def teardown(self) -> None:
        self.fake.__exit__(None, None, None)

    def some_version(self, data: st.DataObject, id: PackageId) -> str:
        versions = [*["1.0.0"] * 4, *([SNAPSHOT, *BUILDS] if id.format == "maven" else ["2.0.0"])]
        return data.draw(st.sampled_from(versions))

    def some_assets(self, data: st.DataObject, id: PackageId, version: str) -> dict[str, bytes]:
        drawn = data.draw(ASSETS)
        if id.format == "npm":
            return {"package.tgz": next(iter(drawn.values()))}
        if version in BUILDS:
            return {f"app-{version}-{name}.jar": content for name, content in drawn.items()}
        return drawn

    def both(self, expected: Any, actual: Any) -> None:
        """Do the same with the fake and the model, and expect the same refusals."""
        self.expected.now += dt.timedelta(seconds=1)
        self.fake.clock.advance(dt.timedelta(seconds=1))
        try:
            expected()
        except Refused:
            assert not succeeds(actual)
        else:
            assert succeeds(actual)

    @initialize(data=st.data())
    def versions_are_everywhere_already(self, data: st.DataObject) -> None:
        """They came in long ago, most of them in one way, and have since been given different assets."""
        for id, connection in PUBLIC.items():
            common = data.draw(st.sampled_from([connection, connection, "base", "team", "team", None]))
            for name in UPSTREAMS:
                assets = data.draw(st.dictionaries(st.sampled_from("abcd"), st.just(b"1"), max_size=2))
                entered = data.draw(st.sampled_from([*[common] * 8, connection, ""]))
                status: VersionStatus = data.draw(st.sampled_from([*["Published"] * 8, "Unlisted", "Archived"]))
                if entered != "":
                    self.seed_version(name, id, "1.0.0", Held(status, assets, entered, LONG_AGO))
                if id.format == "maven" and data.draw(st.booleans()):
                    build = {f"app-{data.draw(st.sampled_from(BUILDS))}-a.jar": b"1"}
                    self.seed_version(name, id, SNAPSHOT, Held("Published", build, "base", LONG_AGO))
            self.seed_public_assets(id, "1.0.0", data.draw(ASSETS), LONG_AGO)

    def seed_version(self, name: str, id: PackageId, version: str, held: Held) -> None:
        self.expected.keep(name, id, version, held, ("ALLOW", "ALLOW"))
        self.seeded[name, id.name, version] = held.status
        packages = self.fake.repository("acme", name).packages
        open_to_all = Origin("ALLOW", "ALLOW")
        package = (
            packages[id] if id in packages else self.fake.repository("acme", name).add_package(id, (), open_to_all)
        )
        origin_types: dict[str | None, OriginType] = {PUBLIC[id]: "EXTERNAL", None: "UNKNOWN"}
        package.add_version(
            version,
            status=held.status,
            assets=held.assets,
            origin_type=origin_types.get(held.entered, "INTERNAL"),
            entry_point=held.entered,
            published=held.published,
        )

    def seed_public_assets(
        self, id: PackageId, version: str, given: dict[str, bytes], published: dt.datetime | None
    ) -> None:
        versions = self.expected.public.setdefault(id, {})
        known = versions.get(version)
        published = published if known is None else known.published
        assets = {**given, **(known.assets if known is not None else {})}
        versions[version] = Held("Published", assets, None, published)
        source = self.fake.public_source(PUBLIC[id])
        package = source.packages[id] if id in source.packages else source.add_package(id)
        package.add_version(version, assets=assets, published=published)

    # What happens

    @rule(data=st.data(), id=st.sampled_from(list(PUBLIC)), dated=st.booleans())
    def a_public_version_is_given_assets(self, data: st.DataObject, id: PackageId, *, dated: bool) -> None:
        version = self.some_version(data, id)
        self.seed_public_assets(id, version, data.draw(ASSETS), LONG_AGO if dated else None)

    @rule(data=st.data(), id=st.sampled_from(list(PUBLIC)))
    def an_asset_is_seeded(self, data: st.DataObject, id: PackageId) -> None:
        repository = data.draw(REPOSITORIES)
        record = self.expected.there[repository].get(id)
        live = [version for version, held in record.versions.items() if held.status != "Disposed"] if record else []
        if record is None or not live:
            return
        version = data.draw(st.sampled_from(sorted(live)))
        held = record.versions[version]
        record.versions[version] = replace(held, assets={**held.assets, "seeded": b"x"})
        self.fake.repository("acme", repository).packages[id].versions[version].add_asset("seeded", b"x")

    @rule(data=st.data(), repository=DOWNSTREAM, id=IDS, asset=st.sampled_from([None, *"abcd"]))
    def a_version_is_fetched(self, data: st.DataObject, repository: str, id: PackageId, asset: str | None) -> None:
        self.fetched(repository, id, self.some_version(data, id), asset)

    def fetched(self, repository: str, id: PackageId, version: str, asset: str | None) -> None:
        self.both(
            lambda: self.expected.fetch(repository, id, version, asset),
            lambda: self.fake.repository("acme", repository).fetch(id, version, asset=asset),
        )

    @rule(id=st.sampled_from(list(PUBLIC)), repository=st.sampled_from([*UPSTREAMS]), asset=st.sampled_from("abcd"))
    def assets_come_late_and_one_is_fetched(self, id: PackageId, repository: str, asset: str) -> None:
        self.seed_public_assets(id, "1.0.0", dict.fromkeys("abcd", b"1"), LONG_AGO)
        self.fetched(repository, id, "1.0.0", asset)

    @rule(repository=DOWNSTREAM)
    def a_snapshot_is_fetched(self, repository: str) -> None:
        self.fetched(repository, maven("org.a", "app"), SNAPSHOT, None)

    @rule(data=st.data(), repository=REPOSITORIES, id=IDS, unfinished=st.booleans())
    def a_version_is_published(self, data: st.DataObject, repository: str, id: PackageId, *, unfinished: bool) -> None:
        version = self.some_version(data, id)
        version = data.draw(st.sampled_from(BUILDS)) if version == SNAPSHOT else version
        assets = self.some_assets(data, id, version)
        unfinished = unfinished and id.format in ("maven", "generic")
        if version in BUILDS and not unfinished:
            expected = partial(self.expected.snapshot, repository, id, version, assets)
        else:
            status: VersionStatus = "Unfinished" if unfinished else "Published"
            expected = partial(self.expected.upload, repository, id, version, assets, status)
        self.both(
            expected,
            lambda: self.fake.repository("acme", repository).publish(id, version, assets, unfinished=unfinished),
        )

    @rule(data=st.data(), source=REPOSITORIES, destination=REPOSITORIES, id=IDS)
    def a_version_is_copied(self, data: st.DataObject, source: str, destination: str, id: PackageId) -> None:
        version = self.some_version(data, id)
        self.both(
            lambda: self.expected.copy(source, destination, id, version),
            lambda: self.client.copy_package_versions(
                domain="acme",
                sourceRepository=source,
                destinationRepository=destination,
                **coordinates(id),
                versions=[version],
                includeFromUpstream=True,
            ),
        )

    @rule(
        data=st.data(),
        repository=REPOSITORIES,
        id=IDS,
        status=st.sampled_from(["Published", "Unlisted", "Archived", "Disposed"]),
    )
    def a_version_is_led_to_a_status(
        self, data: st.DataObject, repository: str, id: PackageId, status: VersionStatus
    ) -> None:
        version = self.some_version(data, id)
        which = {"domain": "acme", "repository": repository, **coordinates(id), "versions": [version]}
        self.both(
            lambda: self.expected.lead(repository, id, version, status),
            lambda: (
                self.client.dispose_package_versions(**which)
                if status == "Disposed"
                else self.client.update_package_versions_status(**which, targetStatus=status)
            ),
        )

    @rule(data=st.data(), repository=REPOSITORIES, id=IDS, whole=st.sampled_from([True, False, False]))
    def something_is_deleted(self, data: st.DataObject, repository: str, id: PackageId, *, whole: bool) -> None:
        version = None if whole else self.some_version(data, id)
        which = {"domain": "acme", "repository": repository, **coordinates(id)}
        self.both(
            lambda: self.expected.delete(repository, id, version),
            lambda: (
                self.client.delete_package(**which)
                if version is None
                else self.client.delete_package_versions(**which, versions=[version])
            ),
        )

    @rule(repository=REPOSITORIES, id=IDS, publish=SWITCHES, upstream=SWITCHES)
    def the_origin_configuration_is_put(self, repository: str, id: PackageId, publish: str, upstream: str) -> None:
        self.expected.there[repository].setdefault(id, Record(("", ""))).origin = (publish, upstream)
        self.client.put_package_origin_configuration(
            domain="acme",
            repository=repository,
            **coordinates(id),
            restrictions={"publish": publish, "upstream": upstream},
        )

    # What there is then

    @invariant()
    def every_repository_has_what_the_rules_say(self) -> None:
        assert shown(self.fake) == self.expected.there

    @invariant()
    def the_last_events_tell_what_there_is(self) -> None:
        reported: dict[tuple[str, str, str], str | None] = dict(self.seeded)
        for detail in (event["detail"] for event in self.fake.events):
            gone = detail["operationType"] == "Deleted"
            key = detail["repositoryName"], detail["packageName"], detail["packageVersion"]
            assert (detail["operationType"] == "Created") is (reported.get(key) is None)
            reported[key] = None if gone else detail["packageVersionState"]
        assert {key: status for key, status in reported.items() if status is not None} == {
            (repository, id.name, version): held.status
            for repository, records in self.expected.there.items()
            for id, record in records.items()
            for version, held in record.versions.items()
        }

    @precondition(lambda self: len(self.fake.calls) % 5 == 4)
    @rule()
    def a_dump_and_a_fork_have_it_too(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.fake.dump(Path(folder) / "seed.json")
            loaded = FakeCodeArtifact()
            loaded.load(Path(folder) / "seed.json")
        assert shown(loaded) == shown(self.fake.fork()) == self.expected.there
        for repository, records in self.expected.there.items():
            for id in records:
                ours, theirs = (fake.repository("acme", repository).packages[id] for fake in (self.fake, loaded))
                assert ours.default_display_version == theirs.default_display_version
                assert all(theirs.versions[name].revision == ours.versions[name].revision for name in ours.versions)


def succeeds(call: Any) -> bool:
    """Whether the service does it; for one version of a batch."""
    try:
        answer = call()
    except (ClientError, ServiceError):
        return False
    return not (isinstance(answer, dict) and answer.get("failedVersions"))


def shown(fake: FakeCodeArtifact) -> dict[str, dict[PackageId, Record]]:
    """The contents of the fake, in the dictionaries of the model."""
    contents: dict[str, dict[PackageId, Record]] = {}
    for name, repository in fake.domain("acme").repositories.items():
        records = contents[name] = {}
        for id, package in repository.packages.items():
            versions = {version: _held(held) for version, held in package.versions.items()}
            records[id] = Record((package.origin.publish, package.origin.upstream), versions)
    return contents


def _held(version: Version) -> Held:
    return Held(version.status, dict(version.assets), version.entry_point, version.published)


TestWalk = Walk.TestCase
TestWalk.settings = settings(stateful_step_count=50)
