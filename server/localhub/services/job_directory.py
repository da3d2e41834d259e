"""One job's directory: the hub's part of `docs/job-directory.md`, laid out before the engine starts the job."""

import shutil
from pathlib import Path

from juliahub_wire import bundles
from juliahub_wire.jobs import FileType
from juliahub_wire.limits import RESULTS_MAX_BYTES, RESULTS_MAX_CHARS
from localhub.domain import job
from localhub.engines import job_files
from localhub.engines.protocol import JobSpec

from .blobs import BlobStore, storage_errors
from .files import private_dir
from .models import JobRow
from .unpack import unpack

RUNJOB = Path(__file__).parent.parent / "julia"
"""The folder of JuliaRunJob, which every job runs under."""

_PROJECT_FILES = ("JuliaProject.toml", "Project.toml", "JuliaManifest.toml", "Manifest.toml")


class JobDirectory:
    """The files of one job. Blocks on the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.code = path / "code.jl"
        self.work = path / "work"
        self.project = path / "project"
        self.results = path / "results"
        self.summary = path / "summary"
        self.log = path / job_files.LOG

    def create(self) -> None:
        """Make it, private to the user, with its empty folders."""
        for folder in (self.path, self.work, self.results):
            private_dir(folder)

    def lay_out(self, row: JobRow, blobs: BlobStore) -> tuple[Path, Path | None]:
        """Put code, environment and bundle in place; returns working directory and project, which may be None.

        May be repeated after a crash. Raises `BadBundle`, `StorageFull`.
        """
        self.create()
        cwd, project = self.work, None
        with storage_errors("The job"):
            for file in row.files:
                blob = blobs.path(file.sha256)
                if file.name == bundles.FILE_NAME and file.type == FileType.INPUT.value:
                    cwd = unpack(blob, self.work)
                elif file.type == FileType.PROJECT.value:
                    shutil.copyfile(blob, private_dir(self.project) / file.name)
                elif file.type == FileType.SOURCE.value:
                    shutil.copyfile(blob, self.code)
        for folder in (self.project, cwd):
            if project is None and any((folder / name).is_file() for name in _PROJECT_FILES):
                project = folder
        return cwd, project

    def spec(self, row: JobRow, julia: tuple[str, ...], package_server: str | None, blobs: BlobStore) -> JobSpec:
        """Lay the job out and say what to run. Raises `BadBundle`, `StorageFull`."""
        cwd, project = self.lay_out(row, blobs)
        depot = cwd / ".bundle" / "depot"
        return JobSpec(
            jobname=row.jobname,
            alias=row.args.get("jobname"),
            julia=list(julia),
            runjob=str(RUNJOB),
            code=str(self.code),
            cwd=str(cwd),
            project=None if project is None else str(project),
            bundle_depot=str(depot) if depot.is_dir() else None,
            env=job.environment(row.args, package_server),
            nodes=row.design["nodes"],
            processes_per_node=row.design["processes_per_node"],
            threads=row.design["threads"],
            results_dir=str(self.results),
            summary_file=str(self.summary),
            results_max_chars=RESULTS_MAX_CHARS,
            results_max_bytes=RESULTS_MAX_BYTES,
        )

    def read_summary(self) -> str:
        """The beginning of the job's own summary text, as much as is shown; "" when it wrote none."""
        try:
            with self.summary.open(encoding="utf-8", errors="replace", newline="") as file:
                return file.read(RESULTS_MAX_CHARS)
        except OSError:
            return ""

    def remove_work(self) -> None:
        """Remove what only the running job needed; the log stays, and results that were not stored."""
        for folder in (self.work, self.project):
            shutil.rmtree(folder, ignore_errors=True)

    def remove_results(self) -> None:
        """Remove results that are stored as a blob."""
        for folder in (self.results, self.path / job_files.OUTPUT):
            shutil.rmtree(folder, ignore_errors=True)
