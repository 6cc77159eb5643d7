"""Certificates that nobody signed, for servers on the loopback."""

import ssl
import subprocess
from pathlib import Path


def certificate(folder: Path, *more: str) -> tuple[Path, ssl.SSLContext]:
    """Make a self-signed certificate for 127.0.0.1."""
    key, made = folder / "key.pem", folder / "cert.pem"
    about = ["-subj", "/CN=nas", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", *more]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(made), *about]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return made, context
