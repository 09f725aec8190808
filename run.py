#!/usr/bin/env python3
"""Start and test Nastavnik on a machine that has only Python 3.11 or newer with pip or venv.

    python3 run.py                   the site with the demo school
    python3 run.py serve             the site on your own data
    python3 run.py test [--deep]     the tests (further words go to pytest)
    python3 run.py bench matching    speed against other solvers, on invented people
    python3 run.py backup FILE       database and files into one archive, while the site runs
    python3 run.py restore FILE      back into an empty folder
    python3 run.py WORD ...          any other command: `python3 run.py help` lists them

Options of the site: --port N, --host ADDRESS, --public-url URL (what phones open).
--data DIR, for everything but tests, in any place: where the database and the files are.
Standard output carries only the result; exit 0 done, 1 refused, 2 wrong usage.
"""
# Only the standard library, and only syntax that an old Python can read: it has to say that it
# is too old.

import contextlib
import ctypes
import hashlib
import http.client
import importlib.util
import json
import os
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

NEWEST_FIRST = ("python3.14", "python3.13", "python3.12", "python3.11")
FLOOR = (3, 11)
HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
DEFAULT_DATA = HERE / ".data"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
REFUSED, USAGE = 1, 2
TOOLS = {"test": "suite.py", "bench": "bench.py"}


class Refusal(Exception):
    """What could not be done, in words for the person at the keyboard."""

    def __init__(self, text, code=REFUSED):
        super().__init__(text)
        self.code = code


def say(text):
    """Tell the person what is going on; results alone go to standard output."""
    print(text, file=sys.stderr, flush=True)


# ---------------------------------------------------------------- the right Python


def require_python():
    """Go on under a new enough Python, or say which one is needed."""
    if sys.version_info >= FLOOR:
        return
    if not os.environ.get("NASTAVNIK_REEXECUTED"):
        for name in NEWEST_FIRST:
            found = shutil.which(name)
            # A pyenv shim is on PATH although its version is not switched on: ask it.
            if found and works([found, "-c", "import ssl, venv"]):
                os.environ["NASTAVNIK_REEXECUTED"] = "1"
                os.execv(found, [found, str(HERE / "run.py"), *sys.argv[1:]])
    raise Refusal(
        f"Нужен Python 3.11 или новее, а здесь {sys.version.split()[0]}. Установите его и повторите.\n"
        f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}. Install it and try again."
    )


