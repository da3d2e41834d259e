"""Everything one hub is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from localhub.domain.offer import JuliaImage, Offer, process_limit
from localhub.domain.permissions import User
from localhub.engines.protocol import Engine

from .blobs import BlobStore
from .files import private_dir
from .job_log import JobLogs
from .job_runs import JobRuns
from .jobs import Jobs
from .models import JobFileRow
from .sign_in import SignIn
from .store import Store
from .tokens import Tokens, ensure_user
from .uploads import Uploads


@dataclass(frozen=True)
class Hub:
    """The services over one data directory, wired. `owner` is the operating-system user who runs the hub."""

    store: Store
    blobs: BlobStore
    tokens: Tokens
    sign_in: SignIn
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
    ) -> "Hub":
        """Open the data directory, made where it is not. `owner` is a name and an e-mail address."""
        store = Store(private_dir(data_dir) / "hub.sqlite")
        blobs = BlobStore(data_dir / "blobs")
        keys = private_dir(data_dir / "keys")
        tokens = Tokens(store, keys / "signing.pem")
        return cls(
            store=store,
            blobs=blobs,
            tokens=tokens,
            sign_in=SignIn(tokens),
            uploads=Uploads(blobs, keys / "uploads.key"),
            jobs=Jobs(store, blobs),
            runs=JobRuns(store, blobs, engine, images, data_dir / "jobs", package_server),
            logs=JobLogs(),
            engine=engine,
            images=images,
            owner=ensure_user(store, *owner),
        )

    def offer(self) -> Offer:
        """What can be asked for right now. Blocks: it looks at the computer."""
        specs = self.engine.node_specs()
        return Offer(specs, self.images(), process_limit(max((spec.vcores for spec in specs), default=1)))

    def tidy(self) -> None:
        """Remove what nothing needs any more. Blocks."""
        self.tokens.prune()
        with self.store.session() as session:
            used = set(session.scalars(select(JobFileRow.sha256)))
        self.blobs.sweep(used)
        self.runs.tidy()
