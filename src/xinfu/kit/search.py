"""Full-text search in Chinese and English: tantivy over character bigrams, in memory or in a folder.

An index is a copy of what the tables hold and may be thrown away at any time: a missing, damaged or outdated folder is emptied and
`fresh` tells the owner to fill it again. All calls are plain and thread-safe; reading never waits for writing. `write` is for callers on
the event loop, where a commit (a few milliseconds, more when it merges) would hold up others.
"""

import asyncio
import contextlib
import json
import math
import re
import shutil
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog
import tantivy

from xinfu.kit.ids import Id
from xinfu.kit.text import bigrams, fold

log = structlog.get_logger()

LAYOUT = 1  # raise it when tokens are made differently: folders of an older layout are rebuilt
HEAP = 15_000_000  # bytes; the least tantivy accepts, and enough for batches of thousands
MOST_TERMS = 48  # of one query: a pasted page must not cost more than a question
LONGEST_TERM = 64
_FIELD = "t_"
_FACET = "f_"
_SINGLE = "s_"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to be found. `key` is unique in the index; `keep` comes back with the result and is not searched.

    `rank` orders results where the newest are asked for: larger is newer.
    """

    key: str
    shop: Id
    texts: Mapping[str, str]
    facets: Mapping[str, str] = field(default_factory=dict)
    rank: int = 0
    keep: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One result. `score` is BM25 (higher is better), or 0 where results are ordered by rank."""

    key: str
    score: float
    rank: int
    keep: str


