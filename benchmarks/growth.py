"""How the time of something grows where there is ten times as much: each row at n and at 10 n, in turns.

What reads or changes a little of much should stay as it is; what takes in or gives out everything should take at most
ten times as long. benchmarks/README.md says what each row means.
"""

from __future__ import annotations

import gc
import hashlib
import json
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3

from benchmarks.harness import Contender, Result, compare
from pytest_codeartifact import FakeCodeArtifact, NotThere, Repository, npm, pypi

ACME = {"domain": "acme"}
TEAM = {**ACME, "repository": "team"}
TOOL = {**TEAM, "format": "pypi", "package": "tool"}
KEYS = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}


def growth() -> Iterator[Result]:
    """All rows; those that should be flat first."""
    for name, make, size in FLAT:
        yield _grown(name, "flat", make, size, calls=5)
    for name, make, size in LINEAR:
        yield _grown(name, "10 at most", make, size, calls=1)
    yield _journal(10_000)
    yield _session_wide(tests=300)


def _grown(name: str, wanted: str, make: Callable[[int], Contender], size: int, *, calls: int) -> Result:
    large, small = f"{name}, {size * 10:,}", f"the same with {size:,}"
    result = compare({large: make(size * 10), small: make(size)}, calls=calls, turns=5)[0]
    result.notes["wanted"] = wanted
    return result


def _named(number: int) -> str:
    return f"package-{number:07}"


def _repository() -> tuple[FakeCodeArtifact, Repository]:
    fake = FakeCodeArtifact()
    return fake, fake.add_domain("acme").add_repository("team")


def _packages(size: int) -> tuple[FakeCodeArtifact, Repository]:
    fake, team = _repository()
    team.add_packages((pypi(_named(number)) for number in range(size)), versions=["1.0"])
    return fake, team


def _versions(size: int) -> FakeCodeArtifact:
    fake, team = _repository()
    team.add_package(pypi("tool"), versions=[f"1.{number}" for number in range(size)])
    return fake


def _asked(fake: FakeCodeArtifact, ask: Callable[[Any], object]) -> Contender:
    """A call of a client, on a fork: what it changes is not there for the next one."""
    client = boto3.client("codeartifact", "us-east-1", **KEYS)

    def asked() -> None:
        with fake.fork():
            ask(client)

    return asked


def _miss(size: int) -> Contender:
    _, team = _packages(size)

    def missed() -> None:
        try:
            team.packages[pypi("pakage-0000123")]
        except NotThere:
            return

    return missed


def _update_status(size: int) -> Contender:
    newest = [f"1.{number}" for number in range(size - 100, size)]
    return _asked(
        _versions(size),
        lambda client: client.update_package_versions_status(**TOOL, versions=newest, targetStatus="Archived"),
    )


def _delete_newest(size: int) -> Contender:
    newest = [f"1.{number}" for number in range(size - 100, size)]
    return _asked(_versions(size), lambda client: client.delete_package_versions(**TOOL, versions=newest))


def _delete_oldest(size: int) -> Contender:
    oldest = [f"1.{number}" for number in range(100)]
    return _asked(_versions(size), lambda client: client.delete_package_versions(**TOOL, versions=oldest))


def _page_by_time(size: int) -> Contender:
    def two_pages(client: Any) -> None:
        asked = {**TOOL, "sortBy": "PUBLISHED_TIME", "maxResults": 50}
        client.list_package_versions(**asked, nextToken=client.list_package_versions(**asked)["nextToken"])

    return _asked(_versions(size), two_pages)


def _small_group(size: int) -> Contender:
    fake, team = _packages(size)
    team.add_packages(npm(f"@scope/{_named(number)}") for number in range(100))
    fake.domain("acme").add_package_group("/npm/scope/*")
    return _asked(fake, lambda client: client.list_associated_packages(**ACME, packageGroup="/npm/scope/*"))


def _rest_of_a_group(size: int) -> Contender:
    fake, team = _packages(size)
    team.add_packages(npm(f"@scope/{_named(number)}") for number in range(100))
    fake.domain("acme").add_package_group("/pypi/*")
    return _asked(fake, lambda client: client.list_associated_packages(**ACME, packageGroup="/*"))


def _groups(size: int) -> FakeCodeArtifact:
    fake, _ = _repository()
    for number in range(size):
        fake.domain("acme").add_package_group(f"/npm/scope-{number}/*")
    for pattern in ("/npm/*", "/npm/scope-7/a~"):
        fake.domain("acme").add_package_group(pattern)
    return fake


