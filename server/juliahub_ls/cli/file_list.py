"""Every file of a bundle, aligned, with its size and the rule that decided; before them the totals by folder."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from juliahub_ls.cli.environment_view import left_out_name, shown_path, why_left_out
from juliahub_ls.cli.output import Output
from juliahub_ls.domain.bundles.tree import BundleTree
from juliahub_ls.domain.problem import human_bytes

if TYPE_CHECKING:
    from juliahub_ls.domain.bundles.ignore_rules import Rule
    from juliahub_ls.domain.bundles.plan import BundlePlan

BATCH_LINES = 500
FOLDER_LEVELS = 2
MAX_NAME = 60
Row = tuple[str, str, str, str]
"""Sign, size, name, and what is to be said of it."""


def show_files(output: Output, plan: "BundlePlan") -> None:
    """The folders of the top two levels, heaviest first; then one line a file. A plan may have a hundred thousand."""
    paint = output.paint
    totals = BundleTree(plan).totals(FOLDER_LEVELS)
    width = max((len(f"{total.files:,}") for total in totals), default=0)
    lines = [
        f"  {human_bytes(total.size):>9}  {total.files:>{width},} {'file' if total.files == 1 else 'files':<5}  "
        f"{paint.bare(total.path)}/"
        for total in totals
    ]
    lines += [""] if lines else []
    rows = [*_going(output, plan), *_staying(output, plan)]
    column = min(max((len(name) for _, _, name, why in rows if why), default=0), MAX_NAME)
    for sign, size, name, why in rows:
        line = f"{sign} {size:>9}  " + (f"{name.ljust(column)}  {paint(why, 'dim')}" if why else name)
        lines.append(line if sign == "+" else paint(f"{sign} {size:>9}  {name.ljust(column)}  {why}", "dim"))
    for start in range(0, len(lines), BATCH_LINES):
        output.line("\n".join(lines[start : start + BATCH_LINES]))
    output.line()


def _going(output: Output, plan: "BundlePlan") -> list[Row]:
    from juliahub_ls import payloads

    bare = output.paint.bare
    rules = {file.archive_path: file.rule for file in plan.files if file.rule}
    rows = []
    for file in payloads.bundle_plan(plan)["files"]:
        rule, why = rules.get(file["path"]), file.get("why", "")
        said = rule_text(plan, rule) if rule else "" if why == "as it is" else why
        rows.append(("+", human_bytes(file["size"]), bare(file["path"]), bare(said)))
    return rows


def _staying(output: Output, plan: "BundlePlan") -> Iterator[Row]:
    bare = output.paint.bare
    for item in plan.left_out:
        size = "" if item.size is None else human_bytes(item.size)
        why = rule_text(plan, item.rule) if item.rule else why_left_out(item)
        yield "-", size, bare(left_out_name(item)), bare(why)


def rule_text(plan: "BundlePlan", rule: "Rule") -> str:
    """`src/.juliabundleignore:3 !keep.csv`."""
    return f"{shown_path(rule.file, plan.directory)}:{rule.line} {rule.text}"
