"""Code that tests run in child processes. It imports only what users would import in one."""

from __future__ import annotations

import sys
from typing import Any

NETWORK = ("socket.getaddrinfo", "socket.connect")


KEYS = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}


def ask(keys: dict[str, str] = KEYS, **keywords: Any) -> list[str]:
    """List the domains. The result is their names, or the addresses of the attempted connections and the error."""
    import boto3
    from botocore.config import Config

    asked: list[str] = []

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event in NETWORK:
            asked.append(str(arguments[0] if event == "socket.getaddrinfo" else arguments[1]))
            if "127.0.0.1" not in asked[-1]:
                raise OSError("This machine is unplugged.")

    sys.addaudithook(audit)
    try:
        client = boto3.client(
            "codeartifact",
            region_name="us-east-1",
            config=Config(retries={"total_max_attempts": 1}),
            **keys,
            **keywords,
        )
        return [domain["name"] for domain in client.list_domains()["domains"]]
    except Exception as error:
        return [*asked, f"{type(error).__name__}: {error}"]


def delete(package: str) -> list[str]:
    """Delete a package of the repository `team`, and return the names of the remaining ones."""
    import boto3

    client, team = boto3.client("codeartifact"), {"domain": "acme", "repository": "team"}
    client.delete_package(**team, format="pypi", package=package)
    return [found["package"] for found in client.list_packages(**team)["packages"]]


if __name__ == "__main__":
    sys.stdout.write("\n".join(ask(keys={} if "without-keys" in sys.argv else KEYS)))
