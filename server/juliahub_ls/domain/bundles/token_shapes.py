"""What access tokens look like, service by service: a table of shapes, each as long and as random as the real ones."""

from typing import NamedTuple


class TokenShape(NamedTuple):
    """One shape. `literals`: one of them is in every token of this shape; separated by spaces.

    `hint`: an expression of Rust's engine that begins with a literal and matches wherever `exact` does. `exact`: one of
    Python's, whose group `t` is the random part. `bits`: the entropy that this has per character, at least.
    """

    kind: str
    literals: tuple[str, ...]
    hint: str
    exact: str
    bits: float = 3.5


_KEY_BLOCK = (
    r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:(?!-----)[\s\S]){0,300}?(?P<t>[A-Za-z0-9+/]{40})[A-Za-z0-9+/=]*"
)
_JWT_HINT = r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10}"
_JWT = r"(?P<t>eyJ[A-Za-z0-9_-]{10,600}\.eyJ[A-Za-z0-9_-]{10,8000}\.[A-Za-z0-9_-]{10,1400})"  # bounds bound the time
_SIGN_IN = r"(?:id|access|refresh)_token[\"']?\s*(?:=>|=|:)\s*[\"']"

TOKEN_SHAPES = (
    TokenShape(
        "GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        r"gh[pousr]_[A-Za-z0-9]{36}",
        r"gh[pousr]_(?P<t>[A-Za-z0-9]{36,251})",
    ),
    TokenShape(
        "GitHub token",
        ("github_pat_",),
        r"github_pat_[A-Za-z0-9]{22}_",
        r"github_pat_(?P<t>[A-Za-z0-9]{22}_[A-Za-z0-9]{59})",
    ),
    TokenShape(
        "GitLab token",
        ("glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "glsoat-"),
        r"gl(?:pat|dt|rt|ptt|cbt|soat)-[A-Za-z0-9_-]{20}",
        r"gl(?:pat|dt|rt|ptt|cbt|soat)-(?P<t>[A-Za-z0-9_-]{20,300})",
        3.0,
    ),
    TokenShape("AWS key", ("AKIA", "ASIA"), r"A(?:KIA|SIA)[A-Z2-7]{16}", r"A(?:KIA|SIA)(?P<t>[A-Z2-7]{16})", 2.8),
    TokenShape(
        "AWS key",
        ("secret_access_key", "SECRET_ACCESS_KEY"),
        r"secret_access_key|SECRET_ACCESS_KEY",
        r"(?:aws_secret_access_key|AWS_SECRET_ACCESS_KEY)[\"']?\s*(?:=>|=|:|,)\s*[\"']?(?P<t>[A-Za-z0-9/+]{40})",
        4.0,
    ),
    TokenShape(
        "Slack token",
        ("xoxa-", "xoxb-", "xoxe-", "xoxp-", "xoxr-", "xoxs-"),
        r"xox[abeprs]-",
        r"xox[abeprs]-(?P<t>[0-9A-Za-z]{1,14}-[0-9A-Za-z-]{20,250})",
        3.0,
    ),
    TokenShape(
        "Slack token", ("xapp-",), r"xapp-", r"xapp-[0-9]-(?P<t>[A-Z0-9]{8,14}-[0-9]{8,16}-[a-f0-9]{40,64})", 3.0
    ),
    TokenShape(
        "Slack address",
        ("hooks.slack.com/services/",),
        r"hooks\.slack\.com/services/T",
        r"hooks\.slack\.com/services/(?P<t>T[A-Z0-9]{6,12}/B[A-Z0-9]{6,12}/[A-Za-z0-9]{24})",
    ),
    TokenShape("Google key", ("AIza",), r"AIza[A-Za-z0-9_-]{35}", r"AIza(?P<t>[A-Za-z0-9_-]{35})"),
    TokenShape(
        "Google token",
        ("ya29.", "GOCSPX-"),
        r"ya29\.[A-Za-z0-9_-]{30}|GOCSPX-[A-Za-z0-9_-]{28}",
        r"(?:ya29\.(?=[A-Za-z0-9_-]{30})|GOCSPX-)(?P<t>[A-Za-z0-9_-]{28,400})",
    ),
    TokenShape(
        "Hugging Face token",
        ("hf_", "api_org_"),
        r"hf_[A-Za-z0-9]{34}|api_org_[A-Za-z0-9]{34}",
        r"(?:hf|api_org)_(?P<t>[A-Za-z0-9]{34,60})",
    ),
    TokenShape(
        "OpenAI key",
        ("sk-",),
        r"sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40}|sk-[A-Za-z0-9]{48}",
        r"sk-(?:(?:proj|svcacct|admin)-|(?=[A-Za-z0-9]{48}(?![A-Za-z0-9_-])))(?P<t>[A-Za-z0-9_-]{40,300})",
    ),
    TokenShape(
        "Anthropic key",
        ("sk-ant-",),
        r"sk-ant-[a-z0-9]{3,8}-[A-Za-z0-9_-]{40}",
        r"sk-ant-[a-z0-9]{3,8}-(?P<t>[A-Za-z0-9_-]{40,300})",
    ),
    TokenShape(
        "Stripe key",
        ("sk_live_", "rk_live_", "whsec_"),
        r"_live_[A-Za-z0-9]{20}|whsec_[A-Za-z0-9+/]{30}",
        r"(?:[rs]k_live_|whsec_(?=[A-Za-z0-9+/]{30}))(?P<t>[A-Za-z0-9+/]{20,250})=*",
        3.3,
    ),
    TokenShape("npm token", ("npm_",), r"npm_[A-Za-z0-9]{36}", r"npm_(?P<t>[A-Za-z0-9]{36})"),
    TokenShape(
        "PyPI token",
        ("pypi-AgE",),
        r"pypi-AgE",
        r"pypi-AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZw)(?P<t>[A-Za-z0-9_-]{50,500})",
    ),
    TokenShape(
        "Azure key",
        ("AccountKey=", "SharedAccessKey="),
        r"AccountKey=[A-Za-z0-9+/]{43}|SharedAccessKey=[A-Za-z0-9+/]{43}",
        r"(?:Account|SharedAccess)Key=(?P<t>[A-Za-z0-9+/]{43,86})={1,2}",
        4.0,
    ),
    TokenShape(
        "Azure secret",
        ("8Q~",),
        r"8Q~[A-Za-z0-9_.~-]{31}",
        r"(?P<t>[A-Za-z0-9_.~-]{3}8Q~[A-Za-z0-9_.~-]{31,34})",
        4.0,
    ),
    TokenShape("signed token (JWT)", ("eyJ",), _JWT_HINT, _JWT, 4.0),
    TokenShape(
        "sign-in token",
        ("id_token", "access_token", "refresh_token"),
        _SIGN_IN,
        _SIGN_IN + r"(?=[^\"']*[0-9])(?P<t>[A-Za-z0-9_./+=~-]{20,4000})[\"']",
        3.3,
    ),
    TokenShape("private key", ("PRIVATE KEY",), r"PRIVATE KEY(?: BLOCK)?-----", _KEY_BLOCK),
)
