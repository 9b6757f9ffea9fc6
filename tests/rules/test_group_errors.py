"""Errors of the operations on package groups (behaviour reference, E-10, E-16, V-8 and G-25)."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_codeartifact import Domain


@pytest.mark.rule("E-16", "G-25")
@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("describe_package_group", {}),
        ("update_package_group", {"description": "x"}),
        ("delete_package_group", {}),
        ("list_sub_package_groups", {}),
        ("list_associated_packages", {}),
        ("list_associated_packages", {"preview": False}),
        ("list_allowed_repositories_for_group", {"originRestrictionType": "PUBLISH"}),
        ("update_package_group_origin_configuration", {"restrictions": {"PUBLISH": "BLOCK"}}),
    ],
)
@pytest.mark.parametrize("pattern", ["/npm//nothing$", "nonsense"])
@pytest.mark.usefixtures("acme")
def test_an_unknown_group_is_not_found_and_named(
    client: Any, operation: str, parameters: dict[str, Any], pattern: str
) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        getattr(client, operation)(domain="acme", packageGroup=pattern, **parameters)

    response = caught.value.response
    assert pattern in response["Error"]["Message"]
    assert "resourceType" not in response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 404


@pytest.mark.rule("V-1", "G-16")
@pytest.mark.usefixtures("acme")
def test_deleting_a_group_accepts_a_pattern_of_one_character(client: Any) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="'x'"):
        client.delete_package_group(domain="acme", packageGroup="x")


@pytest.mark.rule("E-10", "X-1")
@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("create_package_group", {"packageGroup": "/npm/*"}),
        ("describe_package_group", {"packageGroup": "/*"}),
        ("update_package_group", {"packageGroup": "/*"}),
        ("delete_package_group", {"packageGroup": "/*"}),
        ("list_package_groups", {}),
        ("list_sub_package_groups", {"packageGroup": "/*"}),
        ("list_associated_packages", {"packageGroup": "/*"}),
        ("list_associated_packages", {"packageGroup": "/npm/*", "preview": True}),
        ("get_associated_package_group", {"format": "npm", "package": "x"}),
        ("list_allowed_repositories_for_group", {"packageGroup": "/*", "originRestrictionType": "PUBLISH"}),
        ("update_package_group_origin_configuration", {"packageGroup": "/*", "restrictions": {"PUBLISH": "BLOCK"}}),
    ],
)
@pytest.mark.parametrize("wrong", [{"domain": "nowhere"}, {"domain": "acme", "domainOwner": "210987654321"}], ids=str)
@pytest.mark.filterwarnings("ignore::pytest_codeartifact.CodeArtifactWarning")
@pytest.mark.usefixtures("acme")
def test_an_unknown_domain_is_not_found_and_named(
    client: Any, operation: str, parameters: dict[str, Any], wrong: dict[str, str]
) -> None:
    owner = wrong.get("domainOwner", "123456789012")

    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        getattr(client, operation)(**wrong, **parameters)

    assert caught.value.response["Error"]["Message"] == (
        f"Domain not found. Domain '{wrong['domain']}' owned by account '{owner}' does not exist."
    )
    assert caught.value.response["resourceType"] == "domain"


@pytest.mark.rule("V-8", "V-1")
@pytest.mark.parametrize("operation", ["create_package_group", "update_package_group"])
@pytest.mark.parametrize("member", ["contactInfo", "description"])
@pytest.mark.parametrize("text", ["x" * 1001, "two\nlines", "bell\x07", "in\u200bvisible"], ids=ascii)
def test_invalid_contacts_and_descriptions_are_refused(
    client: Any, acme: Domain, operation: str, member: str, text: str
) -> None:
    group = acme.add_package_group("/npm/*", contact_info="who", description="what")
    pattern = "/npm/*" if operation == "update_package_group" else "/npm/space/*"

    with pytest.raises(client.exceptions.ValidationException) as caught:
        getattr(client, operation)(domain="acme", packageGroup=pattern, **{member: text})

    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
    assert member in caught.value.response["Error"]["Message"]
    assert (group.contact_info, group.description) == ("who", "what")
    assert set(acme.package_groups) == {"/*", "/npm/*"}


@pytest.mark.rule("V-8")
@pytest.mark.usefixtures("acme")
def test_contacts_and_descriptions_of_1000_characters_are_accepted(client: Any) -> None:
    text = "ß" * 1000

    created = client.create_package_group(domain="acme", packageGroup="/npm/*", contactInfo=text, description=text)

    assert (created["packageGroup"]["contactInfo"], created["packageGroup"]["description"]) == (text, text)