def works(command):
    """Tell whether a command ends well; its output is dropped."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


# ---------------------------------------------------------------- .venv from the locks


def digest(name):
    """Return the sha256 of a lock file."""
    return hashlib.sha256((HERE / name).read_bytes()).hexdigest()


def wanted_stamp(*, dev):
    """Return what the stamp of a ready .venv says."""
    return {
        "python": sys.version.split()[0],
        "requirements.lock": digest("requirements.lock"),
        "requirements-dev.lock": digest("requirements-dev.lock") if dev else None,
    }


def is_ready(*, dev):
    """Tell whether .venv holds what the locks ask for; one with the tools for tests serves too."""
    try:
        stamp = json.loads((VENV / "stamp.json").read_text())
    except (OSError, ValueError):
        return False
    return PYTHON.exists() and stamp in (wanted_stamp(dev=dev), wanted_stamp(dev=True))


def ensure_venv(*, dev=False):
    """Bring .venv in step with the locks; a moment when it already is."""
    if is_ready(dev=dev):
        return
    say("Готовлю окружение: это бывает один раз и занимает до минуты…")
    with alone(HERE / ".venv.lock"):
        if is_ready(dev=dev):  # another start has done it meanwhile
            return
        (VENV / "stamp.json").unlink(missing_ok=True)
        lock = HERE / ("requirements-dev.lock" if dev else "requirements.lock")
        pip = create_venv()
        if not install_by_uv(pip, lock):
            install_by_pip(pip, lock)
        (VENV / "stamp.json").write_text(json.dumps(wanted_stamp(dev=dev)))


@contextlib.contextmanager
def alone(path):
    """Let one process at a time build the environment."""
    import fcntl

    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def create_venv():
    """Create .venv where it is missing or of another Python; return a pip that serves it."""
    same = works(
        [
            str(PYTHON),
            "-c",
            "import sys; assert sys.version.split()[0] == %r" % sys.version.split()[0],
        ]
    )
    if not same:
        shutil.rmtree(VENV, ignore_errors=True)
        if importlib.util.find_spec("pip") and works(
            [sys.executable, "-m", "venv", "--without-pip", str(VENV)]
        ):
            pass
        elif not works([sys.executable, "-m", "venv", str(VENV)]):
            shutil.rmtree(VENV, ignore_errors=True)
            raise Refusal(
                "У этого Python нет ни pip, ни venv. Установите их и повторите: apt-get install python3-venv\n"
                "This Python has neither pip nor venv. Install one: apt-get install python3-venv"
            )
    if works([str(PYTHON), "-m", "pip", "--version"]):
        return [str(PYTHON), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def clean_environment():
    """Return the environment without what would lead an installer to another Python."""
    dropped = {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "UV_PYTHON", "UV_PROJECT_ENVIRONMENT"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    kept["UV_PYTHON_DOWNLOADS"] = "never"
    # Trust what the machine trusts: a school's network often looks inside TLS.
    kept.setdefault("UV_SYSTEM_CERTS", "true")
    if "PIP_CERT" in kept:
        kept.setdefault("SSL_CERT_FILE", kept["PIP_CERT"])
    kept["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    return kept


def install_by_uv(pip, lock):
    """Install a lock by the locked uv, which takes a tenth of pip's time; False when it fails."""
    home = VENV / "uv"  # apart from the packages, so that a sync does not remove it
    uv = home / "bin" / "uv"
    environment = clean_environment()
    if not uv.exists():
        command = [*pip[:3], "install", "-qq", "--target", str(home), "--require-hashes"]
        command += ["--no-deps", "-r", str(HERE / "requirements-uv.lock")]
        if not run_chatty(command, environment):
            return False
    for option, variable in (("index-url", "UV_DEFAULT_INDEX"), ("extra-index-url", "UV_INDEX")):
        address = os.environ.get("PIP_" + option.upper().replace("-", "_")) or configured(
            pip, option
        )
        if address and not any(
            name in environment for name in (variable, variable + "_URL", "UV_INDEX_URL")
        ):
            environment[variable] = address  # uv does not read pip's own settings
    # Hashes say what is wanted, so any index may have it.
    environment.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    command = [str(uv), "pip", "sync", "--quiet", "--require-hashes", "--python", str(PYTHON)]
    return run_chatty([*command, str(lock)], environment)


