"""Trying out what the services of a session's buckets really keep: the table of docs/services.md, for the buckets at hand."""

from collections.abc import Iterator

from reshelve.examining.findings import Finding
from reshelve.examining.status_and_doctor import lenient
from reshelve.executors.contracts.object_store import Capabilities, object_store
from reshelve.executors.verbs.file_verbs import advice
from reshelve.opening.wiring import opened
from reshelve.session.session import Session

_OVERALL = {
    "enforced": "it refuses to replace",
    "versioned": "it keeps what is replaced as a version",
    "none": "neither refused nor kept: uploads need `accept_race: true`",
}


def examine_services(session: Session) -> Iterator[Finding]:
    """Yield what each bucket's service was found to keep, tried out on keys of reshelve's own, which are removed again."""
    with opened(lenient(session).setting) as stores:
        for key, store in stores.stores.items():
            if store.root.kind != "bucket" or not store.root.available:
                continue
            try:
                found = object_store(store).capabilities(probe=True)
            except OSError as trouble:
                what = getattr(trouble, "what", None) or trouble.strerror or str(trouble)
                yield Finding(f"service of {key}", what, False, advice(trouble)[1])
                continue
            for name, how in rows(found):
                yield Finding(f"service of {key}, {name}", how)


def rows(found: Capabilities) -> Iterator[tuple[str, str]]:
    """Yield the rows of the table: what is asked of a service, and how this one was found to keep it."""

    def said(name: str, *, kept: bool) -> str:
        return "unknown: this user may not try it" if name in found.unknown else "yes" if kept else "no"

    how = ", ".join(f"{name} {said(name, kept=name in found.natively)}" for name in ("put", "multipart", "copy"))
    how += f", delete {said('conditional_delete', kept=found.conditional_delete)}"
    yield "conditions", f"{how}; {_OVERALL[found.create_only]}"
    yield "versions", said("versions", kept=found.versioned)
    yield "classes", said("storage_classes", kept=found.storage_classes)
    yield "thaws", said("restore", kept=found.restore)
    md5, sums = said("content_md5", kept=found.content_md5), said("checksums", kept=found.checksums)
    yield "checksums", f"Content-MD5 {md5}, SHA-256 {sums}, ETag of parts {said('part_etags', kept=found.part_etags)}"


__all__ = ["examine_services", "rows"]
