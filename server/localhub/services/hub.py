"""Everything one hub is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from localhub.domain.offer import JuliaImage, Offer, process_limit
from localhub.domain.permissions import Role, User
from localhub.engines.protocol import Engine

from .accounts import Accounts
from .blobs import BlobStore
from .files import private_dir
from .job_log import JobLogs
from .job_runs import JobRuns
from .jobs import Jobs
from .models import JobFileRow
from .page_sessions import PageSessions
from .passwords import Passwords
from .rate_limits import RateLimits
from .sign_in import SignIn
from .signing_keys import SigningKeys
from .store import Store
from .tokens import Tokens
from .uploads import Uploads


@dataclass(frozen=True)
class Hub:
    """The services over one data directory, wired. `owner` is the operating-system user who runs the hub.

    `has_accounts`: people sign in to its pages with name and password, else with the owner's one-time code.
    """

    store: Store
    blobs: BlobStore
    accounts: Accounts
    has_accounts: bool
    tokens: Tokens
    sign_in: SignIn
    page_sessions: PageSessions
    limits: RateLimits
    uploads: Uploads
    jobs: Jobs
    runs: JobRuns
    logs: JobLogs
    engine: Engine
    images: Callable[[], Sequence[JuliaImage]]
    owner: User

    @classmethod
    def open(
        cls,
        data_dir: Path,
        engine: Engine,
        images: Callable[[], Sequence[JuliaImage]],
        owner: tuple[str, str],
        package_server: str | None,
        *,
        has_accounts: bool = False,
        passwords: Passwords | None = None,
    ) -> "Hub":
        """Open the data directory, made where it is not. `owner` is a name and an e-mail address."""
        store = Store(private_dir(data_dir) / "hub.sqlite")
        blobs = BlobStore(data_dir / "blobs")
        keys = private_dir(data_dir / "keys")
        tokens = Tokens(store, SigningKeys(keys))
        accounts = Accounts(store, passwords)
        uploads = Uploads(store, blobs, keys / "uploads.key")
        return cls(
            store=store,
            blobs=blobs,
            accounts=accounts,
            has_accounts=has_accounts,
            tokens=tokens,
            sign_in=SignIn(tokens),
            page_sessions=PageSessions(),
            limits=RateLimits(),
            uploads=uploads,
            jobs=Jobs(store, blobs, uploads),
            runs=JobRuns(store, blobs, engine, images, data_dir / "jobs", package_server),
            logs=JobLogs(),
            engine=engine,
            images=images,
            owner=accounts.ensure(*owner, Role.ADMIN),
        )

    def offer(self) -> Offer:
        """What can be asked for right now. Blocks: it looks at the computer."""
        specs = self.engine.node_specs()
        return Offer(specs, self.images(), process_limit(max((spec.vcores for spec in specs), default=1)))

    def accounts_changed(self) -> None:
        """Another process has changed accounts: see what was revoked, and let people sign in to the pages anew."""
        self.tokens.reload()
        self.sign_in.withdraw_approvals()
        self.page_sessions.end_all()

    def tidy(self) -> None:
        """Remove what nothing needs any more. Blocks."""
        self.tokens.prune()
        self.uploads.prune()
        with self.store.session() as session:
            used = set(session.scalars(select(JobFileRow.sha256)))
        self.blobs.sweep(used)
        self.runs.tidy()
