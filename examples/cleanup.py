#!/usr/bin/env python3
"""Delete unused packages and versions from a CodeArtifact repository.

    cleanup.py my-domain my-repository --older-than 365 --keep keep.txt --dry-run

Versions that were published more than so many days ago go, and so do packages that have no published version left.
The newest published version of a package always stays, as do packages on the keep-list: one name or pattern per line,
with the scope or group in front if there is one, for example `@my-scope/*` or `com.example/core`.
"""

from __future__ import annotations

import argparse
import fnmatch
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

log = logging.getLogger("cleanup")

codeartifact = boto3.client(
    "codeartifact",
    region_name="us-east-1",
    config=Config(retries={"mode": "standard", "total_max_attempts": 5}, max_pool_connections=16),
)


class Cleanup:
    """One run of the clean-up over one repository."""

    def __init__(self, domain: str, repository: str, older_than: timedelta, keep: list[str], dry_run: bool) -> None:
        self.where = {"domain": domain, "repository": repository}
        self.before = datetime.now(timezone.utc) - older_than
        self.keep = keep
        self.dry_run = dry_run
        self.failed = 0

    def run(self, workers: int = 8) -> None:
        pages = codeartifact.get_paginator("list_packages").paginate(**self.where)
        packages = [package for page in pages for package in page["packages"]]
        log.info("%d packages in %s", len(packages), "/".join(self.where.values()))
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(self.clean, packages))

    def clean(self, package: dict[str, Any]) -> None:
        name = "/".join(filter(None, [package.get("namespace"), package["package"]]))
        if any(fnmatch.fnmatch(name, pattern.lstrip("@")) for pattern in self.keep):
            log.debug("kept: %s", name)
            return
        try:
            self.clean_versions({**self.where, **coordinates(package)}, name)
        except ClientError as error:
            self.failed += 1
            log.error("%s: %s", name, error)

    def clean_versions(self, package: dict[str, str], name: str) -> None:
        versions = self.versions(package)
        published = [version for version in versions if version["status"] == "Published"]
        if not published:
            log.info("deleting %s: no published version", name)
            if not self.dry_run:
                codeartifact.delete_package(**package)
            return
        stale = [version["version"] for version in published[1:] if self.is_stale(package, version["version"])]
        for start in range(0, len(stale), 100):
            batch = stale[start : start + 100]
            log.info("deleting %d versions of %s: %s", len(batch), name, ", ".join(batch))
            if not self.dry_run:
                result = codeartifact.delete_package_versions(**package, versions=batch, expectedStatus="Published")
                for version, failure in result["failedVersions"].items():
                    self.failed += 1
                    log.error("%s %s: %s", name, version, failure["errorMessage"])

    def versions(self, package: dict[str, str]) -> list[dict[str, Any]]:
        """The versions of a package, newest first."""
        pages = codeartifact.get_paginator("list_package_versions").paginate(**package, sortBy="PUBLISHED_TIME")
        return [version for page in pages for version in page["versions"]]

    def is_stale(self, package: dict[str, str], version: str) -> bool:
        described = codeartifact.describe_package_version(**package, packageVersion=version)
        return bool(described["packageVersion"]["publishedTime"] < self.before)


def coordinates(package: dict[str, Any]) -> dict[str, str]:
    return {key: package[key] for key in ("format", "namespace", "package") if key in package}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Delete unused packages and versions from a CodeArtifact repository.")
    parser.add_argument("domain")
    parser.add_argument("repository")
    parser.add_argument("--older-than", type=int, default=365, metavar="DAYS")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="packages to keep, one name or pattern per line")
    parser.add_argument("--dry-run", action="store_true", help="say what would be deleted, and delete nothing")
    arguments = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")

    keep = arguments.keep.read_text().split() if arguments.keep else []
    cleanup = Cleanup(
        arguments.domain, arguments.repository, timedelta(days=arguments.older_than), keep, arguments.dry_run
    )
    cleanup.run()
    return 1 if cleanup.failed else 0


if __name__ == "__main__":
    sys.exit(main())
