"""Ceph's RADOS gateway, the real service: a monitor, one object store in memory or in a file, and gateways.

Recipe: docs.ceph.com, "Manual Deployment", cut down to one machine, without manager and without authentication inside.
"""

import contextlib
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from tests.support.servers.service import Endpoint, answers, free_port, program, start, stop

CLASSES = ("STANDARD_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")
LIFECYCLE_DAY = 10
"""Seconds that count as a day in lifecycle rules."""
_PROGRAMS = ("ceph", "ceph-mon", "ceph-osd", "monmaptool", "radosgw", "radosgw-admin")
_CONFIG = """
[global]
fsid = {fsid}
mon_host = v1:127.0.0.1:{mon}
ms_bind_msgr2 = false
ms_bind_ipv6 = false
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
public_network = 127.0.0.0/8
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pgp_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
mon_data_avail_crit = 1
mon_data = {folder}/mon
osd_data = {folder}/osd
run_dir = {folder}/run
admin_socket = {folder}/run/$name.$pid.asok
log_file = {folder}/log/$name.log
osd_objectstore = {store}
memstore_device_bytes = 12884901888
bluestore_block_size = 21474836480
osd_memory_target = 1073741824
[client.rgw]
rgw_lc_debug_interval = {day}
rgw_gc_obj_min_wait = 5
rgw_gc_processor_period = 10
rgw_gc_processor_max_time = 10
"""


class Ceph:
    """One cluster in `folder`. `store`: "memstore" is quicker and forgets; "bluestore" lies in a sparse file."""

    def __init__(self, folder: Path, store: str = "memstore") -> None:
        self.folder = folder
        self.conf = str(folder / "ceph.conf")
        self._store = store
        self._processes: list[subprocess.Popen[bytes]] = []

    @staticmethod
    def missing() -> str | None:
        """Say what has to be installed first, or None."""
        lacking = [name for name in _PROGRAMS if program(name) is None]
        return f"{', '.join(lacking)} (Debian: radosgw ceph-mon ceph-osd ceph-common)" if lacking else None

    def start(self) -> Endpoint:
        """Make the cluster and start it; return where its gateway listens once it answers."""
        for name in ("mon", "osd", "run", "log"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        fsid, osd, mon = str(uuid.uuid4()), str(uuid.uuid4()), free_port()
        config = _CONFIG.format(fsid=fsid, mon=mon, folder=self.folder, store=self._store, day=LIFECYCLE_DAY)
        Path(self.conf).write_text(config)
        monmap = str(self.folder / "monmap")
        self._run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", f"[v1:127.0.0.1:{mon}]", monmap)
        self._run("ceph-mon", "--mkfs", "-i", "a", "--monmap", monmap, "-c", self.conf)
        self._processes.append(self._daemon("ceph-mon", "-f", "-i", "a", "-c", self.conf))
        self._until("quorum", self._processes[0], "quorum_status")
        self._run("ceph", "-c", self.conf, "osd", "new", osd)
        self._run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd, "-c", self.conf)
        self._start_osd()
        endpoint = Endpoint("", extra={"folder": str(self.folder)})
        self._admin("user", "create", "--uid=t", "--display-name=t", f"--access-key={endpoint.key}", f"--secret={endpoint.secret}")
        for kind in CLASSES:
            where = ["--placement-id", "default-placement", "--storage-class", kind]
            self._admin("zonegroup", "placement", "add", "--rgw-zonegroup", "default", *where)
            self._admin("zone", "placement", "add", "--rgw-zone", "default", *where, "--data-pool", "default.rgw.cold.data")
        process, url = gateway(self.folder)
        self._processes.append(process)
        return Endpoint(url, endpoint.key, endpoint.secret, endpoint.extra)

    def stop(self) -> None:
        """Stop it: gateway first, then the store, then the monitor; together they hang."""
        for process in reversed(self._processes):
            stop(process)

    def collect(self) -> None:
        """Give back the room of what was removed, which the gateway otherwise does in its own time."""
        self._admin("gc", "process", "--include-all")

    def _start_osd(self) -> None:
        """Start the object store. It may speak before it knows the cluster's id, and then ends."""
        for attempt in range(6):
            osd = self._daemon("ceph-osd", "-f", "-i", "0", "-c", self.conf)
            try:
                self._until("1 up", osd, "osd", "stat")
            except ChildProcessError:
                if attempt == 5:
                    raise
                time.sleep(1)
                continue
            self._processes.append(osd)
            return

    def _daemon(self, *command: str) -> "subprocess.Popen[bytes]":
        return start([str(program(command[0])), *command[1:]], self.folder / "log" / f"{command[0]}.out")

    def _run(self, *command: str) -> str:
        """Run a command of Ceph's. One that spoke before it knew the cluster's id is refused for that, and run again."""
        for attempt in range(6):
            done = subprocess.run([str(program(command[0])), *command[1:]], capture_output=True, text=True, timeout=120)
            if done.returncode == 0:
                break
            said = done.stderr or done.stdout
            if attempt == 5 or not any(each in said for each in ("EPERM", "wrong fsid", "not permitted")):
                raise RuntimeError(f"{' '.join(command)}: {said}")
            time.sleep(0.5)
        return done.stdout

    def _admin(self, *command: str) -> None:
        self._run("radosgw-admin", "-c", self.conf, *command)

    def _until(self, wanted: str, process: "subprocess.Popen[bytes]", *command: str) -> None:
        """Ask until the answer holds `wanted`. ChildProcessError when the process that should answer ends."""
        end = time.monotonic() + 150
        while time.monotonic() < end:
            if process.poll() is not None:
                raise ChildProcessError(f"{process.args!r} ended with {process.returncode}")
            with contextlib.suppress(RuntimeError, subprocess.TimeoutExpired):
                if wanted in self._run("ceph", "-c", self.conf, "--connect-timeout", "5", *command):
                    return
            time.sleep(0.2)
        raise RuntimeError(f"Ceph never said {wanted!r} to {' '.join(command)}")


