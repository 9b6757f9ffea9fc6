"""The fake AWS CodeArtifact that a test uses: seeding, opening, planned faults and recorded calls."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

from .clock import Clock
from .current_test import RUNNING
from .doors import interception
from .errors import CodeArtifactPluginError, SeedError, UnusedFaults, shown
from .handles import (
    Domain,
    DomainSettings,
    Location,
    PublicSource,
    Repository,
    Version,
    arguments,
    option_arguments,
)
from .handles.handle import pointer_of
from .handles.mappings import Entities
from .handles.pointer import Pointer
from .handles.repositories import public_source
from .handles.versions import creation_event
from .http import Caller
from .journal.blocks import UnenteredBlocks
from .journal.calls import Calls
from .service import Service
from .service.faults import Condition, Fault, Trouble
from .settings import DEFAULTS
from .state.quotas import Quotas

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .doors.server import Server
    from .journal.changes import Changes, Unchanged
    from .journal.journal import Deletion
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

_Server = TypeVar("_Server", bound="Server")


class Settings(TypedDict, total=False):
    """The keywords of :class:`FakeCodeArtifact`, which documents them."""

    account: str
    region: str
    page_size: int | None
    unused_faults: UnusedFaultsMode
    backoff: bool
    foreign_domains: ForeignDomainsMode
    environment: EnvironmentMode


class FakeCodeArtifact:
    """An AWS CodeArtifact in memory. While it is open, it answers every CodeArtifact call of a botocore client in this
    process, in all threads. If several fakes are open, the one that was opened last answers.

    >>> with FakeCodeArtifact() as fake:
    ...     team = fake.add_domain("acme").add_repository("team")

    :param account: the account of the callers, 12 digits, and of domains that are seeded without one. Default: the
        ini option, or 123456789012.
    :param region: the region of clients and domains that are created without one. Default: the ini option, or
        us-east-1.
    :param page_size: the maximum length of a page of any list, from 1 to 1000.
    :param unused_faults: ``"fail"``: planned faults that were never used raise :class:`.UnusedFaults` at the end of the
        ``with`` block; ``"allow"``: they do not.
    :param backoff: whether botocore waits between retries.
    :param foreign_domains: the error for an unknown domain of another account (rule X-3): ``"not-found"`` or
        ``"denied"``.
    :param environment: ``"prepare"``: clients are created without looking up credentials, region or profile, and child
        processes do not reach AWS. ``"leave"``: botocore creates clients as usual, and the environment is not changed.
        Default: the ini option, or ``"prepare"``. docs/guide/environment.md has the details.
    :raises SeedError: an argument is not valid.
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
        options = option_arguments.options(
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
        self._blocks = UnenteredBlocks()
        self._opened_in = RUNNING.outcome

    # Opening and closing

    def open(self) -> None:
        """Start answering calls.

        :raises CodeArtifactPluginError: the fake is open already.
        """
        interception.start(self._service)
        self._service.is_open = True
        self._opened_in = RUNNING.outcome

    def close(self) -> None:
        """Stop answering calls. The state stays readable, and a closed fake can be opened again.

        :raises CodeArtifactPluginError: :meth:`unchanged` was called without ``with``. Not raised while another
            error is propagating, nor in a test that has failed already.
        """
        __tracebackhide__ = True
        self._stop()
        self._judge(sys.exc_info()[1], self._blocks.check)

    def _stop(self) -> None:
        if self._service.is_open:
            self._service.is_open = False
            interception.stop(self._service)

    def _judge(self, error: BaseException | None, *checks: Callable[[], None]) -> None:
        """Raise the errors about the use of this fake, unless the test has another error already."""
        __tracebackhide__ = True  # the message is about the code of the test
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
        """Check that all planned faults were used.

        :raises UnusedFaults: some were not, and the fake was created with ``unused_faults="fail"``.
        """
        __tracebackhide__ = True
        unused = self._service.faults.unused()
        if unused and self._service.options.unused_faults == "fail":
            from .reports.unused_faults import unused_faults  # here, because few tests fail so

            raise UnusedFaults(unused_faults(unused, self.calls))

    def fork(self, **settings: Unpack[Settings]) -> FakeCodeArtifact:
        """A closed fake with the same state, quotas and clock and an empty journal. Takes microseconds for any size.

        Neither side sees changes of the other.

        :param settings: keywords of the constructor that override those of this fake.
        :raises SeedError: a keyword is not valid.
        """
        arguments.check_keywords("fork()", settings, Settings.__annotations__)
        caller = arguments.caller(settings.pop("account", self.account), settings.pop("region", self.region))
        options = option_arguments.options(**{**self._service.options._asdict(), **settings}) if settings else None
        forked = FakeCodeArtifact.__new__(FakeCodeArtifact)
        forked._stand_for(self._service.fork(caller, options))  # noqa: SLF001  # of the same class
        return forked

    # Seeding and reading

    @property
    def account(self) -> str:
        """The account of the callers, and of domains that are seeded without one."""
        return self._service.caller.account

    @property
    def region(self) -> str:
        """The region of clients and domains that are created without one."""
        return self._service.caller.region

    def at(self, account: str | None = None, region: str | None = None) -> Location:
        """An account in a region. Default: the fake's own."""
        caller = self._caller(account, region)
        return Location(Pointer(self._service, (caller.region, caller.account)))

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
        """The public repository behind an external connection: ``public_source("public:npmjs").add_package(...)``.

        :param connection: an ``ExternalConnection`` (rule U-4).
        :raises SeedError: the external connection is unknown.
        """
        return public_source(self._service, connection)

    def load(self, path: str | Path, *, progress: Callable[[int], object] | None = None) -> None:
        """Add the domains and public sources of a seed file. If anything in it is not valid, add nothing.

        :param path: a file of JSON or TOML, by its suffix, in the format of docs/seeds.md.
        :param progress: a function that is called after each package with the number of packages added so far.
        :raises SeedError: the file is not valid, or a domain exists already. Names the file and the place in it.
        """
        from . import seeds  # here, because few tests have files

        seeds.load(self._service, path, progress)

    def dump(self, path: str | Path) -> None:
        """Write the whole state to a file, from which :meth:`load` restores it in a new fake.

        Calls, faults, quotas, access keys and the clock are not part of the state.

        :param path: the file to write, JSON or TOML by its suffix.
        :raises SeedError: it cannot be written, or a string is not valid Unicode and the format is TOML.
        """
        from . import seeds  # here, because few tests have files

        seeds.dump(self._service, path)

    def load_cli(self, path_or_dict: str | Path | Mapping[str, object], into: Repository) -> None:
        """Add the output of the AWS CLI to a repository. If anything in it is not valid, add nothing.

        Reads the JSON output of ``aws codeartifact`` for list-packages, list-package-versions, describe-package,
        describe-package-version, describe-repository and list-package-version-assets, in any order. Existing packages
        and versions get the attributes that they lack. The description of a version or a repository overrides existing
        values, a list of versions does not. Names of domains and repositories are ignored, but upstreams must be in the
        domain. Versions that were only listed are published now, with the default display version last. Listed assets
        have names, sizes and hashes, but no content (rule F-12).

        :param path_or_dict: a file of JSON with any suffix, or its contents.
        :raises SeedError: the output is not valid. Names the file and the place in it.
        """
        from . import seeds  # here, because few tests have files

        seeds.load_cli(self._service, path_or_dict, into)

    @property
    def quotas(self) -> Quotas:
        """The quotas, which can be changed: ``codeartifact.quotas.domains = 2``."""
        return self._service.quotas

    @property
    def clock(self) -> Clock:
        """The clock of this fake."""
        return self._service.clock

    # Callers

    def _caller(self, account: str | None, region: str | None) -> Caller:
        """The caller with this account and region, each by default the fake's own."""
        return arguments.caller(self.account if account is None else account, self.region if region is None else region)

    def client(self, account: str | None = None, region: str | None = None, *, config: Any = None) -> Any:
        """A botocore client whose calls come from an account and a region. Default: the fake's own.

        :param config: a :class:`botocore.config.Config`, for example with a retry mode.
        """
        caller = self._caller(account, region)
        key = f"AKIAFAKE{caller.account}"
        if caller.account != self.account:
            self.register_access_key(key, account=caller.account)
        return interception.client(caller.region, key, config)

    def register_access_key(self, access_key: str, *, account: str) -> None:
        """Let calls with this access key id come from an account.

        The key must be given to the client or its session. Keys in the environment have no effect on clients that are
        created while a fake is open, because these look up no keys.
        """
        if not isinstance(access_key, str) or not access_key:
            raise SeedError(f"access_key must be a str like 'AKIAIOSFODNN7EXAMPLE', not {shown(access_key)}.")
        arguments.check("AccountId", account, "account")
        self._service.accounts[access_key] = account

    def serve(self, port: int = 0) -> Server:
        """Serve other processes on a port of 127.0.0.1, until the server is closed. Needs the extra ``server``.

        >>> with FakeCodeArtifact() as fake, fake.serve() as server:
        ...     environment = {**os.environ, **server.env}  # for subprocess.run(["aws", ...], env=environment)

        The fake need not be open. The access key identifies the caller, see :meth:`register_access_key`, and the
        signature has the region. A client of this process that has the server as its endpoint uses HTTP too.

        :param port: from 0 to 65535; 0 selects a free port.
        :raises SeedError: the port is not valid.
        :raises CodeArtifactPluginError: the port is taken, or the extra is not installed.
        """
        from .doors.server import Server

        return start_server(self._service, Server, port)

    # Asserting

    @property
    def calls(self) -> Calls:
        """The calls of clients so far, in order."""
        return self._service.journal.calls

    @property
    def deletions(self) -> list[Deletion]:
        """The deletions so far, in order: one entry for each package that a successful call has deleted from."""
        return self._service.journal.deletions()

    @property
    def events(self) -> list[dict[str, Any]]:
        """The EventBridge events of changes of versions, by calls and by ``publish`` and ``fetch`` (rule EV-1).

        Plain dicts, in order, delivered at once and exactly once. Seeds emit none.
        """
        return list(self._service.events.delivered())

    def event_for(self, version: Version) -> dict[str, Any]:
        """The EventBridge event of the creation of a version (rule EV-1), to invoke a Lambda function with.

        Builds the event, also for a seeded version, without adding it to :attr:`events`. Each call for a version
        returns an equal event. The account is that of the domain's owner. The sequence number is the rank of the
        version among those of its package by time of publication.

        :raises SeedError: it is not a version of this fake, or one of a public source.
        :raises NotThere: the version does not exist any more.
        """
        if not isinstance(version, Version) or pointer_of(version).service is not self._service:
            raise SeedError(
                f"event_for takes a version of this fake, not {shown(version)}. Write for example "
                f"event_for(repository.packages[pypi('name')].versions['1.0'])."
            )
        return creation_event(version)

    def add_event_listener(self, listener: Callable[[dict[str, Any]], object]) -> Callable[[], None]:
        """Call a function with each event from now on, after the call that caused it, in the thread of that call.

        An exception of the function is raised by that call.

        :returns: a function that removes the listener.
        """
        return self._service.events.listen(listener)

    def changes(self) -> Changes:
        """The changes of the whole fake from now on, which can be read within the block and after it.

        >>> with FakeCodeArtifact() as fake, fake.changes() as changes:
        ...     acme = fake.add_domain("acme")
        >>> changes.added
        [+ domain acme]

        The clock, the quotas, the journal, the public sources and derived values are not compared. The time to compare
        depends on the size of the difference, not on the size of the fake.

        :raises CodeArtifactPluginError: the calls of the test go to a fork of this fake, so nothing would ever change.
        """
        if self._service.has_open_fork:
            raise CodeArtifactPluginError(
                "This is the seed that all tests share, and the test runs on a fork of it, so nothing would ever "
                "change here. Ask the fork: codeartifact.changes() or codeartifact.unchanged()."
            )
        from .journal.changes import Changes  # here, because few tests compare whole states

        return Changes(self._service.state.fork, self._service.caller)

    def unchanged(self) -> Unchanged:
        """A block that must change nothing: ``with codeartifact.unchanged(): clean_up(dry_run=True)``.

        Use it with ``with``. A block that is never entered is an error at the end of the test, or in :meth:`close`.

        :raises AssertionError: at the end of the block, with the changes and the calls, unless the block has raised.
        :raises CodeArtifactPluginError: as :meth:`changes`.
        """
        from .journal.changes import Unchanged  # here, as in changes()

        service = self._service
        entered = self._blocks.add(interception.where())
        return Unchanged(self.changes(), service.caller, service.journal, entered)

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
        """Plan a fault for the next attempts of an operation. It is applied after the request was validated.

        :param operation: the name of an operation, an ``OperationName``, or several.
        :param error: a service error, its name (an ``ErrorName``), a botocore exception such as a broken connection, or
            a disturbed response: :func:`.cut_short`, :func:`.garbled`, :func:`.slow`.
        :param times: the number of attempts that fail, None for all. botocore's retries are attempts too.
        :param after: the number of attempts that are answered as usual before.
        :param when: a condition: parameters (``{"package": "x"}``, or the package by its id), or a function of a
            :class:`.Call` that has no response yet. Other attempts are answered as usual.
        :raises SeedError: an unknown operation, parameter or error, or a number that is not valid.
        """
        where = interception.where()
        return self._service.faults.plan(operation, error, times=times, after=after, when=when, where=where)

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

        The next calls that name one of these versions change nothing. These versions fail with their error code, and
        the others are SKIPPED.

        :param operation: CopyPackageVersions, DeletePackageVersions, DisposePackageVersions or
            UpdatePackageVersionsStatus.
        :param failures: the error codes by version, each a ``VersionErrorCode`` such as ``"MISMATCHED_REVISION"``.
        :raises SeedError: an unknown operation or code, or a number that is not valid.
        """
        where = interception.where()
        return self._service.faults.plan_versions(operation, failures, times=times, after=after, when=when, where=where)

    def __repr__(self) -> str:
        state = "open" if self._service.is_open else "closed"
        return f"<FakeCodeArtifact of {self.account} in {self.region}, {state}>"


def start_server(service: Service, make: Callable[[Service, int], _Server], port: int) -> _Server:
    """Start a server of any kind; see :meth:`.FakeCodeArtifact.serve`."""
    if type(port) is not int or not 0 <= port <= 65535:
        raise SeedError(f"port must be a number from 0 to 65535, not {shown(port)}.")
    try:
        return make(service, port)
    except ModuleNotFoundError as error:
        raise CodeArtifactPluginError(
            f"A server needs {error.name}: pip install 'pytest-codeartifact[server]'."
        ) from error
    except OSError as error:
        raise CodeArtifactPluginError(f"The server cannot listen on port {port}: {error}.") from error


def service_of(fake: FakeCodeArtifact) -> Service:
    """The service of a fake, for other modules of this package. Not for users."""
    return fake._service  # noqa: SLF001  # the only access from outside
