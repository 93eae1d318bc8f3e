"""Writes a capture of what a few containers do, of any length: for benchmarks and tries.

Usage: capture.py OUT [EVENTS [SEED]]

About 60 processes in four containers and on the host: web servers that accept, read, write and
close; an application that opens files and connects; a database; shells that start programs. Every
event is in today's form (one a call). About one in a thousand is what rules look for: a shell in a
container, /etc/shadow read, a connection to the metadata service, a package manager.
"""

import os
import random
import struct
import sys

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../crates/events/data/events.txt")
START_NS = 1_780_000_000_000_000_000
AT_FDCWD = -100

NUMBERS = {
    "int16": "<h", "int32": "<i", "int64": "<q", "uint8": "<B", "uint16": "<H", "uint32": "<I",
    "uint64": "<Q", "errno": "<q", "fd": "<q", "pid": "<q", "sigtype": "<B", "reltime": "<Q",
    "abstime": "<Q", "flags8": "<B", "flags16": "<H", "flags32": "<I", "enumflags8": "<B",
    "enumflags16": "<H", "enumflags32": "<I", "uid": "<I", "gid": "<I", "mode": "<I", "fd32": "<i",
    "pid32": "<i", "syscallid": "<H", "sigset": "<I", "port": "<H",
}


def read_table():
    events = {}
    for line in open(TABLE):
        if line[0] not in "#=":
            number, code, _, _, _, *params = line.split()
            events[code] = (int(number), [tuple(param.split(":")[:2]) for param in params])
    return events


EVENTS = read_table()


def encode(kind, value):
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode() + b"\0"
    return struct.pack(NUMBERS[kind], value)


def ipv4(text):
    return bytes(int(part) for part in text.split("."))


def tuple4(source, sport, target, dport):
    return b"\x02" + ipv4(source) + struct.pack("<H", sport) + ipv4(target) + struct.pack("<H", dport)


def sockaddr4(address, port):
    return b"\x02" + ipv4(address) + struct.pack("<H", port)


class Capture:
    """Blocks of a file."""

    def __init__(self, path):
        self.out = open(path, "wb", buffering=1 << 20)
        self.time = START_NS
        self.events = 0

    def block(self, number, body):
        body += b"\0" * (-len(body) % 4)
        total = struct.pack("<I", len(body) + 12)
        self.out.write(struct.pack("<I", number) + total + body + total)

    def event(self, tid, code, values, cpu=0):
        number, params = EVENTS[code]
        assert len(params) == len(values), code
        parts = [encode(kind, value) for (_, kind), value in zip(params, values)]
        lengths = struct.pack(f"<{len(parts)}H", *map(len, parts))
        data = lengths + b"".join(parts)
        self.time += random.randrange(200, 4_000)
        self.events += 1
        header = struct.pack("<HQQIHI", cpu, self.time, tid, 26 + len(data), number, len(parts))
        self.block(0x216, header + data)


def text(value):
    value = value if isinstance(value, bytes) else value.encode()
    return struct.pack("<H", len(value)) + value


class Process:
    def __init__(self, pid, ppid, exe, args, container, uid=0):
        self.pid, self.ppid, self.exe, self.args = pid, ppid, exe, args
        self.container, self.uid = container, uid
        self.fds = {0: "/dev/null", 1: "pipe:[1]", 2: "pipe:[2]"}
        self.connections = set()
        self.next_fd = 3
        self.cpu = pid % 4

    @property
    def comm(self):
        return os.path.basename(self.exe)[:15]

    @property
    def vpid(self):
        return self.pid if not self.container else self.pid % 1000 + 1

    def cgroups(self):
        path = f"/ecs/0123456789abcdef0123456789abcdef/{self.container}" if self.container else "/"
        return "".join(f"{name}={path}\0" for name in ("cpuset", "cpu", "memory", "pids")).encode()

    def arguments(self):
        return "".join(f"{arg}\0" for arg in self.args).encode()

    def thread(self):
        env = b"PATH=/usr/local/bin:/usr/bin:/bin\0HOME=/root\0LANG=C.UTF-8\0"
        entry = struct.pack("<QQQQQ", self.pid, self.pid, self.ppid, 1, self.vpid)
        entry += text(self.comm) + text(self.exe) + text(self.exe) + text(self.arguments()) + text("/")
        entry += struct.pack("<QIII", 1024, 0, self.uid, self.uid)
        entry += struct.pack("<IIIQQ", 20_000, 8_000, 0, 3, 900) + text(env)
        entry += struct.pack("<qq", self.vpid, self.vpid) + text(self.cgroups()) + text("/")
        entry += struct.pack("<QIIBQQQ", START_NS, 0, 0xFFFFFFFF, 0, 0, 0xA80425FB, 0xA80425FB)
        entry += struct.pack("<BQQQBBq", 0, self.pid + 7, START_NS, START_NS, 0, 1, self.pid)
        return struct.pack("<I", len(entry) + 4) + entry

    def fd_list(self):
        body = struct.pack("<Q", self.pid)
        for number, name in self.fds.items():
            if name.startswith("pipe"):
                entry = struct.pack("<QQB", number, 77, 7) + text(name)
            else:
                entry = struct.pack("<QQBI", number, 88, 16, 3) + text(name) + struct.pack("<I", 5)
            body += struct.pack("<I", len(entry) + 4) + entry
        return body

    def new_fd(self, name):
        number, self.next_fd = self.next_fd, self.next_fd + 1
        if self.next_fd > 200:
            self.next_fd = 3
        self.fds[number] = name
        return number


