"""Permissions policies. Those that are put allow the caller's own account what it may do anyway."""

from __future__ import annotations

import json

from ..playing import Stage


def document(stage: Stage, action: str = "codeartifact:ReadFromRepository") -> str:
    principal = {"AWS": f"arn:aws:iam::{stage.names.account}:root"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def the_policy_of_a_repository(stage: Stage) -> None:
    repository = stage.repository()
    put, get, delete = (f"{verb}RepositoryPermissionsPolicy" for verb in ("Put", "Get", "Delete"))
    stage.ask("PP-3, E-16", get, repository=repository)
    stage.ask("PP-3", delete, repository=repository)
    stage.ask("PP-4", put, repository=repository, policyDocument=document(stage), policyRevision="never-given")
    first = stage.ask("PP-1", put, repository=repository, policyDocument=document(stage))
    stage.ask("PP-2", put, repository=repository, policyDocument=document(stage))
    stage.ask("PP-1", get, repository=repository)
    stale = first["policy"]["revision"]
    stage.ask("PP-4", put, repository=repository, policyDocument=document(stage), policyRevision=stale)
    stage.ask("PP-4", delete, repository=repository, policyRevision=stale)
    stage.ask("PP-5", put, repository=repository, policyDocument="{")
    stage.ask("PP-5", put, repository=repository, policyDocument="{}")
    stage.ask("PP-5", put, repository=repository, policyDocument=document(stage, "codeartifact:NoSuchAction"))
    stage.ask("PP-1", delete, repository=repository)
    stage.ask("PP-3", get, repository=repository)


def the_policy_of_a_domain(stage: Stage) -> None:
    put, get, delete = (f"{verb}DomainPermissionsPolicy" for verb in ("Put", "Get", "Delete"))
    policy = document(stage, "codeartifact:ListRepositoriesInDomain")
    stage.ask("PP-3, E-16", get)
    stage.ask("PP-3", delete)
    first = stage.ask("PP-1", put, policyDocument=policy)
    stage.ask("PP-2", put, policyDocument=policy, policyRevision=first["policy"]["revision"])
    stage.ask("PP-4", put, policyDocument=policy, policyRevision=first["policy"]["revision"])
    stage.ask("PP-1", get)
    stage.ask("PP-1", delete)
    stage.ask("PP-3", get)


def documents_of_any_size(stage: Stage) -> None:
    """Shorter and longer than the limit of one source, 5,120 characters, and than that of the model, 7,168."""
    for actions in (40, 50, 70):
        names = ",".join(f"codeartifact:Describe{number:080}" for number in range(actions))
        stage.ask("PP-5, V-8", "PutDomainPermissionsPolicy", policyDocument=document(stage, names))
    stage.ask("PP-1", "DeleteDomainPermissionsPolicy")


def statements_that_are_not_complete(stage: Stage) -> None:
    for statements in ("[]", '[{"Effect": "Allow"}]', '[{"Effect": "Allow", "Principal": "*", "Resource": "*"}]'):
        text = f'{{"Version": "2012-10-17", "Statement": {statements}}}'
        stage.ask("PP-5", "PutRepositoryPermissionsPolicy", repository=stage.name("absent"), policyDocument=text)


PLAYS = (
    the_policy_of_a_repository,
    the_policy_of_a_domain,
    documents_of_any_size,
    statements_that_are_not_complete,
)
