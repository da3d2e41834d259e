"""A submission as it happens: the environment, the bundle, what was accepted."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from juliahub_ls import payloads
from juliahub_ls.cli.environment_view import field, show_plan, show_problems, show_source
from juliahub_ls.cli.output import Output
from juliahub_ls.domain.bundle_plan import BundlePlan
from juliahub_ls.domain.cluster_design import ClusterDesign
from juliahub_ls.domain.job_view import JobView
from juliahub_ls.services.bundling import Bundling, Source
from juliahub_ls.services.submission import Submitted


class ShownBundling(Bundling):
    """Bundling that shows what it has found out before the next step is taken."""

    def __init__(self, cache: Path, output: Output) -> None:
        super().__init__(cache)
        self._output = output

    async def source(self, script: Path, directory: Path | None, *, bundle: bool) -> Source:
        """As ever, and shown."""
        source = await super().source(script, directory, bundle=bundle)
        if not self._output.as_json:
            show_source(self._output, source)
        elif self._output.stream:
            environment = (
                {} if source.environment is None else {"environment": payloads.environment(source.environment)}
            )
            self._output.event("environment", environment | {"reason": source.reason})
        return source

    async def plan(self, directory: Path, allow: Sequence[str] = ()) -> BundlePlan:
        """As ever, and shown."""
        plan = await super().plan(directory, allow)
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
        shown = set(map(id, submitted.bundle.plan.problems))
        show_problems(output, (problem for problem in submitted.problems if id(problem) not in shown))
    output.line(field(paint, "Where", paint.bare(place)))
    output.line(field(paint, "", paint.sign(_cluster(submitted.design))))
    output.line(field(paint, "Job", paint(submitted.jobname, "bold")))


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
        nodes = "1 node" if design.nodes == 1 else f"{design.nodes} nodes"
        workers = design.processes - 1
        shape = f"{nodes} × {per_node} {'process' if per_node == 1 else 'processes'}: "
        shape += f"1 master + {workers} {'worker' if workers == 1 else 'workers'}"
    limit = f"at most {design.time_limit:g} h" if design.time_limit else "no time limit"
    price = design.price_at_most
    return f"{shape}, {limit}" + (f", at most ${price:.2f}" if price else "")
