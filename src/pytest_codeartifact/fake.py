"""The object to hold in a test: a CodeArtifact of one's own, with its doors, its seeds and its journal."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypedDict

from . import seeds
from .clock import Clock
from .doors import interception
from .errors import CodeArtifactPluginError, SeedError, UnusedFaults, shown
from .handles import Domain, DomainSettings, Location, PublicSource, Repository, arguments
from .handles.mappings import Entities
from .journal.calls import Calls, Deletion
from .journal.changes import Blocks, Changes, Unchanged
from .running import RUNNING
from .service import Service
from .service.faults import Condition, Fault, Trouble
from .settings import DEFAULTS, ENVIRONMENT_MODES, FOREIGN_DOMAINS_MODES, UNUSED_FAULTS_MODES, Options
from .state.quotas import Quotas

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .doors.server import Server
    from .literals import (
        BatchOperation,
        EnvironmentMode,
        ErrorName,
        ExternalConnection,
        ForeignDomainsMode,
        OperationName,
        UnusedFaultsMode,
        VersionErrorCode,
    )


class Settings(TypedDict, total=False):
    """The keywords that a fake is made with; the class :class:`FakeCodeArtifact` says what they mean."""

    account: str
    region: str
    page_size: int | None
    unused_faults: UnusedFaultsMode
    backoff: bool
    foreign_domains: ForeignDomainsMode
    environment: EnvironmentMode


class FakeCodeArtifact:
    """An AWS CodeArtifact in memory. While it is open, every CodeArtifact call of a botocore client in this process is
    answered by it; of several open ones, the one opened last answers, for all threads.

    >>> with FakeCodeArtifact() as fake:
    ...     team = fake.add_domain("acme").add_repository("team")

    :param account: the account of the callers, 12 digits, and of domains that are seeded without one; omitted, the ini
        option's, else 123456789012.
    :param region: the region of clients and domains that are made without one; omitted, the ini option's, else
        us-east-1.
    :param page_size: no page of any list is longer.
    :param unused_faults: ``"fail"``: planned faults that never strike raise :class:`.UnusedFaults` on closing;
        ``"allow"``: they do not.
    :param backoff: wait between botocore's retries as it does for real.
    :param foreign_domains: what an unknown domain of another account answers (rule X-3): ``"not-found"`` or
        ``"denied"``.
    :param environment: ``"prepare"``: clients are made without asking for credentials, region or profile, and child
        processes do not reach AWS; ``"leave"``: making clients is left to botocore, and the environment as it is.
        Omitted, the ini option's, else ``"prepare"``. docs/guide.md has what is changed in detail.
    :raises SeedError: for an impossible argument.
    """

    def __init__(
        self,
        account: str | None = None,
        region: str | None = None,
        *,
        page_size: int | None = None,
        unused_faults: UnusedFaultsMode = "fail",
        backoff: bool = False,
        foreign_domains: ForeignDomainsMode = "not-found",
        environment: EnvironmentMode | None = None,
    ) -> None:
        options = _options(
            page_size=page_size,
            unused_faults=unused_faults,
            backoff=backoff,
            foreign_domains=foreign_domains,
            environment=DEFAULTS.environment if environment is None else environment,
        )
        caller = arguments.caller(
            DEFAULTS.account if account is None else account, DEFAULTS.region if region is None else region
        )
        self._stand_for(Service(caller, options))

    def _stand_for(self, service: Service) -> None:
        self._service = service
        self._blocks = Blocks()
        self._opened_in = RUNNING.outcome

    # Opening and closing

    def open(self) -> None:
        """Answer calls from now on.

        :raises CodeArtifactPluginError: it is open already.
        """
        interception.open(self._service)
        self._service.is_open = True
        self._opened_in = RUNNING.outcome

    def close(self) -> None:
        """Stop answering calls. What it holds stays readable; a closed fake may be opened again.

        :raises CodeArtifactPluginError: a block of :meth:`unchanged` was made and never entered. Not raised while
            another error is on its way, nor in a test that has failed already.
        """
        self._stop()
        self._judge(sys.exc_info()[1], self._blocks.check)

    def _stop(self) -> None:
        if self._service.is_open:
            self._service.is_open = False
            interception.close(self._service)

    def _judge(self, error: BaseException | None, *checks: Callable[[], None]) -> None:
        """Say what is wrong with the use of this fake, unless something else is wrong already."""
        __tracebackhide__ = True  # the message says what the test has done, or left out
        if error is None and not (RUNNING.outcome.is_settled and self._opened_in is RUNNING.outcome):
            for check in checks:
                check()
        self._blocks.forget()

    def __enter__(self) -> FakeCodeArtifact:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        self._stop()
        self._judge(error, self._blocks.check, self.check_faults)

    def check_faults(self) -> None:
        """Say which planned faults have not struck.

        :raises UnusedFaults: there are some, and the fake was made with ``unused_faults="fail"``.
        """
        __tracebackhide__ = True
        unused = self._service.faults.unused()
        if unused and self._service.options.unused_faults == "fail":
            raise UnusedFaults(
                f"Planned, but never struck: {', '.join(map(repr, unused))}. The code under test made no such call, or "
                f"not as many. The calls were: {self.calls!r}. Cancel a fault with .cancel(), or allow unused ones "
                f"with unused_faults='allow'."
            )

    def fork(self, **settings: Unpack[Settings]) -> FakeCodeArtifact:
        """A closed fake with the same state, quotas and clock and an empty journal, in no time whatever the size.

        Neither side sees what the other writes.

        :param settings: keywords of the constructor, for what is to be different.
        :raises SeedError: for an impossible one.
        """
        arguments.check_keywords("fork()", settings, Settings.__annotations__)
        caller = arguments.caller(settings.pop("account", self.account), settings.pop("region", self.region))
        options = _options(**{**dataclasses.asdict(self._service.options), **settings}) if settings else None
        forked = FakeCodeArtifact.__new__(FakeCodeArtifact)
        forked._stand_for(self._service.fork(caller, options))
        return forked

    # Seeding and reading

    @property
    def account(self) -> str:
        """The account of the callers, and of domains that are seeded without one."""
        return self._service.caller.account

    @property
    def region(self) -> str:
        """The region of clients and domains that are made without one."""
        return self._service.caller.region

    def at(self, account: str | None = None, region: str | None = None) -> Location:
        """An account in a region; what is omitted is the fake's own."""
        caller = arguments.caller(account or self.account, region or self.region)
        return Location(self._service, caller.region, caller.account)

    def add_domain(
        self, name: str, *, account: str | None = None, region: str | None = None, **domain: Unpack[DomainSettings]
    ) -> Domain:
        """Seed a domain; see :meth:`.Location.add_domain`."""
        arguments.check_keywords("add_domain()", domain, ("account", "region", *DomainSettings.__annotations__))
        return self.at(account, region).add_domain(name, **domain)

    @property
    def domains(self) -> Entities[str, Domain]:
        """The domains of the fake's own account and region, by name."""
        return self.at().domains

    def domain(self, name: str) -> Domain:
        """The domain of that name in the fake's own account and region.

        :raises NotThere: there is none.
        """
        return self.at().domain(name)

    def repository(self, domain: str, name: str) -> Repository:
        """A repository in the fake's own account and region.

        :raises NotThere: there is none.
        """
        return self.at().repository(domain, name)

    def public_source(self, connection: ExternalConnection) -> PublicSource:
        """What stands behind an external connection, to seed: ``public_source("public:npmjs").add_package(...)``.

        :param connection: an ``ExternalConnection`` (rule U-4).
        :raises SeedError: an unknown external connection.
        """
        return PublicSource.named(self._service, connection)

    def load(self, path: str | Path, *, progress: Callable[[int], object] | None = None) -> None:
        """Add the domains and public sources of a seed file, all of them or, if anything is wrong with it, nothing.

        :param path: a file of JSON or TOML, by its suffix, in the format of docs/seeds.md.
        :param progress: a function that is told after each package how many have been added.
        :raises SeedError: naming the file and the place in it; also for a domain that is there already.
        """
        seeds.load(self._service, path, progress)

    def dump(self, path: str | Path) -> None:
        """Write the whole state to a file that :meth:`load` makes the same state of in a new fake.

        Calls, faults, quotas, access keys and the clock are no state.

        :param path: a file to be, of JSON or TOML, by its suffix.
        :raises SeedError: it cannot be written, or a text is no Unicode and the file is to be TOML.
        """
        seeds.dump(self._service, path)

    def load_cli(self, path_or_dict: str | Path | Mapping[str, object], into: Repository) -> None:
        """Add to a repository what the AWS CLI has printed, all of it or, if anything is wrong with it, nothing.

        It takes what ``aws codeartifact`` prints as JSON for list-packages, list-package-versions, describe-package,
        describe-package-version, describe-repository and list-package-version-assets, in any order. Packages and
        versions that are there already are completed; what describes a version or a repository overrides what is
        known of it, and a list of versions does not. Names of domains and repositories are ignored, but upstreams must
        be in the domain. Versions that were only listed are published now, the default display version last. Nobody
        knows the content of assets that were listed: they are there by their names, sizes and hashes (rule F-12).

        :param path_or_dict: a file of JSON, whatever its suffix, or what it says.
        :raises SeedError: naming the file and the place in it.
        """
        seeds.load_cli(self._service, path_or_dict, into)

    @property
    def quotas(self) -> Quotas:
        """The quotas, to change: ``codeartifact.quotas.domains = 2``."""
        return self._service.quotas

    @property
    def clock(self) -> Clock:
        """The time that this fake believes in."""
        return self._service.clock

    # Callers

    def client(self, account: str | None = None, region: str | None = None, *, config: Any = None) -> Any:
        """A botocore client whose calls come from that account and region, by default the fake's own.

        :param config: a :class:`botocore.config.Config`, for example with a retry mode.
        """
        caller = arguments.caller(account or self.account, region or self.region)
        key = f"AKIAFAKE{caller.account}"
        if caller.account != self.account:
            self.register_access_key(key, account=caller.account)
        return interception.client(caller.region, key, config)

    def register_access_key(self, access_key: str, *, account: str) -> None:
        """Let clients that are given this access key id, or whose session is, be callers from an account.

        Keys in the environment do not count for clients that are made while a fake is open: they look none up.
        """
        arguments.check("AccountId", account, "account")
        self._service.accounts[access_key] = account

    def serve(self, port: int = 0) -> Server:
        """Answer calls of other processes as well, on a port of 127.0.0.1 until the server is closed; needs the extra
        ``server``.

        >>> with FakeCodeArtifact() as fake, fake.serve() as server:
        ...     done = subprocess.run(["aws", "codeartifact", "list-domains"], env={**os.environ, **server.env})

        The fake need not be open. Who calls is told by the access key, see :meth:`register_access_key`, and the region
        by the signature. A client of this process that points at the server goes over the wire too.

        :param port: 0 for a free one.
        :raises SeedError: for no port.
        :raises CodeArtifactPluginError: the port is taken, or the extra is not installed.
        """
        if type(port) is not int or not 0 <= port <= 65535:
            raise SeedError(f"A port is a number from 0 to 65535, not {shown(port)}.")
        from .doors.server import Server

        try:
            return Server(self._service, port)
        except ModuleNotFoundError as error:
            raise CodeArtifactPluginError(
                f"A server needs {error.name}: pip install 'pytest-codeartifact[server]'."
            ) from error
        except OSError as error:
            raise CodeArtifactPluginError(f"No server can listen on port {port}: {error}.") from error

    # Asserting

    @property
    def calls(self) -> Calls:
        """The calls of clients up to now, in order."""
        return self._service.journal.calls

    @property
    def deletions(self) -> list[Deletion]:
        """What calls have deleted up to now: one entry per successful call and package, in order."""
        return self._service.journal.deletions()

    @property
    def events(self) -> list[dict[str, Any]]:
        """The EventBridge events of what calls, and ``publish`` and ``fetch``, have done to versions (rule EV-1).

        Plain dicts, in order, delivered at once and exactly once. Seeds emit none.
        """
        return list(self._service.events.delivered())

    def add_event_listener(self, listener: Callable[[dict[str, Any]], object]) -> Callable[[], None]:
        """Have a function called with each event from now on, after the call that caused it, in its thread.

        What the function raises comes out of that call.

        :returns: a function that ends it.
        """
        return self._service.events.listen(listener)

    def changes(self) -> Changes:
        """What will have changed in the whole fake from now on, to read while the block is open and after it.

        >>> with FakeCodeArtifact() as fake, fake.changes() as changes:
        ...     acme = fake.add_domain("acme")
        >>> changes.added
        [+ domain acme]

        The clock, the quotas, the journal and the public sources do not count, and no value that only follows from
        others. Comparing takes as long as the difference is large, whatever the size of the fake.

        :raises CodeArtifactPluginError: the calls of the test go to a fork of this, so nothing would ever change.
        """
        if self._service.is_shadowed:
            raise CodeArtifactPluginError(
                "This fake is the seed that tests share, and the test runs on a fork of it: nothing would ever change "
                "here. Ask the fork: codeartifact.changes() or codeartifact.unchanged()."
            )
        return Changes(self._service.state.fork, self._service.caller)

    def unchanged(self) -> Unchanged:
        """A block that changes nothing: ``with codeartifact.unchanged(): clean_up(dry_run=True)``.

        A block that is made and never entered asserts nothing: it fails the test at its end, or else :meth:`close`.

        :raises AssertionError: at its end, with the changes and the calls, unless the block has raised something.
        :raises CodeArtifactPluginError: as :meth:`changes`.
        """
        changes = self.changes()
        return Unchanged(changes, lambda: self.calls.writes, self._blocks.make(interception.where()))

    # Faults

    def fail(
        self,
        operation: OperationName | Sequence[OperationName],
        error: Exception | Trouble | ErrorName,
        *,
        times: int | None = 1,
        after: int = 0,
        when: Condition | None = None,
    ) -> Fault:
        """Plan a fault: the next attempts of the operation get this error, after their request was validated.

        :param operation: the name of an operation, an ``OperationName``, or several.
        :param error: a service error, its name (an ``ErrorName``), a botocore exception such as a broken connection, or
            what happens to the answer: :func:`.cut_short`, :func:`.garbled`, :func:`.slow`.
        :param times: how many attempts it strikes, None for all; botocore's own retries are attempts too.
        :param after: how many attempts it spares first.
        :param when: strike only attempts with these parameters (``{"package": "x"}``, or the package by its id),
            or that a function is true of, which is given a :class:`.Call` without an answer.
        :raises SeedError: an unknown operation, parameter or error, or impossible numbers.
        """
        return self._service.faults.plan(operation, error, times=times, after=after, when=when)

    def fail_versions(
        self,
        operation: BatchOperation,
        failures: Mapping[str, VersionErrorCode],
        *,
        times: int | None = 1,
        after: int = 0,
        when: Condition | None = None,
    ) -> Fault:
        """Plan failures of single versions: ``fail_versions("DeletePackageVersions", {"1.0": "NOT_ALLOWED"})``.

        The next calls that name one of these versions change nothing: these versions fail so, the others are SKIPPED.

        :param operation: CopyPackageVersions, DeletePackageVersions, DisposePackageVersions or
            UpdatePackageVersionsStatus.
        :param failures: by version, the code it fails with, a ``VersionErrorCode`` such as ``"MISMATCHED_REVISION"``.
        :raises SeedError: an unknown operation or code, or impossible numbers.
        """
        return self._service.faults.plan_versions(operation, failures, times=times, after=after, when=when)

    def __repr__(self) -> str:
        state = "open" if self._service.is_open else "closed"
        return f"<FakeCodeArtifact of {self.account} in {self.region}, {state}>"


def _options(
    *, page_size: object, unused_faults: object, backoff: object, foreign_domains: object, environment: object
) -> Options:
    return Options(
        _page_size(page_size),
        arguments.one_of(foreign_domains, FOREIGN_DOMAINS_MODES, "answer for foreign domains"),
        arguments.one_of(unused_faults, UNUSED_FAULTS_MODES, "way with unused faults"),
        bool(backoff),
        arguments.one_of(environment, ENVIRONMENT_MODES, "way with the environment"),
    )


def _page_size(given: object) -> int | None:
    if given is None:
        return None
    if type(given) is int and 1 <= given <= 1000:
        return given
    raise SeedError(f"A page_size is a number from 1 to 1000, not {shown(given)}.")
