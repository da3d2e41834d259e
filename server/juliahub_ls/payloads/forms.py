"""Forms."""

import os
from typing import Any

from juliahub_ls import payloads
from juliahub_ls.domain.bundles.plan import BundlePlan
from juliahub_ls.domain.jobs import cluster_words as words
from juliahub_ls.domain.jobs.choices import unusual
from juliahub_ls.domain.jobs.cluster_design import ClusterDesign
from juliahub_ls.domain.jobs.command_line import command_line
from juliahub_ls.domain.jobs.form import FieldProblem, ImageOffer
from juliahub_ls.payloads.choices import choices
from juliahub_ls.payloads.common import action, present, problem, uri
from juliahub_ls.payloads.environments import environment_choice
from juliahub_ls.payloads.servers import GIGABYTE
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.forms import Form
from juliahub_ls.services.job_source import Source
from juliahub_wire.nodes import NodeSpec


def form(value: Form, connections: Connections) -> dict[str, Any]:
    """A `Form`."""
    payload = {
        "choices": choices(value.choices),
        "origin": value.origin,
        "server": payloads.server(value.profile, connections),
        "environment": _environment(value.source),
        "nodes": [_node(spec) for spec in value.nodes],
        "images": [_image(offer) for offer in value.images],
        "fields": [_field(item) for item in value.fields],
        "ready": value.obstacle is None,
        "commandLine": _command_line(value),
        "bundle": _bundle(value.plan) if value.plan else None,
        "design": _design(value.design) if value.design else None,
        "image": value.image.name if value.image else None,
        "obstacle": value.obstacle,
        "offlineSince": value.offline_since,
    }
    return present(payload)


def _command_line(value: Form) -> str | None:
    """None for a selection that is not whole lines of the script: a terminal has no other way to name it."""
    lines = value.source.lines if value.source else None
    if "code" in value.choices and lines is None:
        return None
    return command_line(_for_a_terminal(value), lines=lines, windows=os.name == "nt")


def _for_a_terminal(value: Form) -> dict[str, Any]:
    """What must be said there; a server by its URL where its name would not lead to it."""
    url = value.profile.url
    plain = url is not None and url.startswith("http://")
    return unusual(value.choices) | {"server": url if plain else value.profile.id}


def _environment(source: Source | None) -> dict[str, Any]:
    """A `FormEnvironment`. The reason without the file, which the environment names."""
    if source is None:
        return {"reason": "no script", "choices": []}
    payload = {
        "environment": payloads.environment(source.environment) if source.environment else None,
        "reason": source.reason.partition(": ")[0],
        "choices": [environment_choice(choice) for choice in source.choices],
    }
    return present(payload)


def _bundle(plan: BundlePlan) -> dict[str, Any]:
    return {
        "directory": uri(plan.directory),
        "name": plan.name,
        "fileCount": plan.file_count,
        "totalSize": plan.total_size,
        "leftOut": len(plan.left_out),
        "problems": [problem(item) for item in plan.problems],
    }


def _node(spec: NodeSpec) -> dict[str, Any]:
    payload = {
        "nodeClass": spec.node_class,
        "label": words.node_label(spec),
        "vcpus": spec.vcores,
        "memory": spec.memory_gb * GIGABYTE,
        "gpu": spec.has_gpu,
        "price": spec.price_per_hour,
        "priceLabel": words.an_hour(spec.price_per_hour),
    }
    return present(payload)


def _image(offer: ImageOffer) -> dict[str, Any]:
    shown = payloads.image(offer.image)
    return present({**shown, "mismatch": offer.mismatch})


def _design(design: ClusterDesign) -> dict[str, Any]:
    payload = {
        "summary": words.summary(design),
        "capacity": words.capacity(design),
        "nodeClass": design.node.node_class,
        "nodes": design.nodes,
        "processes": design.processes,
        "workersPerNode": list(words.workers_per_node(design)),
        "vcpus": design.nodes * design.node.vcores,
        "memory": design.nodes * design.node.memory_gb * GIGABYTE,
        "pricePerHour": design.price_per_hour,
        "priceAtMost": design.price_at_most or None,
        "priceLabel": words.an_hour(design.price_per_hour),
        "limitLabel": words.at_most(design),
        "hours": design.time_limit or None,
    }
    return present(payload)


def _field(item: FieldProblem) -> dict[str, Any]:
    payload: dict[str, Any] = {"field": item.field, "severity": item.severity.value, "message": item.message}
    return payload | ({"actions": [action(mend) for mend in item.mends]} if item.mends else {})
