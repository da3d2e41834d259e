"""What a job finds around it: variables, folders, an environment that is ready."""

import shutil
from pathlib import Path

import pytest

from .conftest import MakeJob

pytestmark = pytest.mark.julia

EXAMPLES = Path(__file__).parents[2] / "examples"
RANDOM = 'Random = "9a3f8284-a2c9-5f02-9a11-845980a1fd5c"'


def project_with(folder: Path, **files: str) -> str:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text)
    return str(folder)


def test_variables_and_folders(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESULTS", "left by another job")
    monkeypatch.setenv("JULIA_PROJECT", "/nowhere")
    job = make_job(
        """
        println(ENV["N"]); println(ENV["JRUN_NAME"]); println(ENV["JULIA_PKG_SERVER"])
        println(pwd() == realpath(pwd())); println(basename(pwd()))
        println(Threads.nthreads()); println(haskey(ENV, "RESULTS")); println(Base.active_project() === nothing)
        println(Main.JuliaRunJob isa Module); println(isdir(ENV["JULIAHUB_RESULTS_UPLOAD_DIR"]))
        """,
        env={"N": "1000 ≥ π", "JULIA_PKG_SERVER": "https://pkg.example.org"},
        threads=2,
    )
    assert job.run().status == "Completed"
    server = "https://pkg.example.org"
    assert job.messages == ["1000 ≥ π", job.spec.jobname, server, "true", "work", "2", "false", "true", "true", "true"]


def test_the_example_runs_distributed(make_job: MakeJob, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=shutil.ignore_patterns("results"))
    folder = tmp_path / "examples" / "monte-carlo-pi"
    (folder / "data" / "plan.csv").write_text("darts,batches\n1000,4\n100000,4\n")
    code = 'Base.include(Main, joinpath(pwd(), "main.jl"))'
    job = make_job(code, project=str(folder), cwd=str(folder), nodes=2, processes_per_node=2)
    ended = job.run()
    assert ended.status == "Completed", job.log
    assert ended.result_file is not None
    assert '"workers": 3' in (job.dir / "summary").read_text()
    ready = [record for record in job.log if record["message"] == "Ready"]
    assert {record["keywords"]["jrun_worker_id"] for record in ready} == {1, 2, 3, 4}
    progress = [record for record in job.log if record["metadata"]["level"] == "Progress"]
    assert progress[-1]["keywords"]["progress"] == 1.0
    phases = [record["keywords"]["jrun_phase"] for record in job.log if "jrun_phase" in record["keywords"]]
    assert phases == ["environment", "cluster", "code", "results"]


def test_a_project_with_a_development_package(make_job: MakeJob, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    project = project_with(
        folder,
        Project='[deps]\nTool = "11111111-2222-4333-8444-555555555555"\n',
        Manifest='[[Tool]]\npath = "dev/Tool"\nuuid = "11111111-2222-4333-8444-555555555555"\nversion = "0.1.0"\n',
    )
    (folder / "dev" / "Tool" / "src").mkdir(parents=True)
    (folder / "dev" / "Tool" / "Project.toml").write_text(
        'name = "Tool"\nuuid = "11111111-2222-4333-8444-555555555555"\nversion = "0.1.0"\n'
    )
    (folder / "dev" / "Tool" / "src" / "Tool.jl").write_text('module Tool\nhello() = "hello from a tool"\nend\n')
    job = make_job("using Tool\nprintln(Tool.hello())", project=project, cwd=project)
    assert job.run().status == "Completed", job.log
    assert job.messages[-1] == "hello from a tool"


def test_a_manifest_alone_makes_its_packages_loadable(make_job: MakeJob, tmp_path: Path) -> None:
    manifest = '[[Printf]]\ndeps = ["Unicode"]\nuuid = "de0858da-6303-5e67-8744-51eddeeeb8d7"\n'
    unicode = '\n[[Unicode]]\nuuid = "4ec0a83e-493e-50e2-b9ac-8f72acf5a8f5"\n'
    project = project_with(tmp_path / "work", Manifest=manifest + unicode)
    job = make_job('using Printf\n@printf("%.2f\\n", π); println(Base.active_project())', project=project)
    assert job.run().status == "Completed", job.log
    assert job.messages[-2:] == ["3.14", str(Path(project) / "Project.toml")]


def test_a_project_of_standard_libraries_needs_no_manifest(make_job: MakeJob, tmp_path: Path) -> None:
    project = project_with(tmp_path / "work", Project=f"[deps]\n{RANDOM}\n")
    job = make_job("using Random\nprintln(length(randstring(7)))", project=project)
    assert job.run().status == "Completed", job.log
    assert job.messages == ["7"]


def test_an_empty_environment_is_still_one(make_job: MakeJob, tmp_path: Path) -> None:
    job = make_job('println("ran")', project=project_with(tmp_path / "work"))
    assert job.run().status == "Completed", job.log
    assert job.messages[-1] == "ran"


@pytest.mark.parametrize(
    ("project", "manifest"),
    [
        pytest.param(f"[deps]\n{RANDOM}\n", "this is [not TOML", id="manifest that does not parse"),
        pytest.param("[deps\n", "", id="project that does not parse"),
    ],
)
def test_an_environment_that_cannot_be_prepared_is_told(
    make_job: MakeJob, tmp_path: Path, project: str, manifest: str
) -> None:
    job = make_job('println("ran")', project=project_with(tmp_path / "work", Project=project, Manifest=manifest))
    ended = job.run()
    assert ended.status == "Failed"
    assert ended.reason is not None
    assert ended.reason.startswith("The environment could not be prepared: ")
    assert "ran" not in job.messages