class BigramIndex:
    """Entries of all shops in one index. `weights` names the text fields and what a word in each counts; `facets` can be filtered by.

    `singles` names text fields whose single Chinese characters are found too, and what one counts: more is found, for more work.
    """

    def __init__(
        self, folder: Path | None, weights: Mapping[str, float], facets: Sequence[str] = (), singles: Mapping[str, float] | None = None
    ) -> None:
        self._weights = dict(weights)
        self._singles = dict(singles or {})
        self._facets = tuple(facets)
        self._schema = self._build_schema()
        self._lock = threading.Lock()
        self._folder = folder
        self._index, self.fresh = self._open()
        self._writer = self._index.writer(HEAP, 1)

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs)

    def search(
        self,
        shop: Id,
        query: str,
        limit: int = 10,
        *,
        facets: Mapping[str, str | Collection[str]] | None = None,
        need: float = 0.0,
        newest: bool = False,
        before: int | None = None,
        since: int | None = None,
    ) -> list[Found]:
        """The entries of one shop that fit best, or the newest that fit.

        `need` is the share of the query's terms (0..1) an entry must hold, at least one. `before` and `since` bound `rank` (exclusive,
        inclusive). An empty query finds nothing.
        """
        terms = query_terms(query)
        if not terms or limit < 1:
            return []
        lone = tuple(dict.fromkeys(characters(query)))[:MOST_TERMS] if self._singles else ()
        parts = [
            (tantivy.Occur.Must, self._words(terms, need)),
            *((tantivy.Occur.Should, self._alone(character)) for character in lone),
            *((tantivy.Occur.Must, tantivy.Query.const_score_query(q, 0.0)) for q in self._filters(shop, facets or {}, before, since)),
        ]
        searcher = self._index.searcher()
        order = "rank" if newest else None
        result = searcher.search(tantivy.Query.boolean_query(parts), limit, count=False, order_by_field=order)
        return [self._found(searcher.doc(address), 0.0 if newest else float(score)) for score, address in result.hits]

    def upsert(self, entries: Iterable[Entry]) -> None:
        """Add entries, replacing those with the same key. Seen by searches after `commit`."""
        documents = [(entry.key, self._document(entry)) for entry in entries]
        with self._writing():
            for key, document in documents:
                self._writer.delete_documents_by_term("key", key)
                self._writer.add_document(document)

    def delete(self, keys: Iterable[str]) -> None:
        with self._writing():
            for key in keys:
                self._writer.delete_documents_by_term("key", key)

    def delete_by(self, facet: str, value: str) -> None:
        """Delete every entry whose facet has this value."""
        with self._writing():
            self._writer.delete_documents_by_term(_FACET + facet, value)

    def commit(self) -> None:
        """Make everything since the last commit durable and found. When it fails, all of that is undone and has to be given again."""
        with self._writing():
            self._writer.commit()
            self._index.reload()
        self.fresh = False

    def rebuild(self, entries: Iterable[Entry]) -> None:
        """Replace everything in one step: searches see the old entries until all the new ones are there."""
        with self._writing():
            self._writer.delete_all_documents()
            for entry in entries:
                self._writer.add_document(self._document(entry))
            self._writer.commit()
            self._index.reload()
        self.fresh = False

    async def write(self, upsert: Sequence[Entry] = (), delete: Sequence[str] = ()) -> None:
        """Change and commit in a worker thread."""
        await asyncio.to_thread(self._write, upsert, delete)

    def close(self) -> None:
        """Release the folder. The index cannot be used afterwards."""
        with self._lock:
            self._writer.wait_merging_threads()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time. A failure (a full disk, say) kills the library's writer; undoing its half-done work revives it."""
        with self._lock:
            try:
                yield
            except Exception:
                with contextlib.suppress(Exception):
                    self._writer.rollback()
                raise

    def _write(self, upsert: Sequence[Entry], delete: Sequence[str]) -> None:
        self.delete(delete)
        self.upsert(upsert)
        self.commit()

    def _build_schema(self) -> tantivy.Schema:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field("shop", tokenizer_name="raw", index_option="basic")
        builder.add_integer_field("rank", stored=True, indexed=True, fast=True)
        builder.add_bytes_field("keep", stored=True)
        for name in self._facets:
            builder.add_text_field(_FACET + name, tokenizer_name="raw", index_option="basic")
        for name in self._weights:
            builder.add_text_field(_FIELD + name, tokenizer_name="whitespace", index_option="freq")
        for name in self._singles:
            builder.add_text_field(_SINGLE + name, tokenizer_name="whitespace", index_option="freq")
        return builder.build()

    def _open(self) -> tuple[tantivy.Index, bool]:
        """The index, and whether it has to be filled. A folder that cannot be used is emptied, never a reason not to start."""
        if self._folder is None:
            index = tantivy.Index(self._schema)
            index.config_reader("manual")
            return index, True
        layout = {
            "layout": LAYOUT,
            "fields": sorted([*self._weights, *(_SINGLE + name for name in self._singles)]),
            "facets": sorted(self._facets),
        }
        mark = self._folder / "layout.json"
        if _same(mark, layout):
            try:
                return self._open_folder(self._folder), False
            except BaseException as e:  # a damaged file may surface as a panic of the library, which is not an Exception
                if isinstance(e, KeyboardInterrupt | SystemExit):
                    raise
                log.warning("search.rebuilding", folder=self._folder.name, reason=type(e).__name__)
        if self._folder.is_dir():
            shutil.rmtree(self._folder)
        else:
            self._folder.unlink(missing_ok=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        index = self._open_folder(self._folder)
        mark.write_text(json.dumps(layout), "utf-8")
        return index, True

    def _open_folder(self, folder: Path) -> tantivy.Index:
        index = tantivy.Index(self._schema, str(folder), reuse=True)
        index.config_reader("manual")
        searcher = index.searcher()
        for _, address in searcher.search(tantivy.Query.all_query(), 1, count=False).hits:
            searcher.doc(address)  # fails here rather than under a reader when the files are damaged
        return index

    def _words(self, terms: list[str], need: float) -> tantivy.Query:
        words = [(tantivy.Occur.Should, self._anywhere(term)) for term in terms]
        least = max(1, math.ceil(need * len(words) - 1e-9))
        return tantivy.Query.boolean_query(words, minimum_number_should_match=least)

    def _anywhere(self, term: str) -> tantivy.Query:
        """The term in its best field."""
        return tantivy.Query.disjunction_max_query(
            [tantivy.Query.boost_query(_term_query(self._schema, _FIELD + name, term), weight) for name, weight in self._weights.items()],
            0.1,
        )

    def _alone(self, character: str) -> tantivy.Query:
        """A single character in its best field; it lifts what holds a pair already, and finds nothing by itself."""
        return tantivy.Query.disjunction_max_query(
            [
                tantivy.Query.boost_query(tantivy.Query.term_query(self._schema, _SINGLE + name, character, "freq"), weight)
                for name, weight in self._singles.items()
            ]
        )

    def _filters(
        self, shop: Id, facets: Mapping[str, str | Collection[str]], before: int | None, since: int | None
    ) -> Iterable[tantivy.Query]:
        yield tantivy.Query.term_query(self._schema, "shop", shop, "basic")
        for name, value in facets.items():
            values = [value] if isinstance(value, str) else value
            terms = [tantivy.Query.term_query(self._schema, _FACET + name, v, "basic") for v in values]
            yield terms[0] if len(terms) == 1 else tantivy.Query.boolean_query([(tantivy.Occur.Should, t) for t in terms])
        if before is not None or since is not None:
            last = None if before is None else before - 1
            yield tantivy.Query.range_query(self._schema, "rank", tantivy.FieldType.Integer, since, last)

    def _document(self, entry: Entry) -> tantivy.Document:
        document = tantivy.Document()
        document.add_text("key", entry.key)
        document.add_text("shop", entry.shop)
        document.add_integer("rank", entry.rank)
        document.add_bytes("keep", entry.keep.encode())
        for name, value in entry.facets.items():
            document.add_text(_FACET + name, value)
        for name in self._singles:
            document.add_text(_SINGLE + name, " ".join(characters(entry.texts.get(name, ""))))
        for name, value in entry.texts.items():
            document.add_text(_FIELD + name, " ".join(t[:LONGEST_TERM] for t in bigrams(value)))
        return document

    def _found(self, document: tantivy.Document, score: float) -> Found:
        return Found(
            key=str(document["key"][0]),
            score=score,
            rank=int(document["rank"][0]),
            keep=bytes(document["keep"][0]).decode(),
        )


def query_terms(query: str) -> list[str]:
    """The distinct terms of a query, in order, at most MOST_TERMS."""
    return list(dict.fromkeys(t[:LONGEST_TERM] for t in bigrams(query)))[:MOST_TERMS]


def characters(text: str) -> list[str]:
    """The Chinese characters of a text, one by one."""
    return [c for c in fold(text) if not c.isascii() and c.isalpha()]


def excerpt(text: str, query: str, width: int = 60) -> str:
    """About `width` characters of `text` on one line around the first place where the query, or a term of it, stands."""
    line = " ".join(text.split())
    if len(line) <= width:
        return line
    lowered = line.lower()
    # Lower-casing may change lengths in a few scripts; then the excerpt is merely a little off its middle.
    places = [p for p in (lowered.find(part) for part in (fold(query), *query_terms(query))) if p >= 0]
    start = max(0, min(places[0] - width // 3, len(line) - width)) if places else 0
    end = start + width
    return ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")


def _term_query(schema: tantivy.Schema, name: str, term: str) -> tantivy.Query:
    """A lone Chinese character also finds the bigrams it is in; a Latin word or number of three letters or more also begins longer ones."""
    if len(term) == 1 and not term.isascii():
        return tantivy.Query.regex_query(schema, name, f".?{re.escape(term)}.?")
    exact = tantivy.Query.term_query(schema, name, term, "freq")
    if term.isascii() and len(term) >= 3:
        begins = tantivy.Query.boost_query(tantivy.Query.fuzzy_term_query(schema, name, term, 0, prefix=True), 0.5)
        return tantivy.Query.disjunction_max_query([exact, begins])
    return exact


def _same(mark: Path, layout: dict[str, object]) -> bool:
    try:
        return bool(json.loads(mark.read_text("utf-8")) == layout)
    except (OSError, ValueError):
        return False
