"""Removes the resources in a ledger, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .ledger import Ledger
from .names import TAG


def clean(client: Any, ledger: Ledger) -> list[str]:
    """Remove everything that a ledger names and that is still there, and then the ledger.

    :returns: what was left, each with the reason; then the ledger is kept.
    """
    left = [reason for domain in _domains(ledger) for reason in _remove_domain(client, ledger, domain)]
    if not left:
        ledger.close()
    return left


def _domains(ledger: Ledger) -> list[str]:
    return list(dict.fromkeys(entry.domain for entry in reversed(ledger.entries)))


def _remove_domain(client: Any, ledger: Ledger, domain: str) -> Iterator[str]:
    try:
        yield from _emptied_and_deleted(client, ledger, domain)
    except (BotoCoreError, ClientError) as error:
        yield f"domain {domain}: {error}"


def _emptied_and_deleted(client: Any, ledger: Ledger, domain: str) -> Iterator[str]:
    try:
        arn = client.describe_domain(domain=domain)["domain"]["arn"]
    except client.exceptions.ResourceNotFoundException:
        return
    tags = {tag["key"]: tag["value"] for tag in client.list_tags_for_resource(resourceArn=arn)["tags"]}
    if tags.get(TAG) != ledger.names.run:
        yield f"domain {domain}: it has not the tag {TAG}={ledger.names.run}, so this run has not made it"
        return
    ours = {entry.repository for entry in ledger.entries if entry.domain == domain}
    pages = client.get_paginator("list_repositories_in_domain").paginate(domain=domain)
    there = [repository["name"] for page in pages for repository in page["repositories"]]
    for repository in ours.intersection(there):
        client.delete_repository(domain=domain, repository=repository)
    foreign = sorted(set(there) - ours)
    if foreign:
        yield f"domain {domain}: this run has not made its repositories {', '.join(foreign)}"
        return
    _delete(client, domain)


def _delete(client: Any, domain: str, attempts: int = 5) -> None:
    """Delete an empty domain. The service may not know yet that its repositories are gone."""
    try:
        client.delete_domain(domain=domain)
    except client.exceptions.ConflictException:
        if attempts == 1:
            raise
        time.sleep(2)
        _delete(client, domain, attempts - 1)
