"""The configuration that the user gave to a session.

Two things in the environment are ignored: our values for child processes, and the region of the machine, on which tests
must not depend.
"""

from __future__ import annotations

from typing import Any

from botocore.configprovider import ConfigChainFactory
from botocore.utils import ensure_boolean

from .. import child_environment


def ignores_endpoints(session: Any) -> bool:
    """Whether the user configured the clients of a session to ignore configured endpoints."""
    chain = ConfigChainFactory(session, environ=child_environment.USERS).create_config_chain(
        instance_name="ignore_configured_endpoint_urls",
        env_var_names=child_environment.IGNORE,
        config_property_names="ignore_configured_endpoint_urls",
        conversion_func=ensure_boolean,
    )
    return bool(chain.provide())


def chosen_region(session: Any) -> str | None:
    """The region that was chosen for a session, by name or by a variable that the tests have set."""
    _, variables, default, conversion = session.session_var_map["region"]
    chain = ConfigChainFactory(session, environ=child_environment.CHOSEN).create_config_chain(
        instance_name="region", env_var_names=variables, default=default, conversion_func=conversion
    )
    region: str | None = chain.provide()
    return region
