"""What many tests use: the domain `acme`, its repository `team`, a package of each format, and code under test."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from pytest_codeartifact import PackageId, cargo, generic, maven, npm, nuget, pypi, ruby, swift

ACME = {"domain": "acme"}
TEAM = {**ACME, "repository": "team"}

ACCOUNT = "123456789012"
"""The caller's, and the owner's of everything that is seeded without saying whose."""

NO_DOMAIN = f"Domain not found. Domain 'nowhere' owned by account '{ACCOUNT}' does not exist."
NO_REPOSITORY = (
    f"Repository not found. Repository 'nowhere' in domain 'acme' owned by account '{ACCOUNT}' does not exist."
)

ONE_OF_EACH_FORMAT = [
    npm("react"),
    npm("@types/node"),
    pypi("requests"),
    maven("org.apache", "commons"),
    nuget("Newtonsoft.Json"),
    generic("tools", "installer"),
    ruby("rails"),
    swift("apple", "swift-nio"),
    cargo("serde"),
]

each_format = pytest.mark.parametrize("id", ONE_OF_EACH_FORMAT, ids=str)


def coordinates(id: PackageId) -> dict[str, str]:
    """A package, as the SDK's parameters."""
    namespace = {} if id.namespace is None else {"namespace": id.namespace}
    return {"format": id.format, **namespace, "package": id.name}


def of(id: PackageId) -> dict[str, str]:
    """A package in the repository `team`, as the SDK's parameters."""
    return {**TEAM, **coordinates(id)}


TOOL = of(generic("ns", "tool"))
"""The generic tool in `team`, as the SDK's parameters."""


def publish(client: Any, asset: str, *, unfinished: bool = False) -> Any:
    """Publish an asset of version 1.0 of the generic tool."""
    return upload(client, asset, **TOOL, packageVersion="1.0", unfinished=unfinished)


def upload(client: Any, asset: str, content: bytes = b"x", /, **version: Any) -> Any:
    """Publish an asset with its checksum, to the version in the parameters."""
    return client.publish_package_version(
        **version, assetName=asset, assetContent=content, assetSHA256=hashlib.sha256(content).hexdigest()
    )


def listed(tags: dict[str, str]) -> list[dict[str, str]]:
    """Tags in the form of requests and responses."""
    return [{"key": key, "value": value} for key, value in tags.items()]


def tags_of(client: Any, arn: str) -> Any:
    """The tags of a resource, as the service lists them."""
    return client.list_tags_for_resource(resourceArn=arn)["tags"]


def clean_up(client: Any) -> None:
    """Delete the packages of the repository `team` whose names begin with `old`: an example of code under test."""
    for package in client.list_packages(**TEAM, packagePrefix="old")["packages"]:
        client.delete_package(**TEAM, format=package["format"], package=package["package"])
