"""From a submission form to a job design, or a refusal that says why not (protocol §5)."""

import math
from collections.abc import Callable

from juliahub_wire.bundles import EXTERNAL_UPLOAD
from juliahub_wire.images import DEFAULT_PRODUCT, INTERACTIVE_PRODUCT
from juliahub_wire.submission import Submission

from .job import JobDesign
from .offer import JuliaImage, Offer
from .refusals import Refusal

MAX_LIMIT_HOURS = 366 * 24
"""A time limit may be a year; who needs longer asks for `unlimited`."""

MAX_VARIABLE_BYTES = 100_000
"""Linux passes no environment string longer than 128 KiB to a program."""

BATCH_APP_TYPE = "batchjob"
NOT_YET = "This hub cannot do that yet; JuliaHub itself can."


def design(submission: Submission, offer: Offer) -> JobDesign:
    """The job to run. Raises `Refusal` with a sentence for the user."""
    for rule in _RULES:
        rule(submission)
    image = _image(submission, offer)
    nodes, processes_per_node = _cluster(submission, offer)
    return JobDesign(
        code=submission.usercode or "",
        args=submission.args,
        node_class=submission.node_class,
        nodes=nodes,
        processes_per_node=processes_per_node,
        threads=_threads(submission),
        image=image.key,
        limit_hours=_limit_hours(submission),
        project_toml=submission.projecttoml,
        manifest_toml=submission.manifesttoml,
        bundle=submission.appbundle_upload_info if submission.appbundle is not None else None,
    )


def _refuse_applications(submission: Submission) -> None:
    application = submission.appType not in (None, BATCH_APP_TYPE) or submission.package_name is not None
    if application or not submission.customcode:
        raise Refusal(f"The job was not submitted: it asks for an application or a package's own script. {NOT_YET}")
    if submission.usercode is None:
        raise Refusal("The job was not submitted: it holds no code to run. Choose a script.")


def _refuse_ports(submission: Submission) -> None:
    exposes = submission.dns_prefix is not None or "port" in (submission.appArgs or {})
    if exposes or submission.product_name == INTERACTIVE_PRODUCT:
        raise Refusal(f"The job was not submitted: it asks to expose a network port. {NOT_YET}")


def _refuse_products(submission: Submission) -> None:
    if submission.product_name not in (None, DEFAULT_PRODUCT):
        raise Refusal(
            f"The job was not submitted: this hub has no product “{submission.product_name}”, only {DEFAULT_PRODUCT}."
        )


def _refuse_system_images(submission: Submission) -> None:
    if submission.sysimage_build:
        raise Refusal(f"The job was not submitted: it asks for a system image to be built. {NOT_YET}")


def _refuse_elastic_pools(submission: Submission) -> None:
    if submission.elastic:
        raise Refusal(
            "The job was not submitted: it asks for an elastic pool, and this hub starts all processes at once. "
            "Choose a fixed number of nodes."
        )
    minimum = submission.min_workers_required
    if minimum is not None and minimum >= submission.nworkers:
        raise Refusal(
            "The job was not submitted: the minimum number of nodes must be smaller than the number asked for."
        )


def _refuse_foreign_bundles(submission: Submission) -> None:
    if submission.appbundle is None:
        return
    if submission.appbundle != EXTERNAL_UPLOAD or submission.appbundle_upload_info is None:
        raise Refusal("The job was not submitted: its bundle must be uploaded first. Submit it again.")


def _refuse_bad_variables(submission: Submission) -> None:
    for name, value in submission.args.items():
        if not name or "=" in name or "\0" in name + value:
            raise Refusal(f"The job was not submitted: “{name}” cannot be an environment variable's name or value.")
        if len(value.encode()) > MAX_VARIABLE_BYTES:
            raise Refusal(
                f"The job was not submitted: the environment variable {name} is longer than {MAX_VARIABLE_BYTES:,} "
                "bytes. Put it into a file of the bundle."
            )


_RULES: tuple[Callable[[Submission], None], ...] = (
    _refuse_applications,
    _refuse_ports,
    _refuse_products,
    _refuse_system_images,
    _refuse_elastic_pools,
    _refuse_foreign_bundles,
    _refuse_bad_variables,
)


def _image(submission: Submission, offer: Offer) -> JuliaImage:
    if not offer.images:
        raise Refusal(
            "The job was not submitted: no Julia was found on the computer that runs this hub. "
            "Install one from https://julialang.org/downloads and submit again."
        )
    image = offer.image(submission.image)
    if image is None:
        installed = ", ".join(each.key for each in offer.images)
        raise Refusal(
            f"The job was not submitted: {submission.image} is not installed here. Installed: {installed}. "
            "Choose one of them, or install that version."
        )
    return image


def _cluster(submission: Submission, offer: Offer) -> tuple[int, int]:
    """Nodes and processes per node (§5.3)."""
    if offer.node(submission.node_class) is None:
        offered = ", ".join(spec.node_class for spec in offer.node_specs)
        raise Refusal(
            f"The job was not submitted: this hub has no node class “{submission.node_class}”. It has: {offered}."
        )
    nodes = submission.nworkers + 1
    processes_per_node = 1 if submission.isthreaded else submission.cpu
    if nodes * processes_per_node > offer.process_limit or submission.cpu > offer.process_limit:
        raise Refusal(
            f"The job was not submitted: {nodes} nodes with {submission.cpu} cores each are too many for this "
            f"computer, which runs at most {offer.process_limit} Julia processes or threads a job. Ask for fewer."
        )
    return nodes, processes_per_node


def _threads(submission: Submission) -> int:
    """`JULIA_NUM_THREADS` wins where it is a number; a process that has the node to itself uses all its cores."""
    chosen = submission.args.get("JULIA_NUM_THREADS", "")
    if chosen.isascii() and chosen.isdigit() and int(chosen) > 0:
        return int(chosen)
    return submission.cpu if submission.isthreaded else 1


def _limit_hours(submission: Submission) -> float | None:
    if submission.limit_type == "unlimited":
        return None
    if submission.limit_type != "time":
        what = "a cost limit" if submission.limit_type == "cost" else f"a limit of type “{submission.limit_type}”"
        raise Refusal(
            f"The job was not submitted: it has {what}, and this hub only knows time limits. Choose a number of hours."
        )
    hours = submission.limit_value
    if hours is None or not math.isfinite(hours) or not 0 < hours <= MAX_LIMIT_HOURS:
        raise Refusal(
            f"The job was not submitted: a time limit must be more than 0 and at most {MAX_LIMIT_HOURS:,} hours."
        )
    return hours
