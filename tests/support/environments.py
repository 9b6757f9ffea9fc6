"""Environment variables that developers may have, to which the variables of a server are added."""

from __future__ import annotations

HOSTILE = {
    # real keys, expired ones, and sources of further ones
    "AWS_ACCESS_KEY_ID": "AKIAREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_SESSION_TOKEN": "real",
    "AWS_SECURITY_TOKEN": "real",
    "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z",
    "AWS_ROLE_ARN": "arn:aws:iam::999999999999:role/real",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere/token",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1",
    # profiles and files that do not exist
    "AWS_PROFILE": "dev",
    "AWS_DEFAULT_PROFILE": "dev",
    "AWS_CONFIG_FILE": "/nowhere/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/nowhere/credentials",
    "AWS_SDK_LOAD_CONFIG": "1",
    # other regions and endpoints
    "AWS_REGION": "ap-south-1",
    "AWS_DEFAULT_REGION": "ap-south-1",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "AWS_ENDPOINT_URL_CODEARTIFACT": "http://127.0.0.1:1",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    # proxies and certificates that do not exist
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:1"),
    **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:1"),
    "NODE_USE_ENV_PROXY": "1",
    "AWS_CA_BUNDLE": "/nowhere/ca.pem",
}

ENVIRONMENTS = {
    "everything": HOSTILE,
    "a profile": {"AWS_PROFILE": "dev"},
    "a default profile": {"AWS_DEFAULT_PROFILE": "dev"},
    "keys that have expired": {"AWS_SESSION_TOKEN": "real", "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"},
    "no proxy but for others": {"HTTP_PROXY": "http://127.0.0.1:1", "NO_PROXY": "internal.example"},
}
"""Parts of it too: all variables together would hide the effect of some."""