def containers():
    return [f"{0xC0FFEE0 + number:07x}" + "5a" * 28 + "0" for number in range(4)]


def processes():
    web, app, database, tools = containers()
    made = [Process(1, 0, "/usr/lib/systemd/systemd", [], ""),
            Process(400, 1, "/usr/bin/containerd", [], ""),
            Process(410, 1, "/usr/sbin/sshd", ["-D"], ""),
            Process(420, 1, "/usr/sbin/cron", ["-f"], "")]

    def add(count, pid, ppid, exe, args, container, uid):
        made.extend(Process(pid + index, ppid, exe, args, container, uid) for index in range(count))

    add(1, 1000, 400, "/usr/sbin/nginx", ["-g", "daemon off;"], web, 0)
    add(16, 1001, 1000, "/usr/sbin/nginx", ["-g", "daemon off;"], web, 101)
    add(1, 2000, 400, "/usr/local/bin/gunicorn", ["app:app", "-w", "12"], app, 1000)
    add(12, 2001, 2000, "/usr/local/bin/python3.12", ["gunicorn", "app:app"], app, 1000)
    add(1, 3000, 400, "/usr/lib/postgresql/16/bin/postgres", ["-D", "/var/lib/postgresql"], database, 999)
    add(20, 3001, 3000, "/usr/lib/postgresql/16/bin/postgres", [], database, 999)
    add(1, 4000, 400, "/bin/sh", ["/entrypoint.sh"], tools, 0)
    add(4, 4001, 4000, "/usr/bin/node", ["worker.js"], tools, 1000)
    return made


FILES = [f"/usr/share/nginx/html/assets/{name}-{number}.{ending}" for name in ("app", "vendor", "theme")
         for number in range(40) for ending in ("js", "css", "png")]
FILES += [f"/usr/local/lib/python3.12/site-packages/{name}/__init__.py" for name in
          ("flask", "werkzeug", "jinja2", "click", "boto3", "botocore", "urllib3", "sqlalchemy")]
FILES += [f"/var/lib/postgresql/data/base/16384/{number}" for number in range(2000, 2100)]
FILES += ["/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/proc/self/stat", "/etc/ld.so.cache",
          "/etc/localtime", "/usr/lib/x86_64-linux-gnu/libc.so.6", "/dev/urandom", "/tmp/session.lock"]
PROGRAMS = [("/bin/date", ["+%s"]), ("/usr/bin/env", ["true"]), ("/bin/cat", ["/proc/loadavg"]),
            ("/bin/ls", ["-la", "/tmp"]), ("/usr/bin/id", ["-u"]), ("/bin/sleep", ["1"])]
SUSPECTS = [("/bin/bash", ["-c", "id"]), ("/bin/cat", ["/etc/shadow"]), ("/usr/bin/apt-get", ["install", "nmap"]),
            ("/usr/bin/curl", ["http://169.254.169.254/latest/meta-data/"]), ("/bin/nc", ["-e", "/bin/sh"])]
PAYLOADS = [b"GET /assets/app.js HTTP/1.1\r\nHost: example.com\r\nUser-Agent: curl/8\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello",
            b"SELECT id, name FROM users WHERE id = 42", b"\x00" * 80, b'{"level":"info","msg":"done"}\n']


