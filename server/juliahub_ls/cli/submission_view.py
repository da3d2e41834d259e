"""A submission as it happens: the environment, the bundle, what was accepted."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from juliahub_ls import payloads
from juliahub_ls.cli.environment_view import field, show_plan, show_problems, show_source
from juliahub_ls.cli.output import Output
from juliahub_ls.domain.bundles.plan import BundlePlan
from juliahub_ls.domain.environments.files import AS_FOUND, ChosenFiles, JuliaVersion
from juliahub_ls.domain.jobs import cluster_words as words
from juliahub_ls.domain.jobs.cluster_design import ClusterDesign
from juliahub_ls.domain.jobs.job_view import JobView
from juliahub_ls.domain.problem import Severity, human_bytes
from juliahub_ls.payloads.common import present
from juliahub_ls.payloads.environments import environment_choice
from juliahub_ls.services.bundling import Bundling, refuse_unreadable
from juliahub_ls.services.environments import Environments
from juliahub_ls.services.job_source import Send, Source
from juliahub_ls.services.outlook import Preflight
from juliahub_ls.services.submission import Submitted


class ShownBundling(Bundling):
    """Bundling that shows what it has found out before the next step is taken."""

    def __init__(self, cache: Path, environments: Environments, output: Output, *, gitignore: bool) -> None:
        super().__init__(cache, environments, gitignore=gitignore)
        self._output = output

    async def source(
        self,
        script: Path,
        directory: Path | None,
        send: Send = Send.FOLDER,
        selection: str | None = None,
        chosen: ChosenFiles = AS_FOUND,
    ) -> Source:
        """As ever, and shown."""
        source = await super().source(script, directory, send, selection, chosen)
        refuse_unreadable(source.environment.problems if source.environment else ())
        if not self._output.as_json:
            show_source(self._output, source)
        elif self._output.stream:
            environment = payloads.environment(source.environment) if source.environment else None
            choices = [environment_choice(choice) for choice in source.choices]
            self._output.event(
                "environment", present({"environment": environment, "reason": source.reason, "choices": choices})
            )
        return source

    async def plan(
        self,
        directory: Path,
        allow: Sequence[str] = (),
        *,
        gitignore: bool | None = None,
        julia: JuliaVersion | None = None,
        target_platform: Mapping[str, str] | None = None,
        chosen: ChosenFiles = AS_FOUND,
    ) -> BundlePlan:
        """As ever, and shown."""
        plan = await super().plan(
            directory, allow, gitignore=gitignore, julia=julia, target_platform=target_platform, chosen=chosen
        )
        if not self._output.as_json:
            show_plan(self._output, plan)
        elif self._output.stream:
            self._output.event("plan", payloads.bundle_plan(plan))
        return plan


def show_submitted(output: Output, submitted: Submitted, place: str) -> None:
    """Where the job runs (`place`: the server's name), on what, and its id."""
    paint = output.paint
    if submitted.bundle is None:
        show_problems(output, submitted.problems)
    else:
        shown = submitted.bundle.plan.problems
        show_problems(output, (problem for problem in submitted.problems if problem not in shown))
    output.line(field(paint, "Where", paint.bare(place)))
    output.line(field(paint, "", paint.sign(_cluster(submitted.design))))
    output.line(field(paint, "Job", paint(submitted.jobname, "bold")))


def show_verdict(output: Output, verdict: Preflight, subject: str, place: str) -> None:
    """Ready, or all that will go wrong, worst first, each with what mends it."""
    paint = output.paint
    wrong = sum(problem.severity is Severity.ERROR for problem in verdict.problems)
    notes = len(verdict.problems) - wrong
    told = f", {notes} {'note' if notes == 1 else 'notes'}" if notes else ""
    if verdict.ready:
        start = paint(paint.sign("✓ Ready"), "bold green")
    else:
        start = paint(paint.sign(f"✗ Not ready: {wrong} {'thing' if wrong == 1 else 'things'} to mend"), "bold red")
    output.line(paint.sign(f"{start}{told} · {paint.bare(subject)}, {paint.bare(place)}"))
    if verdict.plan is not None:
        plan = verdict.plan
        files = "1 file" if plan.file_count == 1 else f"{plan.file_count:,} files"
        output.line(field(paint, "Bundle", f"{files}, {human_bytes(plan.total_size)}"))
    show_problems(output, verdict.problems)


def submit_payload(submitted: Submitted, view: JobView) -> dict[str, Any]:
    """A `SubmitResult`."""
    result: dict[str, Any] = {
        "job": payloads.job(view),
        "problems": [payloads.problem(problem) for problem in submitted.problems],
    }
    if submitted.bundle is not None:
        bundle = submitted.bundle
        result |= {"bundleSize": bundle.size, "bundleFiles": bundle.plan.file_count, "bundleSha256": bundle.sha256}
    return result


def _cluster(design: ClusterDesign) -> str:
    per_node = 1 if design.one_process_per_node else design.node.vcores
    if design.processes == 1:
        shape = "1 process"
    else:
        processes = words.counted(per_node, "process", "processes")
        workers = words.counted(design.processes - 1, "worker")
        shape = f"{words.counted(design.nodes, 'node')} × {processes}: 1 master + {workers}"
    if design.elastic:
        shape += ", elastic"
    if design.min_nodes is not None:
        shape += f", as soon as {design.min_nodes} {'node is' if design.min_nodes == 1 else 'nodes are'} there"
    limit = f"at most {round(design.time_limit, 2):g} h" if design.time_limit else "no time limit"
    return f"{shape}, {limit}{_price(design)}"


def _price(design: ClusterDesign) -> str:
    """What it costs, where anything does."""
    an_hour, at_most = words.an_hour(design.price_per_hour), words.at_most(design)
    if an_hour is None:
        return ""
    return f", {at_most} ({an_hour})" if at_most else f", {an_hour}"
