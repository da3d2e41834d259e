"""Looks at bundle plans, writes manifests and makes depots for the tests of what goes into a bundle."""

from pathlib import Path

from juliahub_ls.domain.bundles.model import BundledPackage
from juliahub_ls.domain.bundles.plan import BundlePlan
from juliahub_ls.domain.environments.depot import version_slug

A, B, C = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "abc")
TREE = "46e44e869b4d90b96bd8ed1fdcf32244fddfb6cc"
HASH = "1e0228a030642014fe5cfe68c2c0a818f9e3f522"


def names(plan: BundlePlan) -> list[str]:
    return sorted([file.archive_path for file in plan.files] + [file.archive_path for file in plan.injected])


def codes(plan: BundlePlan) -> list[str]:
    return [problem.code for problem in plan.problems]


def package(plan: BundlePlan, name: str) -> BundledPackage:
    (found,) = [package for package in plan.packages if package.name == name]
    return found


def injected(plan: BundlePlan, path: str) -> bytes:
    (found,) = [file.content for file in plan.injected if file.archive_path == path]
    return found


def manifest(*entries: str) -> str:
    return 'julia_version = "1.11.4"\nmanifest_format = "2.0"\n\n' + "\n".join(entries)


def entry(name: str, uuid: str, *lines: str) -> str:
    return f'[[deps.{name}]]\nuuid = "{uuid}"\n' + "".join(line + "\n" for line in lines)


def depot(base: Path, *, registered: str) -> Path:
    """A depot with one registry, the source of B and one artifact."""
    root = base / "depot"
    registry = root / "registries/General/Registry.toml"
    registry.parent.mkdir(parents=True)
    registry.write_text(f'name = "Ours"\n[packages]\n{registered} = {{ name = "X", path = "X" }}\n')
    source = root / "packages/B" / version_slug(B, TREE)
    (source / "src").mkdir(parents=True)
    (source / "src/B.jl").write_text("module B end")
    (source / "cert.pem").write_text("public")
    (root / "artifacts" / HASH).mkdir(parents=True)
    (root / "artifacts" / HASH / "data.txt").write_text("42")
    return root
