"""What a hub can offer a job: machine types and installed Julias."""

from collections.abc import Sequence
from dataclasses import dataclass

from juliahub_wire.nodes import NodeSpec


@dataclass(frozen=True)
class JuliaImage:
    """One installed Julia, offered as an image. `command` starts it; exactly one of several is the default."""

    version: str
    command: tuple[str, ...]
    default: bool = False

    @property
    def key(self) -> str:
        """The `image` field of a submission, e.g. `julia-1.10.4`."""
        return f"julia-{self.version}"

    @property
    def display_name(self) -> str:
        """What a user sees, e.g. `Julia 1.10.4`."""
        return f"Julia {self.version}"


@dataclass(frozen=True)
class Offer:
    """Node specs and images of one moment, and how many Julia processes one job may have."""

    node_specs: Sequence[NodeSpec]
    images: Sequence[JuliaImage]
    process_limit: int

    def node(self, node_class: str) -> NodeSpec | None:
        """The machine type of that name, or None."""
        return next((spec for spec in self.node_specs if spec.node_class == node_class), None)

    def image(self, key: str | None) -> JuliaImage | None:
        """The image of that key, the default one for None; None when there is no such Julia."""
        if key is None:
            return next((image for image in self.images if image.default), None)
        return next((image for image in self.images if image.key == key), None)


def process_limit(vcores: int) -> int:
    """How many Julia processes one job may start on a computer: more than its cores is fine, to a point."""
    return max(16, 4 * vcores)
