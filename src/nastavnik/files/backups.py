"""Back up a whole installation while it runs, and bring it back into an empty one."""

from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik import __version__
from nastavnik.core import anchors, audit
from nastavnik.core.errors import RefusedError
from nastavnik.files import archive, dumps, swapping
from nastavnik.files.archive import DATABASES, FILES, Manifest
from nastavnik.files.checkpointing import embedded_database, sole_checkpointer
from nastavnik.files.running import alone_on
from nastavnik.files.swapping import FileMove, Swap, working_folder


def make_backup(target: Path, *, passphrase: str = "") -> Manifest:
    """Copy the database and the stored files into the archive `target`, and read it through.

    The database is copied first: a file it names is then in the archive unless erased meanwhile.

    Raises:
        RefusedError: there is no database yet, no room, or the copy turned out damaged.
    """
    database = embedded_database()
    if database is not None and not database.exists():
        raise RefusedError(
            _("There is no database in %(folder)s. Name the folder of the data: --data DIR.")
            % {"folder": database.parent}
        )
    audit.seal_all()  # so that the copy can be proved whole, to its last entry
    return copy_as_it_is(target, passphrase=passphrase)


def copy_as_it_is(target: Path, *, passphrase: str = "") -> Manifest:
    """Make the archive without writing to the database: its tables may be of an older version of the program.

    Raises:
        RefusedError: there is no room, or the copy turned out damaged.
    """
    database = embedded_database()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        swapping.clear(target.parent, target.name)
        with working_folder(target.parent) as folder:
            made = _collect(target, folder, database, passphrase)
        archive.verify(target, passphrase=passphrase)
    except OSError as error:
        raise RefusedError(
            _("The backup could not be written: %(why)s.") % {"why": error.strerror or error}
        ) from error
    return made


def _collect(target: Path, folder: Path, database: Path | None, passphrase: str) -> Manifest:
    copy = folder / DATABASES[connection.vendor]
    if database is None:
        migrations = dumps.group(sorted(MigrationRecorder(connection).applied_migrations()))
        dumps.dump_postgresql(copy)
    else:
        dumps.dump_sqlite(database, copy)
        migrations = dumps.applied_in(copy)
    about = Manifest(
        version=__version__,
        database=connection.vendor,
        made_at=timezone.now().isoformat(timespec="seconds"),
        migrations=migrations,
    )
    return archive.write(target, copy, Path(settings.MEDIA_ROOT), about, passphrase=passphrase)


def restore_backup(source: Path, *, replace: bool = False, passphrase: str = "") -> Manifest:
    """Bring an archive back into the data folder in use, whole or not at all; end all sessions.

    Args:
        source: an archive of `make_backup`.
        replace: give up the database and the files that are there now.
        passphrase: of an archive that is under one.

    Raises:
        RefusedError: the archive is damaged, newer than the program or of another database; the
            target holds data; the site is running.
    """
    data = Path(settings.DATA)
    with alone_on(data) as mine:
        if not mine:
            raise RefusedError(_("The site is running on this data. Stop it and try again."))
        recover()
        return _restore(source, data, replace=replace, passphrase=passphrase)


def _restore(source: Path, data: Path, *, replace: bool, passphrase: str) -> Manifest:
    with working_folder(data) as folder:
        manifest = archive.unpack(source, folder, passphrase=passphrase)
        _require_fitting(manifest)
        if not replace:
            _require_empty(data)
        (folder / FILES).mkdir(exist_ok=True)
        # what was prepared belongs to the data of before: the next start looks at everything again
        (data / "prepared.json").unlink(missing_ok=True)
        files = FileMove(FILES, _inside(data, Path(settings.MEDIA_ROOT)))
        if (database := embedded_database()) is None:
            _place_postgresql(data, Swap(folder.name, (files,)), replace=replace)
        else:
            _place_sqlite(data, folder, files, database)
    return manifest


def recover() -> None:
    """Bring a restore that was killed to its end, or strike out one that had not begun to change anything.

    Raises:
        RefusedError: it is not killed but under way.
    """
    data = Path(settings.DATA)
    with swapping.alone(data):
        swap = swapping.begun(data)
        if swap is not None:
            swapping.require_ended(data, swap)
            if embedded_database() is not None or dumps.is_loaded(swap.folder):
                swapping.do(data, swap)
                _finish(data)
            else:
                swapping.end(data)
        swapping.clear(data)


def _inside(data: Path, path: Path) -> str:
    return str(path.resolve().relative_to(data.resolve()))


def _place_sqlite(data: Path, folder: Path, files: FileMove, database: Path) -> None:
    unpacked = folder / DATABASES["sqlite"]
    dumps.finish_sqlite(unpacked)
    with sole_checkpointer(database) as mine:
        if not mine:
            raise RefusedError(_("The site is running on this data. Stop it and try again."))
        name = _inside(data, database)
        beside = [FileMove(None, name + suffix) for suffix in ("-wal", "-shm")]
        swap = Swap(folder.name, (*beside, files, FileMove(unpacked.name, name)))
        swapping.begin(data, swap)
        _make_moves(data, swap)


def _place_postgresql(data: Path, swap: Swap, *, replace: bool) -> None:
    swapping.begin(data, swap)
    try:
        dump = data / swap.folder / DATABASES["postgresql"]
        dumps.load_postgresql(dump, replace=replace, mark=swap.folder)
    except RefusedError:
        if not dumps.is_loaded(swap.folder):
            swapping.end(data)
            raise
    _make_moves(data, swap)


def _make_moves(data: Path, swap: Swap) -> None:
    try:
        swapping.do(data, swap)
    except OSError:
        swapping.undo(data, swap)
        raise
    _finish(data)


def _finish(data: Path) -> None:
    anchors.forget()
    swapping.end(data)


def _require_fitting(manifest: Manifest) -> None:
    if manifest.database != connection.vendor:
        raise RefusedError(
            _("The archive holds a %(theirs)s database, and this installation uses %(ours)s.")
            % {"theirs": manifest.database, "ours": connection.vendor}
        )
    known = set(MigrationLoader(None).disk_migrations)
    theirs = {(app, name) for app, names in manifest.migrations.items() for name in names}
    if theirs - known:
        raise RefusedError(
            _("The archive was made by a newer version (%(version)s). Update the program first.")
            % {"version": manifest.version}
        )


def _require_empty(data: Path) -> None:
    database = embedded_database()
    if database is None:
        occupied = bool(connection.introspection.table_names())
    else:
        occupied = database.exists()
    files = Path(settings.MEDIA_ROOT)
    if occupied or (files.is_dir() and any(files.iterdir())):
        raise RefusedError(
            _(
                "There is data in %(folder)s already. Name an empty folder (--data DIR), or add"
                " --replace to give up what is there."
            )
            % {"folder": data}
        )
