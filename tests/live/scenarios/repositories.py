"""Repositories, their upstreams and their connections. No connection is used, so nothing is fetched."""

from __future__ import annotations

from ..playing import Stage


def a_repository_from_its_creation_to_its_deletion(stage: Stage) -> None:
    repository = stage.repository()
    stage.ask("R-2, E-16", "CreateRepository", repository=repository)
    stage.ask("R-10", "DescribeRepository", repository=repository)
    stage.ask("R-5", "UpdateRepository", repository=repository, description="of the team")
    stage.ask("R-5", "UpdateRepository", repository=repository)
    stage.ask("R-5", "UpdateRepository", repository=repository, description="")
    stage.ask("R-7", "DeleteRepository", repository=repository)
    stage.ask("R-10, E-11", "DescribeRepository", repository=repository)
    stage.ask("R-9", "DeleteRepository", repository=repository)


def upstreams_are_replaced_kept_and_cleared(stage: Stage) -> None:
    first, second = stage.repository("first"), stage.repository("second")
    repository = stage.repository("repo", upstreams=[{"repositoryName": first}])
    both = [{"repositoryName": second}, {"repositoryName": first}]
    stage.ask("R-5", "UpdateRepository", repository=repository, upstreams=both)
    stage.ask("R-5", "UpdateRepository", repository=repository, description="the upstreams stay")
    stage.ask("R-5", "UpdateRepository", repository=repository, upstreams=[])


def upstreams_that_may_be_refused(stage: Stage) -> None:
    names = [stage.repository(f"up-{number}") for number in range(11)]
    repository = stage.repository()
    upstreams = [{"repositoryName": name} for name in names]
    stage.ask("R-3, E-11", "UpdateRepository", repository=repository, upstreams=[{"repositoryName": stage.name("no")}])
    stage.ask("R-4", "UpdateRepository", repository=repository, upstreams=[{"repositoryName": repository}])
    stage.ask("R-4", "UpdateRepository", repository=repository, upstreams=upstreams[:1] * 2)
    stage.ask("R-3", "UpdateRepository", repository=repository, upstreams=upstreams[:10])
    stage.ask("R-3, E-25", "UpdateRepository", repository=repository, upstreams=upstreams)
    stage.ask("R-4", "UpdateRepository", repository=names[0], upstreams=[{"repositoryName": repository}])


def an_upstream_that_was_deleted(stage: Stage) -> None:
    upstream = stage.repository("up")
    repository = stage.repository("repo", upstreams=[{"repositoryName": upstream}])
    stage.ask("R-7", "DeleteRepository", repository=upstream)
    stage.ask("R-8", "DescribeRepository", repository=repository)
    stage.repository("up")
    stage.ask("R-8", "DescribeRepository", repository=repository)
    stage.ask("R-8", "UpdateRepository", repository=repository, description="healed")


def connections_and_upstreams_exclude_each_other(stage: Stage) -> None:
    upstream, repository = stage.repository("up"), stage.repository()
    connect = "AssociateExternalConnection"
    stage.ask("U-4", connect, repository=repository, externalConnection="public:nowhere")
    stage.ask("U-5, U-6", connect, repository=repository, externalConnection="public:npmjs")
    stage.ask("U-7, E-17", connect, repository=repository, externalConnection="public:npmjs")
    stage.ask("U-2, E-17", connect, repository=repository, externalConnection="public:pypi")
    stage.ask("R-6, U-3", "UpdateRepository", repository=repository, upstreams=[{"repositoryName": upstream}])
    stage.ask("R-6", "UpdateRepository", repository=repository, upstreams=[])
    disconnect = "DisassociateExternalConnection"
    stage.ask("U-7", disconnect, repository=repository, externalConnection="public:pypi")
    stage.ask("U-16", disconnect, repository=repository, externalConnection="public:nowhere")
    stage.ask("U-6", disconnect, repository=repository, externalConnection="public:npmjs")
    stage.ask("R-5", "UpdateRepository", repository=repository, upstreams=[{"repositoryName": upstream}])
    stage.ask("U-3", connect, repository=repository, externalConnection="public:npmjs")


def repositories_that_are_made_with_upstreams(stage: Stage) -> None:
    first, second = stage.repository("b"), stage.repository("a")
    stage.repository("ordered", upstreams=[{"repositoryName": first}, {"repositoryName": second}])
    stage.ask("R-3, R-1", "DescribeRepository", repository=stage.name("ordered"))
    for absent in (stage.name("absent"), stage.name("itself")):
        upstreams = [{"repositoryName": absent}]
        stage.ask("R-3, R-4, E-11", "CreateRepository", repository=stage.name("itself"), upstreams=upstreams)


def connections_of_each_format(stage: Stage) -> None:
    repository = stage.repository()
    for name in ("public:pypi", "public:maven-central", "public:nuget-org", "public:ruby-gems-org", "public:crates-io"):
        stage.ask("U-4, U-5", "AssociateExternalConnection", repository=repository, externalConnection=name)
        stage.ask("U-6", "DisassociateExternalConnection", repository=repository, externalConnection=name)


PLAYS = (
    a_repository_from_its_creation_to_its_deletion,
    upstreams_are_replaced_kept_and_cleared,
    upstreams_that_may_be_refused,
    an_upstream_that_was_deleted,
    connections_and_upstreams_exclude_each_other,
    repositories_that_are_made_with_upstreams,
    connections_of_each_format,
)
