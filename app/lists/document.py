"""A YAML file that somebody wrote by hand: strings only, every key known, none twice, every error with its line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from app.errors import ImportgateError, ListError, Place
from app.lists.plain import PlainError, decoder


class Document:
    """A YAML file as nodes, which still know their lines."""

    def __init__(self, path: Path, error: type[ImportgateError] = ListError, *, may_be_empty: bool = False) -> None:
        """Reads the file; whatever is wrong with it, now or later, raises an `error`."""
        self.path = path
        self._error = error
        try:
            text = path.read_bytes().decode("utf-8")
        except FileNotFoundError:
            raise error("there is no such file", Place(str(path))) from None
        except UnicodeDecodeError as cause:
            line = cause.object[: cause.start].count(b"\n") + 1
            raise error("this is not UTF-8; save the file as UTF-8", Place(str(path), line=line)) from None
        try:
            root = yaml.compose(text, Loader=yaml.CBaseLoader)
        except yaml.MarkedYAMLError as cause:
            mark = cause.problem_mark or cause.context_mark
            place = Place(str(path), line=None if mark is None else mark.line + 1)
            raise error(f"this is not YAML: {cause.problem or cause.context}", place) from None
        except yaml.YAMLError as cause:  # a character that YAML forbids
            raise error(f"this is not YAML: {str(cause).splitlines()[0]}", Place(str(path))) from None
        if root is None and may_be_empty:
            root = yaml.SequenceNode("", [], start_mark=yaml.Mark(str(path), 0, 0, 0, None, 0))
        if root is None:
            raise error("the file is empty", Place(str(path)))
        self.root: yaml.Node = root

    def items(self) -> list[dict[str, Any]]:
        """The document as a list of mappings."""
        if not isinstance(self.root, yaml.SequenceNode):
            raise self.error("this must be a list of entries, each starting with '- '", ())
        return [self.mapping(node, (i,)) for i, node in enumerate(self.root.value)]

    def mapping(self, node: yaml.Node, path: tuple[str | int, ...]) -> dict[str, Any]:
        plain = self.plain(node, path)
        if not isinstance(plain, dict):
            raise self.error("this must be an entry of 'key: value' lines", path)
        return plain

    def plain(self, node: yaml.Node, path: tuple[str | int, ...]) -> Any:
        """Strings, lists and dictionaries; a key that is there twice is refused."""
        if isinstance(node, yaml.ScalarNode):
            return node.value
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*path, i)) for i, item in enumerate(node.value)]
        out: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._error("a key must be a word", Place(str(self.path), line=key.start_mark.line + 1))
            if key.value in out:
                place = Place(str(self.path), line=key.start_mark.line + 1)
                raise self._error(f"the key {key.value!r} is there twice; keep one", place)
            out[key.value] = self.plain(value, (*path, key.value))
        return out

    def decode(self, kind: type, plain: Any, path: tuple[str | int, ...]) -> Any:
        try:
            return decoder(kind)(plain, path)
        except PlainError as error:
            raise self.error(error.message, error.path) from None

    def require(self, plain: Mapping[str, Any], path: tuple[str | int, ...], keys: tuple[str, ...]) -> None:
        for key in keys:
            if key not in plain:
                raise self.error(f"the key {key!r} is missing", path)

    def refuse_others(self, plain: Mapping[str, Any], path: tuple[str | int, ...], keys: tuple[str, ...]) -> None:
        for key in plain:
            if key not in keys:
                raise self.error(f"unknown key {key!r}; known are {', '.join(keys)}", (*path, key))

    def line(self, path: tuple[str | int, ...]) -> int:
        """The line that `path` leads to, or as near to it as the file goes."""
        node = self.root
        line: int = node.start_mark.line + 1
        for step in path:
            if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                node = node.value[step]
                line = node.start_mark.line + 1
            elif isinstance(node, yaml.MappingNode):
                found = [(key, value) for key, value in node.value if key.value == step]
                if not found:
                    break
                line, node = found[0][0].start_mark.line + 1, found[0][1]
        return line

    def last_line(self, path: tuple[int, ...]) -> int:
        """The last line of the entry that `path` leads to; comments and blank lines below it are not its own."""
        node = self.root
        for step in path:
            node = node.value[step]
        while isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
            last = node.value[-1]
            node = last[1] if isinstance(last, tuple) else last
        end: int = node.end_mark.line + 1
        return end - 1 if node.end_mark.column == 0 and end > node.start_mark.line + 1 else end

    def error(self, message: str, path: tuple[str | int, ...]) -> ImportgateError:
        """An error at the line that `path` leads to."""
        inside = [step for step in path if isinstance(step, str)]
        place = Place(str(self.path), line=self.line(path))
        return self._error(f"{inside[-1]}: {message}" if inside else message, place)
