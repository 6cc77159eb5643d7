"""Pages that open offline: one HTML file each, without anything from elsewhere."""

from html import escape

_STYLE = (
    ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0}"
    "main{max-width:70rem;margin:auto;padding:1.5rem}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.5rem .75rem;"
    "border-bottom:1px solid #8884}td{overflow-wrap:anywhere}.healthy{color:#15803d}.warning{color:#a16207}"
    ".error,.needs_attention{color:#b91c1c}@media(prefers-color-scheme:dark){.healthy{color:#4ade80}.warning{color:#facc15}"
    ".error,.needs_attention{color:#f87171}}ul{padding-left:1.25rem}td ul{margin:0}"
)


def offline_page(title: str, body: str) -> str:
    """Return a page; `body` is HTML, safe already."""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title><style>{_STYLE}</style></head>
<body><main>{body}</main></body></html>
"""
