"""Wrong ini values fail the run, once, and say what may be written."""

from __future__ import annotations

import pytest

ONE_OF_TWO = {
    "codeartifact_real_calls": ("'forbid' or 'allow'", "alow", "allow"),
    "codeartifact_environment": ("'prepare' or 'leave'", "Leave", "leave"),
    "codeartifact_plain_http": ("'allow' or 'refuse'", "refused", "refuse"),
}
WRONG = {
    **{f"{option} = {wrong}": f"{option} must be {form}, not '{wrong}'. Did you mean '{meant}'?"
       for option, (form, wrong, meant) in ONE_OF_TWO.items()},
    **{f"{option} = maybe": f"{option} must be {form}, not 'maybe'." for option, (form, *_) in ONE_OF_TWO.items()},
    "codeartifact_account =": "codeartifact_account must be an account id of 12 digits, not ''.",
    "codeartifact_account = prod": "codeartifact_account must be an account id of 12 digits, not 'prod'.",
    "codeartifact_account = 1234-5678-9012": "*, not '1234-5678-9012'. Did you mean '123456789012'?",
    "codeartifact_account = 12345678901": "*, not '12345678901'. Did you mean '012345678901'?",
    "codeartifact_account = 1234567890123": "*, not '1234567890123'.",
    "codeartifact_account = ١٢٣٤٥٦٧٨٩٠١٢": "codeartifact_account must be an account id of 12 digits, not *.",
    "codeartifact_region =": "codeartifact_region must be the name of a region like 'eu-west-1', not ''.",
    "codeartifact_region = Frankfurt": "*region must be the name of a region like 'eu-west-1', not 'Frankfurt'.",
    "codeartifact_region = EU_West_1": "*, not 'EU_West_1'. Did you mean 'eu-west-1'?",
    "codeartifact_region = us-east1": "*, not 'us-east1'. Did you mean 'us-east-1'?",
}  # fmt: skip


@pytest.mark.parametrize(("ini", "message"), WRONG.items(), ids=WRONG)
def test_a_wrong_value_is_refused_before_any_test(pytester: pytest.Pytester, ini: str, message: str) -> None:
    pytester.makeini(f"[pytest]\n{ini}\n")
    pytester.makeconftest("print('a conftest file was imported')")
    pytester.makepyfile("def test_it(codeartifact): pass\ndef test_another(codeartifact): pass")

    result = pytester.runpytest_inprocess()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message}".replace("[", "[[]")])
    assert result.stderr.str().count("codeartifact_") == 1
    assert "a conftest file was imported" not in result.stdout.str()


@pytest.mark.parametrize(
    "ini",
    [
        "codeartifact_account = 000000000001",
        "codeartifact_region = us-gov-west-1",
        "codeartifact_region = mx-central-1",
    ],
)
def test_valid_values_are_accepted(pytester: pytest.Pytester, ini: str) -> None:
    pytester.makeini(f"[pytest]\n{ini}\n")
    pytester.makepyfile(
        f"def test_it(codeartifact): assert {ini.split()[-1]!r} in (codeartifact.account, codeartifact.region)"
    )

    pytester.runpytest_inprocess().assert_outcomes(passed=1)


def test_a_value_from_the_command_line_is_checked_too(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_inprocess("-o", "codeartifact_real_calls=allowed")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*codeartifact_real_calls must be 'forbid' or 'allow', not 'allowed'. Did you mean 'allow'?*"]
    )


def test_values_are_checked_if_a_conftest_file_loads_the_plugin(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS")
    pytester.makeini("[pytest]\ncodeartifact_region = moon\n")
    pytester.makeconftest("pytest_plugins = ['pytest_codeartifact.plugin']")

    result = pytester.runpytest_subprocess()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*codeartifact_region must be the name of a region like 'eu-west-1', not 'moon'.*"])
