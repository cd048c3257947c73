"""Where in a text of TOML or JSON a key stands, so that what is wrong with a pack can be shown at its line. Pure."""

import json
import re
from collections import defaultdict

type Path = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*(\]\]?)\s*(#.*)?")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=\s*(.*)""")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)""")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


def line_of(places: dict[Path, int], path: Path) -> int | None:
    """The line of this key, or of the nearest thing around it that is written down."""
    while path:
        if path in places:
            return places[path]
        path = path[:-1]
    return None


def places_of(text: str) -> dict[Path, int]:
    """The line, from 1, of each key and table of a text that is read without error."""
    return _json_places(text) if text.lstrip()[:1] == "{" else _toml_places(text)


def _toml_places(text: str) -> dict[Path, int]:
    places: dict[Path, int] = {}
    seen: dict[Path, int] = defaultdict(lambda: -1)
    table: Path = ()
    open_ = ""  # what a value over several lines waits for
    for number, line in enumerate(text.splitlines(), 1):
        if open_:
            open_ = _still_open(open_, line)
        elif header := _HEADER.fullmatch(line):
            names: Path = tuple(_parts(header[2]))
            if header[1] == "[[":
                seen[names] += 1
                names = (*names, seen[names])
            elif len(names) > 1 and names[:1] in seen:  # a table inside the last of an array of tables
                names = (names[0], seen[names[:1]], *names[1:])
            table = names
            places.setdefault(table, number)
            places.setdefault(table[:-1] if header[1] == "[[" else table, number)
        elif key := _KEY.fullmatch(line):
            places[(*table, *_parts(key[1]))] = number
            open_ = _still_open("", key[2])
    return places


def _parts(dotted: str) -> list[str]:
    return ["".join(found) for found in _PART.findall(dotted)]


def _still_open(open_: str, line: str) -> str:
    """After this piece of a value: the quotes or brackets that are yet to be closed."""
    for quotes in ('"""', "'''"):
        if open_ == quotes or (not open_ and line.lstrip().startswith(quotes)):
            closed = line.count(quotes) >= (1 if open_ else 2)
            return "" if closed else quotes
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*', "", line)
    depth = open_.count("[") + bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")
    return "[" * max(0, depth)


def _json_places(text: str) -> dict[Path, int]:
    """The lines of a JSON text's keys and items, by walking over it once."""
    places: dict[Path, int] = {}
    stack: list[tuple[str, str | int]] = []  # the brackets around, each with the key or position read last
    at, line = 0, 1
    while at < len(text):
        sign = text[at]
        if sign == "\n":
            line += 1
        elif sign == '"':
            found = _TEXT.match(text, at)
            end = found.end() if found else len(text)
            after = text[end:].lstrip()[:1]
            if stack and stack[-1][0] == "{" and after == ":":
                stack[-1] = ("{", json.loads(text[at:end]))
                places[tuple(key for _, key in stack)] = line
            at = end
            continue
        elif sign in "{[":
            if stack and stack[-1][0] == "[":
                places.setdefault(tuple(key for _, key in stack), line)
            stack.append((sign, 0 if sign == "[" else ""))
        elif sign in "}]" and stack:
            stack.pop()
        elif sign == "," and stack and stack[-1][0] == "[":
            stack[-1] = ("[", int(stack[-1][1]) + 1)
        at += 1
    return places