class Machine:
    """What happens."""

    def __init__(self, capture):
        self.capture = capture
        self.processes = processes()
        self.shells = [process for process in self.processes if process.pid in (1000, 2000, 4000, 420)]
        self.next_pid = 10_000
        self.actions = [
            (230, self.read), (170, self.write), (95, self.close), (90, self.openat), (60, self.recvfrom),
            (60, self.sendto), (55, self.fstat), (50, self.mmap), (40, self.futex), (35, self.epoll_wait),
            (22, self.accept), (18, self.lseek), (14, self.socket_connect), (12, self.poll), (10, self.stat),
            (8, self.mprotect), (8, self.munmap), (6, self.access), (5, self.fcntl), (4, self.program),
            (3, self.unlink), (2, self.rename), (2, self.mkdir), (2, self.chmod), (1, self.suspect),
        ]

    def head(self):
        capture = self.capture
        capture.block(0x0A0D0D0A, struct.pack("<IHHQ", 0x1A2B3C4D, 1, 2, 0xFFFFFFFFFFFFFFFF))
        capture.block(0x201, struct.pack("<IQQ128sQQQQ", 4, 8 << 30, 1 << 22, b"bench", START_NS, 0, 0, 0))
        addresses = ipv4("10.0.0.10") + ipv4("255.255.255.0") + ipv4("10.0.0.255")
        entry = struct.pack("<HH", 1, 4) + addresses + struct.pack("<Q", 0) + b"eth0"
        capture.block(0x219, struct.pack("<I", len(entry)) + entry)
        users = b""
        for uid, name in ((0, "root"), (101, "nginx"), (999, "postgres"), (1000, "app")):
            entry = struct.pack("<BII", 0, uid, uid) + text(name) + text(f"/home/{name}") + text("/bin/sh")
            users += struct.pack("<I", len(entry) + 4) + entry
            entry = struct.pack("<BI", 1, uid) + text(name)
            users += struct.pack("<I", len(entry) + 4) + entry
        capture.block(0x220, users)
        capture.block(0x215, b"".join(process.thread() for process in self.processes))
        for process in self.processes:
            capture.block(0x218, process.fd_list())

    def run(self, events):
        self.head()
        weights = [weight for weight, _ in self.actions]
        actions = [action for _, action in self.actions]
        while self.capture.events < events:
            for action in random.choices(actions, weights, k=1_000):
                action(random.choice(self.processes))
                if self.capture.events >= events:
                    break

    def emit(self, process, code, *values):
        self.capture.event(process.pid, code, values, process.cpu)

    def fd(self, process):
        return random.choice(list(process.fds))

    def read(self, process):
        data = random.choice(PAYLOADS)
        self.emit(process, "READ_X", len(data), data, self.fd(process), 4096)

    def write(self, process):
        data = random.choice(PAYLOADS)
        self.emit(process, "WRITE_X", len(data), data, self.fd(process), len(data))

    def close(self, process):
        fd = self.fd(process)
        if fd > 2:
            del process.fds[fd]
            process.connections.discard(fd)
            self.emit(process, "CLOSE_X", 0, fd)

    def openat(self, process, name=None):
        name = name or random.choice(FILES)
        if random.random() < 0.05:
            self.emit(process, "OPENAT_2_X", -2, AT_FDCWD, name, 1, 0, 0, 0)
            return
        fd = process.new_fd(name)
        flags = 1 | 4096 if random.random() < 0.9 else 2 | 4 | 4096
        self.emit(process, "OPENAT_2_X", fd, AT_FDCWD, name, flags, 0o644 if flags & 4 else 0, 0x801, 1234 + fd)

    def connection(self, process):
        if not process.connections:
            self.socket_connect(process)
        return random.choice(list(process.connections))

    def recvfrom(self, process):
        fd, data = self.connection(process), random.choice(PAYLOADS)
        peer = tuple4("10.0.0.20", 5432, "10.0.0.10", 40_000)
        self.emit(process, "RECVFROM_X", len(data), data, peer, fd, 8192)

    def sendto(self, process):
        fd, data = self.connection(process), random.choice(PAYLOADS)
        self.emit(process, "SENDTO_X", len(data), data, fd, len(data), None)

    def fstat(self, process):
        self.emit(process, "FSTAT_X", 0, self.fd(process))

    def mmap(self, process):
        self.emit(process, "MMAP_X", 0x7F00_0000_0000, 20_000, 8_000, 0, 0, 8192, 3, 10, -1, 0)

    def futex(self, process):
        self.emit(process, "FUTEX_X", 0, 0x7F00_1234_5678, 129, 1)

    def epoll_wait(self, process):
        self.emit(process, "EPOLLWAIT_X", 1, 512)

    def accept(self, process):
        fd = process.new_fd("socket")
        process.connections.add(fd)
        peer = tuple4(f"10.1.{random.randrange(4)}.{random.randrange(1, 250)}", random.randrange(20_000, 60_000),
                      "10.0.0.10", 80)
        self.emit(process, "ACCEPT_5_X", fd, peer, 0, 0, 128)

    def socket_connect(self, process, target="10.0.0.20", port=5432):
        fd = process.new_fd("socket")
        process.connections.add(fd)
        self.emit(process, "SOCKET_X", fd, 2, 1, 6, 0)
        source = tuple4("10.0.0.10", random.randrange(20_000, 60_000), target, port)
        self.emit(process, "CONNECT_X", 0, source, fd, sockaddr4(target, port))

    def lseek(self, process):
        self.emit(process, "LSEEK_X", 0, self.fd(process), 0, 0)

    def poll(self, process):
        fds = struct.pack("<HqH", 1, self.fd(process), 1)
        self.emit(process, "POLL_X", 1, fds, 1000)

    def stat(self, process):
        self.emit(process, "STAT_X", 0, random.choice(FILES))

    def mprotect(self, process):
        self.emit(process, "MPROTECT_X", 0, 0x7F00_0000_0000, 4096, 1)

    def munmap(self, process):
        self.emit(process, "MUNMAP_X", 0, 20_000, 8_000, 0, 0x7F00_0000_0000, 8192)

    def access(self, process):
        self.emit(process, "ACCESS_X", 0, random.choice(FILES), 4)

    def fcntl(self, process):
        self.emit(process, "FCNTL_X", 0, self.fd(process), 4, 0)

    def unlink(self, process):
        self.emit(process, "UNLINKAT_2_X", 0, AT_FDCWD, f"/tmp/upload-{random.randrange(100)}", 0)

    def rename(self, process):
        name = f"/tmp/upload-{random.randrange(100)}"
        self.emit(process, "RENAME_X", 0, name, name + ".done")

    def mkdir(self, process):
        self.emit(process, "MKDIR_2_X", 0, f"/tmp/cache-{random.randrange(100)}", 0o755)

    def chmod(self, process):
        self.emit(process, "CHMOD_X", 0, f"/tmp/upload-{random.randrange(100)}", 0o600)

    def program(self, _process, choice=None):
        """clone, execve, the files that a loader opens, exit."""
        parent = random.choice(self.shells)
        exe, args = choice or random.choice(PROGRAMS)
        child = Process(self.next_pid, parent.pid, parent.exe, parent.args, parent.container, parent.uid)
        self.next_pid += 1
        child.fds = dict(parent.fds)
        self.clone(parent, parent, child.pid, parent.ppid)
        self.clone(child, parent, 0, parent.pid)
        child.exe, child.args, child.fds = exe, args, {number: child.fds.get(number, "?") for number in range(3)}
        self.execve(child)
        for name in ("/etc/ld.so.cache", "/usr/lib/x86_64-linux-gnu/libc.so.6"):
            self.openat(child, name)
            self.mmap(child)
            self.close(child)
        if args and args[0].startswith("/"):
            self.openat(child, args[0])
            self.read(child)
        self.write(child)
        self.emit(child, "PROCEXIT_1_E", 0, 0, 0, 0, 1)

    def suspect(self, process):
        self.program(process, random.choice(SUSPECTS))
        if random.random() < 0.2:
            self.socket_connect(process, "169.254.169.254", 80)

    def clone(self, process, image, result, ptid):
        self.emit(process, "CLONE_20_X", result, image.exe, image.arguments(), process.pid, process.pid, ptid, "/",
                  1024, 0, 100, 20_000, 8_000, 0, image.comm, process.cgroups(), 0x2000000 | 0x1000000,
                  process.uid, process.uid, process.vpid, process.vpid, START_NS)

    def execve(self, process):
        env = b"PATH=/usr/local/bin:/usr/bin:/bin\0HOME=/root\0LANG=C.UTF-8\0"
        self.emit(process, "EXECVE_19_X", 0, process.exe, process.arguments(), process.pid, process.pid, process.ppid,
                  "/", 1024, 0, 120, 5_000, 1_000, 0, process.comm, process.cgroups(), env, 0, process.vpid,
                  0xFFFFFFFF, 8, 0, 0xA80425FB, 0xA80425FB, 4242, START_NS, START_NS, process.uid, process.exe,
                  process.pid, process.uid, process.exe)


def main():
    path = sys.argv[1]
    events = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    random.seed(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    capture = Capture(path)
    Machine(capture).run(events)
    capture.out.close()


if __name__ == "__main__":
    main()