def configured(pip, option):
    """Return an option of pip's own configuration, empty when unset."""
    done = subprocess.run(
        [*pip[:3], "config", "get", "global." + option],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.stdout.decode().strip()


def install_by_pip(pip, lock):
    """Install a lock by pip alone."""
    say("Через uv не получилось, ставлю через pip: это дольше.")
    command = ["install", "-qq", "--require-hashes", "-r", str(lock)]
    if run_chatty([*pip, *command], clean_environment()):
        return
    # A base pip older than 22.3 cannot install into another environment.
    if works([str(PYTHON), "-m", "ensurepip"]) and run_chatty(
        [str(PYTHON), "-m", "pip", *command], clean_environment()
    ):
        return
    raise Refusal(
        "Не удалось установить зависимости: сообщения выше. Проверьте доступ к пакетам Python.\n"
        "The dependencies could not be installed: see the messages above."
    )


def run_chatty(command, environment):
    """Run a command with its output on standard error; tell whether it ended well."""
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


def ensure_messages():
    """Compile translations that are newer than their compiled form."""
    for source in (HERE / "src" / "nastavnik" / "locale").glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            command = [str(PYTHON), str(HERE / "tools" / "messages.py"), "compile"]
            if not run_chatty(command, clean_environment()):
                raise Refusal("Не удалось собрать переводы: сообщения выше.")
            return


# ---------------------------------------------------------------- options and the data folder


def take_option(arguments, name):
    """Take ``--name VALUE`` or ``--name=VALUE`` out of a list; return the value or None."""
    for place, word in enumerate(arguments):
        if word == "--":
            return None
        if word == name:
            if place + 1 == len(arguments):
                raise Refusal(f"После {name} нужно значение.", USAGE)
            arguments.pop(place)
            return arguments.pop(place)
        if word.startswith(name + "="):
            return arguments.pop(place)[len(name) + 1 :]
    return None


def data_folder(word, given):
    """Return the folder of the data: the demo school never mixes with a school's own data."""
    chosen = given or os.environ.get("NASTAVNIK_DATA")
    if chosen:
        return Path(chosen).expanduser().resolve()
    own, demo = DEFAULT_DATA / "own", DEFAULT_DATA / "demo"
    if word == "demo":
        return demo
    if word in ("serve", "restore") or (own / "nastavnik.sqlite3").exists():
        return own
    return demo if (demo / "nastavnik.sqlite3").exists() else own


def child_environment(data, **more):
    """Return the environment of Nastavnik's own processes."""
    environment = clean_environment()
    environment.update(more)
    environment["NASTAVNIK_DATA"] = str(data)
    environment["PYTHONPATH"] = str(HERE / "src")
    environment["DJANGO_SETTINGS_MODULE"] = "nastavnik.config.settings"
    # Compiled once, into a folder of ours: a start that compiles a thousand modules takes twice as long,
    # and the person who asked for no bytecode meant the source tree.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(VENV / "bytecode")
    return environment


# ---------------------------------------------------------------- the site


def listen(host, port):
    """Listen on a port; return the socket, or None where somebody else does or it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    held = socket.socket(family, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((host, port))
        held.listen(2048)
    except (OSError, OverflowError):
        held.close()
        return None
    return held


def choose_port(host, given):
    """Return a socket that listens on the port asked for, or on the first free one from 8000 on.

    The server is handed this very socket: between a look at a port and its use another site could take it, and its
    answers would be believed to be those of ours.
    """
    if given is not None:
        if not given.isdigit() or not 0 < int(given) < 65536:
            raise Refusal(f"Порт — это число от 1 до 65535, а здесь «{given}».", USAGE)
        held = listen(host, int(given))
        if held is None:
            raise Refusal(
                f"Порт {given} на адресе {host} занят или недоступен. Назовите другой: --port 8080"
            )
        return held
    for port in range(8000, 8100):
        held = listen(host, port)
        if held is not None:
            if port != 8000:
                say(f"Порт 8000 занят, беру {port}.")
            return held
    raise Refusal(
        f"Порты с 8000 по 8099 заняты или адрес {host} не наш. Назовите порт: --port 9000"
    )


def own_address():
    """Return the address of this machine in its network, empty when it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # picks a route, sends nothing
            return probe.getsockname()[0]
        except OSError:
            return ""


def site_options(arguments):
    """Read the options of the site out of the words after the verb."""
    host = take_option(arguments, "--host") or "127.0.0.1"
    port = take_option(arguments, "--port")
    public_url = (take_option(arguments, "--public-url") or "").rstrip("/")
    if arguments:
        raise Refusal("Не понимаю «{0}».\n{1}".format(" ".join(arguments), __doc__), USAGE)
    if public_url and not public_url.startswith(("http://", "https://")):
        raise Refusal("--public-url начинается с http:// или https://", USAGE)
    return host, choose_port(host, port), public_url


def start(word, arguments, data):
    """Prepare the database, start the server, print where it answers, wait for the end."""
    host, held, public_url = site_options(arguments)
    port = held.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    everywhere = host in ("0.0.0.0", "::")
    local = "http://{0}:{1}".format("127.0.0.1" if everywhere else shown, port)
    if everywhere and not public_url and own_address():
        public_url = f"http://{own_address()}:{port}"
    hosts = ["localhost", "127.0.0.1", "[::1]"] + (
        [] if everywhere or host in LOOPBACK else [shown]
    )
    environment = child_environment(
        data,
        NASTAVNIK_BIND=f"fd:{held.fileno()}",
        NASTAVNIK_HOST=host,
        NASTAVNIK_HOSTS=",".join(hosts),
        NASTAVNIK_LOCAL_URL=local,
        NASTAVNIK_PUBLIC_URL=public_url,
    )
    ensure_venv()
    ensure_messages()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    accounts = prepare(word, data, environment)
    with server(environment, held) as process, worker(environment):
        wait_until_healthy(process, host, port)
        tell_about_phones(host, public_url, again(word, data, port))
        print(f"Сайт: {local}")
        if public_url and public_url != local:
            print(f"Для телефонов: {public_url}")
        sys.stdout.write(accounts)
        sys.stdout.flush()
        say(f"Данные: {data}. Остановить: Ctrl+C.")
        code = process.wait()
    raise Refusal(f"Сервер остановился сам, код {code}: сообщения выше.")


def code_print(word):
    """Return what changes whenever the program, its libraries or the way of starting change."""
    files = sorted(path for path in (HERE / "src").rglob("*") if "__pycache__" not in path.parts)
    states = [(str(path.relative_to(HERE)), path.stat()) for path in files if path.is_file()]
    parts = [word, sqlite3.sqlite_version, json.dumps(wanted_stamp(dev=False))]
    parts += [
        "{0} {1} {2}".format(name, state.st_size, state.st_mtime_ns) for name, state in states
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def prepare(word, data, environment):
    """Bring the data in step with the program; return what the person should read.

    Nothing is done where the same program has prepared the same embedded database before: the second start is quick.
    """
    # who can open the site decides which passwords the demo has
    how = "{0} {1}".format(*map(environment.get, ("NASTAVNIK_HOST", "NASTAVNIK_PUBLIC_URL")))
    mark, mine = data / "prepared.json", code_print(f"{word} {how}")
    embedded = "NASTAVNIK_DATABASE_URL" not in environment
    with contextlib.suppress(OSError, ValueError):
        known = json.loads(mark.read_text())
        if embedded and known["print"] == mine and (data / "nastavnik.sqlite3").exists():
            return str(known["accounts"])
    prepared = subprocess.run(
        [str(PYTHON), "-m", "nastavnik", "prepare"] + ([] if word == "serve" else ["--demo"]),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=False,
    )
    if prepared.returncode:
        raise Refusal("База данных не готова: сообщения выше.")
    accounts = prepared.stdout.decode()
    if embedded:
        with contextlib.suppress(OSError):  # a folder that may only be read, a full disk
            mark.touch(mode=0o600)
            mark.write_text(json.dumps({"print": mine, "accounts": accounts}))
    return accounts


def again(word, data, port):
    """Return the command that starts the same site on the same data, open to the network."""
    words = ["python3", "run.py"] + (["serve"] if word == "serve" else [])
    if data != data_folder(word, None):
        words += ["--data", shlex.quote(str(data))]
    address = own_address() or "АДРЕС-ЭТОГО-КОМПЬЮТЕРА"
    words += ["--port", str(port), "--host", "0.0.0.0", "--public-url", f"http://{address}:{port}"]
    return " ".join(words)


def tell_about_phones(host, public_url, command):
    """Warn before anybody sends a link that only this machine can open."""
    if public_url:
        return
    reach = "этот компьютер" if host in LOOPBACK else "те, кому доступен адрес " + host
    say(
        f"Ссылки откроет только {reach}: с телефонов по ним не зайти. "
        f"Чтобы открыть сайт в сети школы:\n  {command}"
    )


def die_with_parent():
    """Ask Linux to stop the server when this process is killed, so that it frees the port."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


@contextlib.contextmanager
def server(environment, held):
    """Run the web server on a socket that listens already; stop it on the way out."""
    process = subprocess.Popen(
        [str(PYTHON), "-m", "nastavnik.config.server"],
        env=environment,
        cwd=str(HERE),
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        preexec_fn=die_with_parent,
        pass_fds=[held.fileno()],
    )
    held.close()  # the server alone has it now: when it ends, nobody waits for an answer
    try:
        yield process
    finally:
        stop(process)


@contextlib.contextmanager
def worker(environment):
    """Run the process that works in the background, and start it anew whenever it dies; stop it on the way out."""
    over = threading.Event()
    running = []

    def watch():
        pause = 1.0
        while not over.is_set():
            begun = time.monotonic()
            process = subprocess.Popen(
                [str(PYTHON), "-m", "nastavnik", "work"],
                env=environment,
                cwd=str(HERE),
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr,
                # of this thread, which lives as long as the site
                preexec_fn=die_with_parent,
            )
            running[:] = [process]
            process.wait()
            # one that cannot start, as on a full disk, fills neither the screen nor the processor
            pause = 1.0 if time.monotonic() - begun > 60 else min(2 * pause, 60.0)
            over.wait(pause)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        while thread.is_alive():
            for process in running:
                stop(process)
            thread.join(0.1)


def stop(process, patience=15):
    """Ask a process to end; kill one that does not."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_healthy(process, host, port, patience=600.0, word_each=60.0):
    """Wait until /health says ok; refuse when the server ends or stays silent.

    A large database on a slow disk may take minutes to be brought up to date, and a server that is
    ended in the middle of it would never get through: it is given time, with a word each minute.
    """
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    begun = time.monotonic()
    until, next_word = begun + patience, begun + word_each
    while time.monotonic() < until:
        if process.poll() is not None:
            raise Refusal("Сервер не запустился: сообщения выше.")
        if time.monotonic() >= next_word:
            say("Сервер ещё запускается: на медленном компьютере это занимает несколько минут…")
            next_word += word_each
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
            connection = http.client.HTTPConnection(near, port, timeout=5)
            connection.request("GET", "/health", headers={"Host": "localhost"})
            answer = connection.getresponse()
            body = json.loads(answer.read())
            connection.close()
            if answer.status == 200 and body.get("status") in ("ok", "limited"):
                return
        time.sleep(0.05)
    raise Refusal(f"Сервер не отвечает дольше {patience:.0f} с: сообщения выше.")


# ---------------------------------------------------------------- words


def run_tool(script, arguments):
    """Run a script of tools/ with what the development lock installs; return its exit code."""
    ensure_venv(dev=True)
    ensure_messages()
    environment = child_environment(DEFAULT_DATA / "tests")
    command = [str(PYTHON), str(HERE / "tools" / script), *arguments]
    return subprocess.run(command, env=environment, cwd=str(HERE), check=False).returncode


def run_word(word, arguments, data):
    """Hand a word to `python -m nastavnik`; return its exit code."""
    ensure_venv()
    ensure_messages()
    command = [str(PYTHON), "-m", "nastavnik", word, *arguments]
    return subprocess.run(command, env=child_environment(data), check=False).returncode


def main(arguments):
    """Do what the words ask; return the exit code."""
    require_python()
    if arguments and arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    if arguments and arguments[0] in TOOLS:
        return run_tool(TOOLS[arguments[0]], arguments[1:])
    given = take_option(arguments, "--data")
    options = ("--port", "--host", "--public-url")
    if not arguments or arguments[0].split("=")[0] in options:
        return start("demo", arguments, data_folder("demo", given))
    word = arguments.pop(0)
    if word == "serve":
        return start(word, arguments, data_folder(word, given))
    if word.startswith("-"):
        raise Refusal(f"Не понимаю «{word}».\n{__doc__}", USAGE)
    return run_word(word, arguments, data_folder(word, given))


def interrupted(_number, _frame):
    """Treat a polite request to end like Ctrl+C."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, interrupted)
    try:
        sys.exit(main(sys.argv[1:]))
    except Refusal as refusal:
        say(str(refusal))
        sys.exit(refusal.code)
    except KeyboardInterrupt:
        say("Остановлено.")
        sys.exit(0)
