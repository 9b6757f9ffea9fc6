"""Builds and parses the Amazon Resource Names of CodeArtifact (rules X-5 and X-6)."""

from __future__ import annotations

import re
import uuid
from typing import NamedTuple

from ..errors import ValidationException
from ..http import Caller
from ..names.packages import PackageId
from ..state.entities import Domain, Repository

_ENCODED = str.maketrans({"%": "%25", "*": "%2a", "$": "%24"})
_DECODED = (("%2a", "*"), ("%24", "$"), ("%25", "%"))

_KEY_ID = r"(mrk-)?[0-9a-f-]{32,36}"
_KEY_ARN = r"arn:[^:]+:kms:([^:]+):([0-9]{12}):((?:key|alias)/.+)"


def partition(region: str) -> str:
    """The partition that a region belongs to."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def _arn(service: str, region: str, account: str, resource: str) -> str:
    return f"arn:{partition(region)}:{service}:{region}:{account}:{resource}"


def domain(region: str, owner: str, name: str) -> str:
    """The ARN of a domain."""
    return _arn("codeartifact", region, owner, f"domain/{name}")


def repository(region: str, owner: str, domain: str, name: str) -> str:
    """The ARN of a repository."""
    return _arn("codeartifact", region, owner, f"repository/{domain}/{name}")


def package(region: str, owner: str, domain: str, repository: str, id: PackageId) -> str:
    """The ARN of a package, which only IAM and EventBridge use. Without a namespace, that part is empty."""
    return _arn(
        "codeartifact", region, owner, f"package/{domain}/{repository}/{id.format}/{id.namespace or ''}/{id.name}"
    )


def package_group(region: str, owner: str, domain: str, pattern: str) -> str:
    """The ARN of a package group, with the wildcards of its pattern escaped."""
    return _arn("codeartifact", region, owner, f"package-group/{domain}{pattern.translate(_ENCODED)}")


def kms_key(region: str, owner: str, key_id: str) -> str:
    """The ARN of a key of KMS."""
    return _arn("kms", region, owner, f"key/{key_id}")


def of(resource: Domain | Repository) -> str:
    """The ARN of an existing domain or repository."""
    if isinstance(resource, Domain):
        return domain(resource.region, resource.owner, resource.name)
    return repository(resource.region, resource.owner, resource.domain, resource.name)


def of_group(domain: Domain, pattern: str) -> str:
    """The ARN of a package group of a domain."""
    return package_group(domain.region, domain.owner, domain.name, pattern)


def encryption_key(caller: Caller, key: str | None) -> str:
    """The ARN of the key that a domain is encrypted with (rules D-1 and D-5).

    Decision: there is no KMS here, so every valid key id, key ARN, alias and alias ARN names an existing key.

    :raises ValidationException: the string is none of these (rule E-18).
    """
    if key is None:
        key = "alias/aws/codeartifact"
    if re.fullmatch(_KEY_ID, key):
        return kms_key(caller.region, caller.account, key)
    arn = re.fullmatch(_KEY_ARN, key)
    region, account, name = arn.groups() if arn is not None else (caller.region, caller.account, key)
    if arn is not None and name.startswith("key/"):
        return key
    if name.startswith("alias/"):
        return kms_key(region, account, str(uuid.uuid5(uuid.NAMESPACE_URL, name)))
    raise ValidationException(f"KMS key not found: {key}", ValidationException.ENCRYPTION_KEY_ERROR)


def asset_bucket(region: str, owner: str) -> str:
    """The ARN of the bucket in the answer of DescribeDomain (rule D-2)."""
    return f"arn:{partition(region)}:s3:::assets-{owner}-{region}"


class ParsedArn(NamedTuple):
    """The parts of a CodeArtifact ARN. ``name`` is the repository or the pattern of the group, None for a domain."""

    region: str
    owner: str
    kind: str
    domain: str
    name: str | None


def parse(arn: str) -> ParsedArn | None:
    """Parse the ARN of a taggable resource: a domain, repository or package group. None for any other string."""
    scheme, arn_partition, service, region, owner, resource = (arn.split(":", 5) + [""] * 5)[:6]
    if (scheme, arn_partition, service) != ("arn", partition(region), "codeartifact") or not owner:
        return None
    kind, _, rest = resource.partition("/")
    domain, slash, name = rest.partition("/")
    if kind == "domain" and domain and not slash:
        return ParsedArn(region, owner, kind, domain, None)
    if kind == "repository" and domain and name and "/" not in name:
        return ParsedArn(region, owner, kind, domain, name)
    if kind == "package-group" and domain and name:
        for code, character in _DECODED:
            name = name.replace(code, character)
        return ParsedArn(region, owner, kind, domain, f"/{name}")
    return None
