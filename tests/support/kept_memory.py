"""Prints, as JSON, how many bytes of memory a fake uses for a call of each kind, and how long its response is.

This is a separate program, because pytest keeps the fakes of a test until the test ends.
"""

from __future__ import annotations

import gc
import json
import sys
import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from pytest_codeartifact import FakeCodeArtifact, pypi

from .one_call_each import OPERATIONS, SAMPLES, arguments, call, furnish

_CALLS = 2  # with one more call, the most that the quota of domains allows

VERSIONS = [f"1.{number}" for number in range(100)]
_TEAM = {"domain": "acme", "repository": "team", "format": "pypi", "versions": VERSIONS}
_UNKNOWN = [f"9.{number}" for number in range(100)]

NOT_IN_THE_ANSWER = {
    "PublishPackageVersion": len(SAMPLES["assetSHA256"]),
    "refuse": len(json.dumps(VERSIONS)),
    "exceed": len(json.dumps([*VERSIONS, *_UNKNOWN])),
}
"""The bytes of long parameters that the response does not repeat."""

BATCHES: dict[str, tuple[str, dict[str, Any]]] = {
    "delete": ("DeletePackageVersions", _TEAM),
    "dispose": ("DisposePackageVersions", _TEAM),
    "archive": ("UpdatePackageVersionsStatus", {**_TEAM, "targetStatus": "Archived"}),
    "copy": (
        "CopyPackageVersions",
        {
            "domain": "acme",
            "sourceRepository": "team",
            "destinationRepository": "other",
            "format": "pypi",
            "versions": VERSIONS,
        },
    ),
    "fail": ("DeletePackageVersions", {**_TEAM, "versions": _UNKNOWN}),
    "refuse": ("DeletePackageVersions", {**_TEAM, "repository": "nowhere"}),
    "exceed": ("DeletePackageVersions", {**_TEAM, "versions": [*VERSIONS, *_UNKNOWN]}),
}


def _kept(seed: FakeCodeArtifact, ask: Callable[[Any, int], int]) -> tuple[float, float]:
    """The bytes that a fake uses for a call in addition to its state, and the bytes of the response.

    :param ask: makes the call with the given number, and returns the bytes of its response.
    """
    with seed.fork() as warming:  # fills the caches of the process, which do not belong to a fake
        client = warming.client()
        for number in range(_CALLS + 1):
            ask(client, number)
    fake = seed.fork()
    with fake:
        client = fake.client()
        ask(client, _CALLS)  # uses the memory that all calls of a kind share
        gc.collect()
        tracemalloc.start()
        answers = [ask(client, number) for number in range(_CALLS)]
    state = fake.fork()  # keeps the state alive when the fake is deleted
    del client
    gc.collect()
    with_calls = tracemalloc.get_traced_memory()[0]
    del fake
    gc.collect()
    without = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del state
    return (with_calls - without) / _CALLS, sum(answers) / _CALLS


def _length(client: Any, operation: str, **params: Any) -> int:
    try:
        answer = call(client, operation, **params)
    except ClientError as error:
        answer = error.response
    return int(answer["ResponseMetadata"]["HTTPHeaders"]["content-length"])


def _on_furnished(operation: str, client: Any, number: int) -> int:
    return _length(client, operation, **arguments(operation, f"-{number}"))


def _on_many(operation: str, params: dict[str, Any], client: Any, number: int) -> int:
    return _length(client, operation, package=f"tool-{number}", **params)


def main() -> None:
    furnished, many = FakeCodeArtifact(), FakeCodeArtifact()
    for number in range(_CALLS + 1):
        furnish(furnished, f"-{number}")
    acme = many.add_domain("acme")
    acme.add_repository("other")
    acme.add_repository("team").add_packages(
        (pypi(f"tool-{number}") for number in range(_CALLS + 1)), versions=VERSIONS
    )
    kept: dict[str, tuple[float, float]] = {}
    for operation in OPERATIONS:
        kept[operation] = _kept(furnished, partial(_on_furnished, operation))
    for what, (operation, params) in BATCHES.items():
        kept[what] = _kept(many, partial(_on_many, operation, params))
    sys.stdout.write(json.dumps(kept))


if __name__ == "__main__":
    main()
