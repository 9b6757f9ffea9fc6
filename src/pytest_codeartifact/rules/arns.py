"""Amazon Resource Names of CodeArtifact (rules X-5 and X-6): written here, and read back here."""

from __future__ import annotations

from typing import NamedTuple

from ..names.packages import PackageId

_ENCODED = str.maketrans({"%": "%25", "*": "%2a", "$": "%24"})
_DECODED = (("%2a", "*"), ("%24", "$"), ("%25", "%"))


def partition(region: str) -> str:
    """The partition that a region belongs to."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def _arn(service: str, region: str, account: str, resource: str) -> str:
    return f"arn:{partition(region)}:{service}:{region}:{account}:{resource}"


def domain(region: str, owner: str, name: str) -> str:
    return _arn("codeartifact", region, owner, f"domain/{name}")


def repository(region: str, owner: str, domain: str, name: str) -> str:
    return _arn("codeartifact", region, owner, f"repository/{domain}/{name}")


def package(region: str, owner: str, domain: str, repository: str, id: PackageId) -> str:
    """Used by IAM and EventBridge only; an empty namespace leaves an empty part."""
    return _arn("codeartifact", region, owner, f"package/{domain}/{repository}{id.path}")


def package_group(region: str, owner: str, domain: str, pattern: str) -> str:
    return _arn("codeartifact", region, owner, f"package-group/{domain}{pattern.translate(_ENCODED)}")


def kms_key(region: str, owner: str, key_id: str) -> str:
    return _arn("kms", region, owner, f"key/{key_id}")


def asset_bucket(region: str, owner: str) -> str:
    """The bucket that DescribeDomain names (rule D-2)."""
    return f"arn:{partition(region)}:s3:::assets-{owner}-{region}"


class Parsed(NamedTuple):
    """A CodeArtifact ARN taken apart. ``name`` is the repository or the group's pattern, None for a domain."""

    region: str
    owner: str
    kind: str
    domain: str
    name: str | None


def parse(arn: str) -> Parsed | None:
    """Take apart the ARN of a taggable resource: a domain, repository or package group; None for any other text."""
    scheme, its_partition, service, region, owner, resource = (arn.split(":", 5) + [""] * 5)[:6]
    if (scheme, its_partition, service) != ("arn", partition(region), "codeartifact") or not owner:
        return None
    kind, _, rest = resource.partition("/")
    domain, slash, name = rest.partition("/")
    if kind == "domain" and domain and not slash:
        return Parsed(region, owner, kind, domain, None)
    if kind == "repository" and domain and name and "/" not in name:
        return Parsed(region, owner, kind, domain, name)
    if kind == "package-group" and domain and name:
        for code, character in _DECODED:
            name = name.replace(code, character)
        return Parsed(region, owner, kind, domain, f"/{name}")
    return None
