"""Every endpoint's path (protocol Appendix A).

Paths are joined to a server's URL; `{}` marks one percent-encoded segment.
"""

from urllib.parse import quote

API_VERSION = "/api/v1"  # §2.1
GRAPHQL = "/v1/graphql"  # §2.2

AUTH_CONFIGURATION = "/auth/configuration"  # §1.5
AUTH_CHALLENGE = "/auth/challenge"
AUTH_RESPONSE = "/auth/response"
AUTH_CLAIM_TOKEN = "/auth/claimtoken"  # noqa: S105 - a path, not a password
AUTH_RENEW = "/auth/renew/token.toml/v2/"  # §1.4, with its trailing slash
AUTH_RENEW_DEVICE = "/auth/renew/token.toml/device/"
AUTH_DEVICE_CODE = "/auth/device/code"  # §1.6: names that a server's configuration tells
AUTH_DEVICE_TOKEN = "/auth/token"  # noqa: S105 - a path

ISSUER = "/dex"  # §1.8: the identity provider, and what it publishes
DEX_DEVICE_CODE = "/dex/device/code"
DEX_TOKEN = "/dex/token"  # noqa: S105 - a path
DEX_DEVICE_PAGE = "/dex/device"
DEX_KEYS = "/dex/keys"
DEX_CONFIGURATION = "/dex/.well-known/openid-configuration"

NODE_SPECS = "/app/config/nodespecs/info"  # §3
REGISTRIES = "/app/packages/registries"  # §4.1
DEFAULT_APPLICATIONS = "/app/applications/default"  # §4.2
PACKAGE_APPLICATIONS = "/app/applications/info"
USER_APPLICATIONS = "/app/applications/myapps"
PRODUCT_IMAGE_GROUPS = "/juliaruncloud/product_image_groups"  # §4.3
IMAGE_OPTIONS = "/juliaruncloud/get_image_options"  # §4.4

APPBUNDLE_UPLOAD_URL = "/jobs/appbundle_upload_url"  # §6.4
SUBMIT_JOB = "/juliaruncloud/submit_job"  # §5.1
GET_JOBS = "/juliaruncloud/get_jobs"  # §7.1
KILL_JOB = "/juliaruncloud/kill_job"
EXTEND_JOB = "/juliaruncloud/extend_job_time_limit"
GET_LOGS = "/juliaruncloud/get_logs"  # §8.1
GET_LOGS_V2 = "/juliaruncloud/get_logs_v2"  # §8.3: answering 404 is correct
STREAM_LOGS = "/ws/stream_logs"  # §8.2

DATASETS = "/datasets"  # §10.1
USER_DATASETS = "/user/datasets"
PROJECTS = "/api/v1/projects"  # §10.7

FEATURES_MANAGE = "/app/config/features/manage"  # §11.3
GROUPS = "/app/config/groups"  # §11.4
ACTIVE_TOKENS = "/app/token/activelist"  # §11.5


def job(jobname: str) -> str:
    """`GET /api/rest/jobs/{jobname}` (§7.1)."""
    return f"/api/rest/jobs/{segment(jobname)}"


def job_file(jobname: str, filename: str) -> str:
    """`GET /jobs/{jobname}/files/{filename}?filetype=…` (§9)."""
    return f"/jobs/{segment(jobname)}/files/{segment(filename)}"


def segment(text: str) -> str:
    """One path component, percent-encoded with JuliaHub.jl's safe set `A–Z a–z 0–9 - . _ ~` (§1.1)."""
    return quote(text, safe="-._~")
