"""Domains, tokens and endpoints."""

from __future__ import annotations

from ..playing import TOOL, Stage


def a_domain_is_described_and_listed(stage: Stage) -> None:
    stage.ask("D-7, D-2", "DescribeDomain")
    stage.ask("D-8, L-13", "ListDomains")
    stage.ask("D-8, L-12", "ListDomains", maxResults=1)


def a_domain_is_made_twice_and_deleted_twice(stage: Stage) -> None:
    other = f"{stage.names.domain}-2"
    stage.ask("D-1, D-2", "CreateDomain", domain=other)
    stage.ask("D-3, E-16", "CreateDomain", domain=other)
    stage.ask("D-9, D-2", "DeleteDomain", domain=other)
    stage.ask("E-10", "DescribeDomain", domain=other)
    stage.ask("D-10", "DeleteDomain", domain=other)


def a_domain_with_repositories_is_not_deleted(stage: Stage) -> None:
    other = f"{stage.names.domain}-3"
    stage.ask("D-1", "CreateDomain", domain=other)
    stage.ask("R-2", "CreateRepository", domain=other, repository="repo")
    stage.ask("D-7", "DescribeDomain", domain=other)
    stage.ask("D-9, E-15", "DeleteDomain", domain=other)
    stage.ask("R-7", "DeleteRepository", domain=other, repository="repo")
    stage.ask("D-9", "DeleteDomain", domain=other)


def what_is_asked_of_a_domain_that_is_not_there(stage: Stage) -> None:
    absent = {"domain": f"{stage.names.domain}-absent"}
    stage.ask("E-10", "CreateRepository", **absent, repository="repo")
    stage.ask("E-10", "ListRepositoriesInDomain", **absent)
    stage.ask("E-10, G-25", "DescribePackageGroup", **absent, packageGroup="/*")
    stage.ask("T-4, E-10", "GetAuthorizationToken", **absent)
    stage.ask("E-10, PP-3", "GetDomainPermissionsPolicy", **absent)


def tokens_and_endpoints(stage: Stage) -> None:
    repository = stage.repository()
    stage.ask("T-3", "GetAuthorizationToken")
    stage.ask("T-1", "GetAuthorizationToken", durationSeconds=100)
    stage.ask("T-1", "GetAuthorizationToken", durationSeconds=0)
    stage.ask("T-1, V-4", "GetAuthorizationToken", durationSeconds=43201)
    for format in ("npm", "pypi", "maven", "nuget", "generic", "ruby", "swift", "cargo"):
        stage.ask("N-1, N-3", "GetRepositoryEndpoint", repository=repository, format=format)
    stage.ask("N-1", "GetRepositoryEndpoint", repository=repository, format="npm", endpointType="ipv4")
    stage.ask("N-2", "GetRepositoryEndpoint", repository=repository, format="npm", endpointType="dualstack")
    stage.ask("N-4, E-11", "GetRepositoryEndpoint", repository=stage.name("absent"), format="npm")


def what_a_domain_stores(stage: Stage) -> None:
    """The same content in two versions, and in two repositories."""
    other = f"{stage.names.domain}-4"
    stage.ask("D-1", "CreateDomain", domain=other)
    for repository in ("one", "two"):
        stage.ask("R-2", "CreateRepository", domain=other, repository=repository)
        stage.publish(repository, text="twelve bytes", domain=other)
    stage.publish("one", version="2.0", text="twelve bytes", domain=other)
    stage.ask("D-7, DP-7", "DescribeDomain", domain=other)
    stage.ask("DP-2", "DeletePackage", **TOOL, domain=other, repository="one")
    stage.ask("DP-7, D-7", "DescribeDomain", domain=other)


def resources_of_the_owner_by_name(stage: Stage) -> None:
    owner = {"domainOwner": stage.names.account}
    stage.ask("X-1, D-7", "DescribeDomain", **owner)
    stage.ask("X-1, R-10", "DescribeRepository", repository=stage.repository(), **owner)


PLAYS = (
    a_domain_is_described_and_listed,
    a_domain_is_made_twice_and_deleted_twice,
    a_domain_with_repositories_is_not_deleted,
    what_is_asked_of_a_domain_that_is_not_there,
    tokens_and_endpoints,
    what_a_domain_stores,
    resources_of_the_owner_by_name,
)
