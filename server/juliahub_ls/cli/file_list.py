"""Every file of a bundle, aligned, with where it comes from when that is outside the folder."""

from typing import TYPE_CHECKING

from juliahub_ls.cli.environment_view import why_left_out
from juliahub_ls.cli.output import Output
from juliahub_ls.domain.problem import human_bytes

if TYPE_CHECKING:
    from juliahub_ls.domain.bundle_plan import BundlePlan

BATCH_LINES = 500


def show_files(output: Output, plan: "BundlePlan") -> None:
    """One line a file: what goes in, then what stays home. A plan may have a hundred thousand."""
    from juliahub_ls import payloads

    paint, lines = output.paint, []
    for file in payloads.bundle_plan(plan)["files"]:
        why = paint(f"  {paint.bare(file['why'])}", "dim") if file.get("why", "as it is") != "as it is" else ""
        lines.append(f"+ {human_bytes(file['size']):>9}  {paint.bare(file['path'])}{why}")
    for item in plan.left_out:
        size = "" if item.size is None else human_bytes(item.size)
        name = paint.bare(f"{item.path}/" if item.is_directory else item.path)
        lines.append(paint(f"- {size:>9}  {name}  {paint.bare(why_left_out(item))}", "dim"))
    for start in range(0, len(lines), BATCH_LINES):
        output.line("\n".join(lines[start : start + BATCH_LINES]))
    output.line()
