"""The submission of a job, part by part as JuliaHub.jl would send it (protocol §5.2–§5.6)."""

from dataclasses import dataclass
from typing import Any

from juliahub_ls.domain.jobs.application import AppKind, Application
from juliahub_ls.domain.jobs.cluster_design import ClusterDesign
from juliahub_ls.domain.jobs.exposed_port import JUST_ME, ExposedPort
from juliahub_ls.domain.jobs.product_images import ProductImage
from juliahub_wire.bundles import EXTERNAL_UPLOAD, UploadInfo
from juliahub_wire.submission import Submission

USER_APP = "userapp"


@dataclass(frozen=True, slots=True)
class Terms:
    """What all kinds of job have. `product` is not always the image's own (§5.5); `project`: a UUID."""

    args: dict[str, str]
    design: ClusterDesign
    product: str | None = None
    image: ProductImage | None = None
    port: ExposedPort | None = None
    project: str | None = None


@dataclass(frozen=True, slots=True)
class ScriptCode:
    """A script, and what goes along: texts, or a bundle that was uploaded. `sysimage_sha`: of the manifest, when a
    system image is to be built."""

    text: str
    project_toml: str | None = None
    manifest_toml: str | None = None
    bundle: UploadInfo | None = None
    sysimage_sha: str | None = None


def script_form(terms: Terms, code: ScriptCode) -> Submission:
    """A batch job: a script with texts or a bundle."""
    return Submission(
        **_common(terms),
        customcode=True,
        usercode=code.text,
        projecttoml=code.project_toml,
        manifesttoml=code.manifest_toml,
        appbundle=EXTERNAL_UPLOAD if code.bundle else None,
        appbundle_upload_info=code.bundle,
        sysimage_build=code.sysimage_sha is not None,
        sysimage_manifest_sha=code.sysimage_sha,
    )


def app_form(
    terms: Terms, app: Application, *, branch: str | None = None, revision: str | None = None, sysimage: bool = False
) -> Submission:
    """A job that runs an application: the server's own ones are for the user alone and have no revisions."""
    common = _common(terms)
    if app.kind is AppKind.DEFAULT:
        return Submission(**common | {"appType": app.id, "appArgs": dict(JUST_ME)}, customcode=False)
    return Submission(
        **common,
        appType=USER_APP,
        customcode=False,
        registry_name=app.registry,
        package_name=app.name,
        branch_name=branch,
        git_revision=revision,
        sysimage_build=sysimage,
    )


def _common(terms: Terms) -> dict[str, Any]:
    """The parts that all kinds have; what is None is absent."""
    design, image, port = terms.design, terms.image, terms.port
    return {
        "args": terms.args,
        "projectid": terms.project,
        "product_name": terms.product,
        "image": image.key(gpu=design.node.has_gpu) if image else None,
        "image_tag": image.tag if image else None,
        "appArgs": port.app_args() if port else None,
        "dns_prefix": port.name if port else None,
        "node_class": design.node.node_class,
        "cpu": design.node.vcores,
        "nworkers": design.nodes - 1,
        "min_workers_required": None if design.min_nodes is None else design.min_nodes - 1,
        "elastic": design.elastic,
        "isthreaded": design.one_process_per_node,
        "limit_type": "time" if design.time_limit else "unlimited",
        "limit_value": design.time_limit or None,
    }
