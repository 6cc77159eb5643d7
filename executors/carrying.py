"""What operations carry, in bytes: copied on this machine and within buckets, or over the network."""

from schemas.operations import AnyOperation


def copied(operation: AnyOperation) -> int:
    """Return the bytes an operation copies on this machine, or within a bucket's service."""
    if operation.op in ("copy", "pack", "unpack") or (operation.op == "move" and operation.across):
        return operation.size
    return 0


def carried(operation: AnyOperation) -> int:
    """Return all bytes an operation copies, uploads or downloads: what progress is measured by."""
    return operation.size if operation.op in ("upload", "download") else copied(operation)
