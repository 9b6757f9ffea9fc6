"""Terraform's AWS provider: what it makes is there, it finds nothing to change, it imports and destroys it.

It runs where there is a program `terraform` and a mirror of the provider on the disk: in a directory that the machine's
own configuration of Terraform names, in one where Terraform looks by itself, or in the one that MIRROR names.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_codeartifact import FakeCodeArtifact

from ..support.machines import Done, Machine

MIRROR = "CODEARTIFACT_TERRAFORM_MIRROR"
"""The environment variable that names a directory with a mirror."""

CONFIGURATION = Path(__file__).with_name("main.tf")

DOMAIN = "arn:aws:codeartifact:us-east-1:123456789012:domain/acme"
REPOSITORY = "arn:aws:codeartifact:us-east-1:123456789012:repository/acme"

IDS = {
    "aws_codeartifact_domain.acme": DOMAIN,
    "aws_codeartifact_repository.store": f"{REPOSITORY}/store",
    "aws_codeartifact_repository.team": f"{REPOSITORY}/team",
    "aws_codeartifact_domain_permissions_policy.acme": DOMAIN,
    "aws_codeartifact_repository_permissions_policy.team": f"{REPOSITORY}/team",
}
"""The resources of the configuration, and what they are imported by."""


def mirrors() -> Iterator[Path]:
    """Where a mirror may be."""
    yield Path(os.environ.get(MIRROR, ""))
    configured = Path(os.environ.get("TF_CLI_CONFIG_FILE", Path.home() / ".terraformrc"))
    if configured.is_file():
        yield from map(Path, re.findall(r'^\s*path\s*=\s*"(.+)"', configured.read_text(), re.MULTILINE))
    yield Path.home() / ".terraform.d" / "plugins"
    yield from (Path(share, "terraform", "plugins") for share in ("/usr/local/share", "/usr/share"))


class Terraform:
    """`terraform`, in a directory with the configuration, of which it finds providers in a mirror only."""

    def __init__(self, machine: Machine, program: str, mirror: Path) -> None:
        self._machine, self._program = machine, program
        shutil.copy(CONFIGURATION, machine.home)
        configured = machine.home / "mirror.tfrc"
        configured.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n')
        self._variables = {"TF_CLI_CONFIG_FILE": str(configured), "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}

    def __call__(self, command: str, *arguments: str) -> Done:
        """Run a command."""
        return self._machine.run(self._program, command, "-no-color", *arguments, variables=self._variables)

    def apply(self) -> None:
        """Create the resources of the configuration."""
        self("apply", "-auto-approve", "-input=false").check()

    def forget(self) -> None:
        """Remove the resources from the state of Terraform."""
        (self._machine.home / "terraform.tfstate").unlink()

    def check_that_nothing_differs(self) -> None:
        """Fail the test if the resources differ from the configuration."""
        plan = self("plan", "-detailed-exitcode", "-input=false")
        assert plan.code == 0, plan.out + plan.err


@pytest.fixture
def terraform(machine: Machine) -> Terraform:
    """Terraform, initialised."""
    program = machine.find("terraform")
    if program is None:
        pytest.skip("Terraform is not installed")
    mirror = next((found for found in mirrors() if (found / "registry.terraform.io/hashicorp/aws").is_dir()), None)
    if mirror is None:
        pytest.skip(f"there is no mirror of Terraform's AWS provider on this disk: name its directory in {MIRROR}")
    ready = Terraform(machine, program, mirror)
    ready("init", "-input=false").check()
    return ready


def test_resources_that_terraform_applies_exist_without_differences(
    terraform: Terraform, codeartifact: FakeCodeArtifact
) -> None:
    terraform.apply()

    acme = codeartifact.domain("acme")
    team, store = acme.repository("team"), acme.repository("store")
    assert (acme.tags, team.tags) == ({"team": "platform"}, {"cost-centre": "42", "owner": "platform"})
    assert (team.description, team.upstreams, store.external_connection) == ("What we build", ["store"], "public:npmjs")
    assert acme.policy["Statement"][0]["Resource"] == team.policy["Statement"][0]["Resource"] == DOMAIN
    terraform.check_that_nothing_differs()


def test_terraform_imports_existing_resources(terraform: Terraform, codeartifact: FakeCodeArtifact) -> None:
    terraform.apply()
    terraform.forget()
    for resource, id in IDS.items():
        terraform("import", "-input=false", resource, id).check()

    terraform.check_that_nothing_differs()
    assert set(codeartifact.domain("acme").repositories) == {"store", "team"}


def test_terraform_destroys_its_resources(terraform: Terraform, codeartifact: FakeCodeArtifact) -> None:
    terraform.apply()

    terraform("destroy", "-auto-approve", "-input=false").check()

    assert not codeartifact.domains
    deleted = [call.params.get("repository") for call in codeartifact.calls.of("DeleteRepository")]
    assert deleted == ["team", "store"]