def gateway(folder: Path, port: int = 0) -> "tuple[subprocess.Popen[bytes], str]":
    """Start one more gateway of the cluster in `folder`, and return it and where it listens once it answers."""
    port = port or free_port()
    command = [str(program("radosgw")), "-f", "-n", "client.rgw", "-c", str(folder / "ceph.conf")]
    command += [f"--rgw_frontends=beast endpoint=127.0.0.1:{port}"]
    process = start(command, folder / "log" / f"gateway-{port}.out")
    answers(f"http://127.0.0.1:{port}", process)
    return process, f"http://127.0.0.1:{port}"


class Gateway:
    """A gateway of one's own on a running cluster, to be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.process, self.url = gateway(folder)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        """Start it again where it was."""
        self.process, _ = gateway(self._folder, int(self.url.rpartition(":")[2]))


@contextlib.contextmanager
def own_gateway(endpoint: Endpoint) -> Iterator[Gateway]:
    """Give a further gateway of the cluster at `endpoint`, stopped at the end."""
    one = Gateway(Path(endpoint.extra["folder"]))
    try:
        yield one
    finally:
        stop(one.process)


def user_without_rights(owner: Endpoint, name: str) -> Endpoint:
    """Make a user whom the cluster of `owner` knows, and who has no right in anything; return where they ask, with their keys."""
    user = Endpoint(owner.url, f"AKIA{name.upper():0>16}", f"{name}/secret+0000000000000000000000000000", owner.extra)
    told = [f"--uid={name}", f"--display-name={name}", f"--access-key={user.key}", f"--secret={user.secret}"]
    admin = [str(program("radosgw-admin")), "-c", f"{owner.extra['folder']}/ceph.conf", "user", "create"]
    subprocess.run([*admin, *told], check=True, capture_output=True, timeout=120)
    return user
