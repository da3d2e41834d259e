"""Hover on a rule of `.juliabundleignore`: what it leaves out of the bundle, or lets in."""

from pathlib import Path
from typing import Any

from juliahub_ls import payloads
from juliahub_ls.domain.bundles.ignore_rules import Rule, parse_ignore_rules
from juliahub_ls.domain.bundles.plan import BundlePlan
from juliahub_ls.domain.environments.files import environment_at
from juliahub_ls.domain.problem import Range, human_bytes
from juliahub_ls.lsp.session import Session
from juliahub_ls.lsp.uris import path_key
from juliahub_ls.lsp.views import FileView

SHOWN = 5


async def rule_markdown(session: Session, file: FileView, line: int) -> Any:
    """A `Hover`, or nothing where no rule is. What is on disk counts: a plan is made from saved files."""
    lines = file.text.split("\n")
    text = lines[line].strip() if line < len(lines) else ""
    rule = next((r for r, _ in parse_ignore_rules(file.text, file.path).compiled if r.line == line + 1), None)
    if rule is None:
        return None
    plan = await session.services.bundling.plan(bundle_top(file.path.parent))
    width = len(lines[line].rstrip("\r").encode("utf-16-le")) // 2
    contents = {"kind": "markdown", "value": f"`{text}`\n\n{_effect(plan, rule)}"}
    return {"contents": contents, "range": payloads.range_(Range(line, 0, line, width))}


def bundle_top(directory: Path) -> Path:
    """The folder that is bundled with this one: the nearest environment's, else itself."""
    return next((parent for parent in (directory, *directory.parents) if environment_at(parent)), directory)


def _effect(plan: BundlePlan, rule: Rule) -> str:
    if rule.includes:
        files = [file for file in plan.files if file.rule and _same(file.rule, rule)]
        return _sentence("Lets in", [(file.archive_path, file.size) for file in files], 0)
    left = [item for item in plan.left_out if item.rule and _same(item.rule, rule)]
    files_out = [(item.path, item.size or 0) for item in left if not item.is_directory]
    folders = [(f"{item.path.rstrip('/')}/", 0) for item in left if item.is_directory]
    return _sentence("Leaves out", [*folders, *files_out], len(folders))


def _sentence(verb: str, found: "list[tuple[str, int]]", folders: int) -> str:
    if not found:
        return "Decides about nothing that is in the folder now."
    files = len(found) - folders
    size = human_bytes(sum(size for _, size in found))
    counts = [_count(folders, "folder")] if folders else []
    counts += [f"{_count(files, 'file')} ({size})"] if files else []
    names = [f"- `{path}`" for path, _ in found[:SHOWN]]
    rest = [f"- and {len(found) - SHOWN:,} more"] if len(found) > SHOWN else []
    return "\n".join([f"{verb} {' and '.join(counts)}:", "", *names, *rest])


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _same(one: Rule, other: Rule) -> bool:
    """The same words in the same file: while it is edited, its lines are others than on disk."""
    return one.text == other.text and path_key(one.file) == path_key(other.file)
