"""The documents of a run: each is read once, and stays open for the places of findings as long as there is room."""

from functools import partial

from mulu.convert import known, place
from mulu.errors import MuluError
from mulu.place import Place
from mulu.pointer import Json
from mulu.readers import Document, open_document
from mulu.standard import Standard
from mulu.validate.report import Input, Options

HELD = 128 * 2**20
"""Bytes of documents that are kept open; further ones are read again."""


class Documents:
    """Opens the files of a run, as its options say."""

    def __init__(self, standard: Standard, options: Options) -> None:
        self.read = partial(open_document, limits=options.limits, encoding=options.encoding, known=known(standard))
        self._open: dict[int, Document] = {}
        self._bytes = 0

    def open(self, item: Input) -> Document:
        """Return the document in a file of the run; raises `Unreadable`."""
        held = self._open.get(item.number)
        if held is not None:
            return held
        document = self.read(item.file, name=item.path)
        self._open[item.number] = document
        self._bytes += document.size
        while len(self._open) > 1 and self._bytes > HELD:
            self._bytes -= self._open.pop(next(iter(self._open))).size
        return document

    def place(self, item: Input, origin: Json, pointer: str, names_key: bool) -> Place:
        """Return where a value of an entry stands, by the entry's origin; see `mulu.convert.place`."""
        again = item.number not in self._open
        try:
            document = self.open(item)
            if again and not isinstance(origin, list):
                # JSON Lines know the places of the records that have been read.
                for _ in document.items():
                    pass
            return place(document, origin, pointer, key=names_key)
        except MuluError:
            # The file went away during the run; that it stood there is all that is left to say.
            return Place(item.path)

    def close(self) -> None:
        """Let go of the documents."""
        self._open.clear()
        self._bytes = 0
