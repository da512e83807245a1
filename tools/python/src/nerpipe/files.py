"""The files of a model, memory-mapped: a folder, or a package (a ZIP whose members are stored as they are)."""
import mmap
import os
import struct
import sys
import zipfile
from pathlib import Path
from typing import Dict, Optional, Union

from .errors import NerpipeError

if sys.byteorder != "little":
    raise ImportError("nerpipe reads little-endian files as they lie in memory, and this machine is big-endian")

PathLike = Union[str, "os.PathLike[str]"]


def mapped(path: PathLike) -> memoryview:
    """The bytes of a file; pages are read when they are looked at. The file must not shrink meanwhile."""
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size == 0:
                return memoryview(b"")
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        raise NerpipeError(f"{path}: cannot be read: {error.strerror or error}") from error


class ModelFiles:
    """The members of a model's folder or package, by name."""

    def __init__(self, path: PathLike) -> None:
        self.path = Path(path)
        self._members: Optional[Dict[str, memoryview]] = None
        if self.path.is_file():
            self._members = _zip_members(self.path)
        elif not self.path.is_dir():
            raise NerpipeError(f"{path}: no such model; give the folder or the .nerpipe file that nerpipe wrote")

    def place(self, name: str) -> str:
        """How a member is named in messages."""
        return f"{self.path}: {name}" if self._members is not None else str(self.path / name)

    def has(self, name: str) -> bool:
        return name in self._members if self._members is not None else (self.path / name).is_file()

    def member(self, name: str) -> memoryview:
        if not self.has(name):
            raise NerpipeError(f"{self.path}: not a complete model: it has no {name}")
        return self._members[name] if self._members is not None else mapped(self.path / name)

    def table(self, named: str, override: Optional[PathLike]) -> "tuple[memoryview, str]":
        """The vector table that a configuration names, and how to name it: beside the configuration, or where the path
        leads."""
        if override is not None:
            return mapped(override), str(override)
        if "\0" not in named:
            if self.has(named):
                return self.member(named), self.place(named)
            if Path(named).is_file():
                return mapped(named), named
        raise NerpipeError(f"{named}: no such vector table, and {self.path} needs it; name it with vectors=FILE")


def _zip_members(path: Path) -> Dict[str, memoryview]:
    content = mapped(path)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, struct.error) as error:
        raise NerpipeError(f"{path}: not a package of nerpipe: {error}") from error
    members: Dict[str, memoryview] = {}
    for entry in entries:
        if entry.is_dir():
            continue
        if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1:
            raise NerpipeError(
                f"{path}: {entry.filename} is compressed or encrypted, so it cannot be mapped; unpack the file and give the "
                "folder")
        # The local head repeats the name, with extra fields of its own (padding).
        head = entry.header_offset
        lengths = content[head + 26:head + 30]
        if bytes(content[head:head + 4]) != b"PK\x03\x04" or len(lengths) < 4:
            raise NerpipeError(f"{path}: {entry.filename} is damaged: it does not begin where the directory says")
        start = head + 30 + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
        if entry.file_size != entry.compress_size or start + entry.file_size > len(content):
            raise NerpipeError(f"{path}: {entry.filename} is damaged: it lies outside of the file")
        if entry.filename in members:
            raise NerpipeError(f"{path}: {entry.filename} stands in it twice")
        members[entry.filename] = content[start:start + entry.file_size]
    # A folder that was packed as such: its name stands before every member.
    folders = {name.split("/")[0] for name in members}
    if "config.json" not in members and len(folders) == 1 and all("/" in name for name in members):
        members = {name.split("/", 1)[1]: member for name, member in members.items()}
    return members
