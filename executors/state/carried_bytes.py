"""What operations carry, in bytes: copied on this machine and within buckets, or over the network."""

from reshelve.schemas.operations import AnyOperation


def copied(operation: AnyOperation) -> int:
    """Return the bytes an operation copies on this machine, or within a bucket's service."""
    if operation.op == "move":
        return operation.size if operation.across else 0
    return operation.size if operation.op in ("copy", "pack", "unpack") else 0


def carried(operation: AnyOperation) -> int:
    """Return all bytes an operation copies, uploads or downloads: what progress is measured by."""
    if operation.op == "move":
        return operation.size if operation.across else 0
    return operation.size if operation.op in ("copy", "upload", "download", "pack", "unpack") else 0
