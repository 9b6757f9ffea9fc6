"""What `pip install pytest-codeartifact` alone gives: every public name, and the plugin.

`tox run -e bare` runs this file in an environment that has nothing else. Elsewhere the same is proven by refusing
every import of what the requirements do not bring.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

REFUSING = """
import re, sys
from importlib import metadata

def with_requirements(name, found):
    "The distributions that pip installs with one."
    name = re.sub("[-_.]+", "-", name).lower()
    if name not in found:
        try:
            required = metadata.requires(name) or ()
        except metadata.PackageNotFoundError:
            return found  # of another interpreter or system
        found.add(name)
        for requirement in required:
            if "extra ==" not in requirement:
                with_requirements(re.match(r"[\\w.-]+", requirement).group(), found)
    return found

installed = with_requirements("pytest-codeartifact", set())
ours = {"pytest_codeartifact", "__main__", *sys.stdlib_module_names}
tops = {
    top for top, names in metadata.packages_distributions().items()
    if installed.isdisjoint(re.sub("[-_.]+", "-", name).lower() for name in names) and top not in ours
}

class Refusing:
    "Lets nothing be imported that another distribution has brought."
    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] in tops:
            raise ModuleNotFoundError(f"{fullname} is not installed")

sys.meta_path.insert(0, Refusing())
"""

CODE = """
import pytest_codeartifact
for name in pytest_codeartifact.__all__:
    getattr(pytest_codeartifact, name)
print(len(pytest_codeartifact.__all__))
"""


def test_every_public_name_can_be_imported() -> None:
    printed = subprocess.run([sys.executable, "-c", REFUSING + CODE], check=True, capture_output=True, text=True).stdout

    assert int(printed) > 50


def test_a_fake_answers_a_client_of_botocore() -> None:
    code = """
import botocore.session
from pytest_codeartifact import FakeCodeArtifact
with FakeCodeArtifact() as fake:
    fake.add_domain("acme")
    client = botocore.session.get_session().create_client("codeartifact")
    print(client.list_domains()["domains"][0]["name"])
"""
    command = [sys.executable, "-c", REFUSING + code]

    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "acme\n"


def test_the_error_without_the_extra_names_it() -> None:
    code = "from pytest_codeartifact import FakeCodeArtifact\nFakeCodeArtifact().serve()"
    result = subprocess.run([sys.executable, "-c", REFUSING + code], capture_output=True, text=True)

    assert re.search(r"pip install 'pytest-codeartifact\[server\]'", result.stderr)


def test_the_fixtures_work_without_further_packages(tmp_path: Path) -> None:
    file = tmp_path / "test_it.py"
    file.write_text(
        "def test_it(codeartifact, codeartifact_client):\n    codeartifact_client.create_domain(domain='acme')\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(tmp_path), str(file)]

    assert "1 passed" in subprocess.run(command, capture_output=True, text=True).stdout
