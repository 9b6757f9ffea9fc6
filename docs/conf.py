"""The documentation site: `tox run -e docs` builds it into build/site, and fails on warnings and dead references.

Pages of the repository's root (CHANGELOG.md and others) have a page of the same name here, which includes them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest_codeartifact

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS / "extensions"))

project = "pytest-codeartifact"
author = copyright = "pytest-codeartifact contributors"
version = release = pytest_codeartifact.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "fixtures",
    "guide_in_groups",
    "mermaid_as_html",
    "public_names",
    "root_files",
]
exclude_patterns = ["extensions", "static", "inventories"]
nitpicky = True
# Types in signatures that users need not name, so that they have no entry.
nitpick_ignore_regex = [
    ("py:class", r"(pytest_codeartifact\..*\.)?(Entities|RemovalSet|Settings|Condition|Trouble|Where|Caller|Response)"),
    ("py:class", r"(version_arguments\.VersionDetails|timestamps\.Timestamp)"),
    ("py:class", r"(.*\.)?_\w+"),
    ("py:class", r"dt\.\w+"),  # datetime, as it is imported in a module
]

myst_heading_anchors = 4
myst_enable_extensions = ["attrs_block"]
myst_fence_as_directive = ["mermaid"]

# Members that are inherited from Python's own classes are described there.
autodoc_default_options = {"members": True, "inherited-members": "object,BaseException,Sequence,Mapping,Set,tuple"}
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
python_use_unqualified_type_names = True
add_module_names = False

# The inventories are small lists of our own, so that a build needs no network. A reference to a name that they do not
# list is dead: add its line, with the address that the other site's own objects.inv gives.
intersphinx_mapping = {
    "python": ("https://docs.python.org/3", "inventories/python.txt"),
    "pytest": ("https://docs.pytest.org/en/stable", "inventories/pytest.txt"),
    "botocore": ("https://docs.aws.amazon.com/botocore/latest", "inventories/botocore.txt"),
}

html_theme = "furo"
html_title = f"pytest-codeartifact {release}"
html_static_path = ["static"]
html_css_files = ["diagrams.css"]
html_show_sphinx = False
html_copy_source = False
html_use_index = True