def _sub_groups(size: int) -> Contender:
    return _asked(_groups(size), lambda client: client.list_sub_package_groups(**ACME, packageGroup="/npm/scope-7/*"))


def _group_match(size: int) -> Contender:
    asked = {**ACME, "format": "npm", "namespace": "scope-7", "package": "a"}
    return _asked(_groups(size), lambda client: client.get_associated_package_group(**asked))


def _last_repositories(size: int) -> Contender:
    fake = FakeCodeArtifact()
    acme = fake.add_domain("acme")
    for number in range(size):
        acme.add_repository(_named(number))
    with fake:
        pages = fake.client().get_paginator("list_repositories").paginate(PaginationConfig={"PageSize": 100})
        *_, before_last, _ = pages
    client = boto3.client("codeartifact", "us-east-1", **KEYS)

    def asked() -> None:
        with fake:  # and not a fork of it, as its tokens are its own
            client.list_repositories(maxResults=100, nextToken=before_last["nextToken"])

    return asked


def _delete_repository(size: int) -> Contender:
    return _asked(_groups(size), lambda client: client.delete_repository(**TEAM))


def _look_up_deleted(size: int) -> Contender:
    fake, team = _packages(size)
    with fake:
        client = fake.client()
        for number in range(size):
            client.delete_package(**TEAM, format="pypi", package=_named(number))

    def looked_up() -> None:
        assert pypi(_named(size // 2)) in team.deleted

    return looked_up


def _page_by_name(size: int) -> Contender:
    asked = {**TOOL, "maxResults": 50}
    return _asked(_versions(size), lambda client: client.list_package_versions(**asked))


def _page_by_rare_status(size: int) -> Contender:
    fake = _versions(size)
    fake.repository("acme", "team").packages[pypi("tool")].add_version("9.9", status="Archived")
    return _asked(fake, lambda client: client.list_package_versions(**TOOL, status="Archived"))


def _list_packages(size: int) -> Contender:
    return _asked(_packages(size)[0], lambda client: client.list_packages(**TEAM))


def _delete_package(size: int) -> Contender:
    return _asked(
        _packages(size)[0],
        lambda client: client.delete_package(**TEAM, format="pypi", package=_named(size // 2)),
    )


def _changes(size: int) -> Contender:
    fake, _ = _packages(size)
    client = boto3.client("codeartifact", "us-east-1", **KEYS)

    def compared() -> None:
        with fake.fork() as fork, fork.changes() as changes:
            client.delete_package(**TEAM, format="pypi", package=_named(size // 2))
        assert len(changes) == 1

    return compared


def _add_package(size: int) -> Contender:
    fake, _ = _repository()
    versions = [f"1.{number}" for number in range(size)]
    return lambda: fake.fork().repository("acme", "team").add_package(pypi("tool"), versions=versions)


def _load_cli(size: int) -> Contender:
    fake, _ = _repository()
    origin = {"restrictions": {"publish": "ALLOW", "upstream": "BLOCK"}}
    listed = [{"format": "pypi", "package": _named(number), "originConfiguration": origin} for number in range(size)]

    def load() -> None:
        fork = fake.fork()
        fork.load_cli({"packages": listed}, into=fork.repository("acme", "team"))

    return load


def _load_cli_versions(size: int) -> Contender:
    fake, _ = _repository()
    listed = [{"version": f"1.{number}", "revision": "r", "status": "Published"} for number in range(size)]
    answer = {"format": "pypi", "package": "tool", "defaultDisplayVersion": f"1.{size - 1}", "versions": listed}

    def load() -> None:
        fork = fake.fork()
        fork.load_cli(answer, into=fork.repository("acme", "team"))

    return load


def _load(size: int) -> Contender:
    path = Path(tempfile.mkdtemp()) / "seed.json"
    _packages(size)[0].dump(path)
    return lambda: FakeCodeArtifact().load(path)


def _dump(size: int) -> Contender:
    fake, _ = _packages(size)
    path = Path(tempfile.mkdtemp()) / "seed.json"
    return lambda: fake.dump(path)


def _read_journal(size: int) -> Contender:
    fake, team = _packages(size)
    ids = [pypi(_named(number)) for number in range(size)]
    with fake:
        client = fake.client()
        for id in ids:
            client.delete_package(**TEAM, format="pypi", package=id.name)

    def read() -> None:
        assert team.deleted == set(ids)
        assert len(fake.deletions) == size
        assert len(fake.calls.of("DeletePackage", package=ids[0])) == 1

    return read


def _fetch(size: int) -> Contender:
    fake, _ = _repository()
    acme = fake.domain("acme")
    acme.add_repository("link-0").add_package(pypi("tool"), versions=["1.0"])
    for number in range(1, size + 1):
        acme.add_repository(f"link-{number}", upstreams=[f"link-{number - 1}"])
    return lambda: fake.fork().repository("acme", f"link-{size}").fetch(pypi("tool"), "1.0")


def _publish(size: int) -> Contender:
    content = bytes(size)
    asked = {
        **TEAM, "format": "generic", "namespace": "ns", "package": "tool", "packageVersion": "1.0", "assetName": "a",
        "assetSHA256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    return _asked(_repository()[0], lambda client: client.publish_package_version(**asked, assetContent=content))


def _journal(calls: int) -> Result:
    """What the journal keeps of a DeletePackage."""
    fake, _ = _packages(calls)
    with fake:
        client = fake.client()
        client.list_domains()
        gc.collect()
        tracemalloc.start()
        for number in range(calls):
            client.delete_package(**TEAM, format="pypi", package=_named(number))
        gc.collect()
        kept = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
    answer = len(json.dumps(fake.calls[-1].response))
    return Result("journal of a DeletePackage", 0, notes=_bytes(kept, calls, answer))


def _session_wide(tests: int) -> Result:
    """What each test leaves behind in a fake of the whole session, if it creates a client and lists two pages."""
    fake, _ = _packages(2)

    def run(tests: int) -> None:
        for _ in range(tests):
            client = fake.client()
            token = client.list_packages(**TEAM, maxResults=1)["nextToken"]
            client.list_packages(**TEAM, maxResults=1, nextToken=token)

    with fake:
        run(tests)  # fills the caches, which are bounded
        gc.collect()
        tracemalloc.start()
        run(tests)
        gc.collect()
        kept = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
    answers = sum(len(json.dumps(call.response)) for call in fake.calls[-2:])
    return Result("what a test leaves in a fake of the session", 0, notes=_bytes(kept, tests, answers))


def _bytes(kept: int, times: int, answers: int) -> dict[str, int]:
    return {"bytes": round(kept / times), "of them the answers": answers}


FLAT: list[tuple[str, Callable[[int], Contender], int]] = [
    ("a miss in packages", _miss, 10_000),
    ("UpdatePackageVersionsStatus of 100 versions of", _update_status, 1000),
    ("DeletePackageVersions of the 100 newest versions of", _delete_newest, 1000),
    ("DeletePackageVersions of the 100 oldest versions of", _delete_oldest, 1000),
    ("two pages of ListPackageVersions by time of", _page_by_time, 1000),
    ("ListAssociatedPackages of a small group beside", _small_group, 10_000),
    ("ListAssociatedPackages of the root group, most in another of", _rest_of_a_group, 10_000),
    ("ListSubPackageGroups among", _sub_groups, 1000),
    ("GetAssociatedPackageGroup among", _group_match, 1000),
    ("ListRepositories, the last page of", _last_repositories, 1000),
    ("DeleteRepository beside package groups", _delete_repository, 1000),
    ("ListPackageVersions by name, 50 of", _page_by_name, 1000),
    ("`id in team.deleted` after deletions", _look_up_deleted, 300),
    ("ListPackages, the first 100 of", _list_packages, 10_000),
    ("DeletePackage among", _delete_package, 10_000),
    ("changes() of one call among", _changes, 10_000),
]

LINEAR: list[tuple[str, Callable[[int], Contender], int]] = [
    ("ListPackageVersions by name, of a status that one has, among", _page_by_rare_status, 1000),
    ("add_package with versions", _add_package, 1000),
    ("load_cli of packages", _load_cli, 1000),
    ("load_cli of versions", _load_cli_versions, 1000),
    ("load of packages", _load, 1000),
    ("dump of packages", _dump, 1000),
    ("fetch of a version through upstreams, a chain of", _fetch, 2),
    ("PublishPackageVersion of an asset, in bytes", _publish, 10_000_000),
    ("deleted ==, deletions and calls.of after calls", _read_journal, 300),
]
