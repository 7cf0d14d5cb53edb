"""The HTML that another site pastes into its page: a form without a script, and the line that improves it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from pipeline.core.consent.placement import Placement


@dataclass(frozen=True, slots=True)
class Snippets:
    """`form` needs no script; `script` is the line that improves it; `policy` what the page's CSP has to allow."""

    form: str
    script: str
    policy: str


# No box in it: what somebody may say yes to, and the words of the notice, are shown by us and pressed there (C-02).
# Nothing in it is inline script or style, so that it stands under any policy.
_FORM = """\
<form class="rounds-form" method="post" action="{action}" data-rounds-form>
  <p><label>Your email address
    <input type="email" name="address" autocomplete="email" maxlength="254" required></label></p>
  <p><button type="submit">Sign up</button></p>
</form>"""
_SCRIPT = '<script src="{source}" defer></script>'


def snippets(placement: Placement, base_url: str) -> Snippets:
    """`base_url`: our site, without a slash at the end."""
    base = escape(base_url)
    allowed = ("form-action", "script-src", "connect-src", "style-src")
    return Snippets(
        _FORM.format(action=f"{base}/signup/from/{placement.name}/"),
        _SCRIPT.format(source=f"{base}/static/embed/rounds-form.js"),
        "; ".join(f"{kind} {base_url}" for kind in allowed),
    )
