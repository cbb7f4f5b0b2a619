"""From a name to the listed names that may be its: recall is the only job of this index."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from app.index.grams import CODES, gram_codes

# Weights are multiples of 2**-11, so that sums of their products are exact in float32 in any order: the candidates of
# a name depend neither on the batch it came in, nor on the path that found them, nor on the machine.
_GRAIN = 2.0**11
CHUNK = 1 << 13  # names whose grams are in memory at once as strings and wide integers
# Up to this many queries are answered by numpy alone: importing scipy takes longer than a hundred of them.
_FEW = 64
# The native search cuts ties where it happens to meet them: it is asked for a few more than wanted, and rows that still
# end in a tie are searched again.
_SPARE = 16
# How many postings a query may look at, its rarest grams first. No query reaches it below some 20,000 listed names.
_BUDGET = 30_000

# Owners and codes of all grams, owners counted from 0 in each chunk, and the number of names.
ChunkGrams = tuple[npt.NDArray[np.integer[Any]], npt.NDArray[np.int32], int]
Candidates = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class _Queries:
    """The grams of queries that some listed name has, as CSR: `starts` by query, `columns` and `values` by gram.

    `kept` is the share of each query's weight that its budget let in: cosines are divided by it.
    """

    starts: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int32]
    values: npt.NDArray[np.float32]
    kept: npt.NDArray[np.float64]


@dataclass(frozen=True)
class NameIndex:
    """IDF-weighted 4-grams of `size` names.

    `codes` (sorted) names the grams in use, `idf` weighs them; `starts`, `names` and `weights` are the postings by
    gram, in the layout of a CSR matrix of shape (grams, size).
    """

    size: int
    codes: npt.NDArray[np.int64]
    idf: npt.NDArray[np.float64]
    starts: npt.NDArray[np.int32]
    names: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]

    @classmethod
    def build(cls, renderings: Iterable[Sequence[str]]) -> NameIndex:
        """Indexes names by their renderings (see `gram_codes`); a name's number is its position."""
        stream = iter(renderings)
        return cls.build_from(map(chunk_grams, iter(lambda: list(islice(stream, CHUNK)), [])))

    @classmethod
    def build_from(cls, chunks: Iterable[ChunkGrams]) -> NameIndex:
        """The same from the grams of consecutive chunks of names, wherever these were read."""
        # A long list's arrays are what memory goes into: each chunk is sorted alone, and forgotten once it is in place.
        kept: deque[ChunkGrams] = deque()
        counts = np.zeros(CODES, dtype=np.int64)
        for owners, codes, count in chunks:
            counts += np.bincount(codes, minlength=CODES)
            kept.append((owners.astype(np.min_scalar_type(count)), codes, count))
        size = sum(count for _, _, count in kept)
        used = np.flatnonzero(counts)
        column_of = np.zeros(CODES, dtype=np.int32)
        column_of[used] = np.arange(len(used), dtype=np.int32)
        idf = np.log((size + 1) / counts[used])
        starts = np.zeros(len(used) + 1, dtype=np.int32)
        starts[1:] = np.cumsum(counts[used])
        names = np.empty(starts[-1], dtype=np.int32)
        weights = np.empty(starts[-1], dtype=np.float32)
        ends = starts[:-1].copy()  # of the postings that are in place
        first = 0
        while kept:
            owners, codes, count = kept.popleft()
            columns = column_of[codes]
            norms = np.sqrt(np.bincount(owners, weights=idf[columns] ** 2, minlength=count))
            order = np.argsort(columns, kind="stable")
            owners, columns = owners[order], columns[order]
            begins = np.flatnonzero(np.diff(columns, prepend=-1))
            lengths = np.diff(begins, append=len(columns))
            places = ends[columns] + np.arange(len(columns)) - np.repeat(begins, lengths)
            names[places] = owners.astype(np.int32) + first
            weights[places] = np.round(idf[columns] / norms[owners] * _GRAIN) / _GRAIN
            ends[columns[begins]] += lengths.astype(np.int32)
            first += count
        return cls(size, used, idf, starts, names, weights)

    def candidates(self, renderings: Sequence[Sequence[str]], limit: int, nearest: float = 0.0) -> Candidates:
        """The `limit` nearest names of each query whose cosine is above 0 and at least `nearest`: nearest first, of
        those equally near the one with the lower number. (starts, names, cosines) as in a CSR matrix.

        In a list so long that a query's budget leaves some of its common grams out, a cosine is an estimate.
        """
        queries = self._queries(renderings)
        if not self.size or not len(renderings):
            return np.zeros(len(renderings) + 1, np.int32), np.empty(0, np.int32), np.empty(0, np.float64)
        if len(renderings) <= _FEW:
            found = [self._nearest(queries, row, limit, nearest) for row in range(len(renderings))]
        else:
            found = self._nearest_of_many(queries, limit, nearest)
        starts = np.zeros(len(found) + 1, dtype=np.int32)
        starts[1:] = np.cumsum([len(names) for names, _ in found])
        return starts, np.concatenate([names for names, _ in found]), np.concatenate([near for _, near in found])

    def _queries(self, renderings: Sequence[Sequence[str]]) -> _Queries:
        owners, codes = gram_codes(renderings)
        size = len(renderings)
        columns = np.searchsorted(self.codes, codes)
        columns[columns == len(self.codes)] = 0
        known = self.codes[columns] == codes if len(self.codes) else np.zeros(len(codes), dtype=bool)
        # A gram that no listed name has still makes a query longer: it weighs as if one name had it.
        weights = np.where(known, self.idf[columns] if len(self.idf) else 0.0, np.log(self.size + 1))
        norms = np.sqrt(np.bincount(owners, weights=weights**2, minlength=size))
        norms[norms == 0] = 1.0
        values = (np.round(weights / norms[owners] * _GRAIN) / _GRAIN)[known]
        owners, columns = owners[known], columns[known]
        kept = np.ones(size)
        costs = self.starts[columns + 1] - self.starts[columns]
        if len(costs) and np.bincount(owners, weights=costs, minlength=size).max() > _BUDGET:
            affordable = _affordable(owners, costs)
            whole = np.bincount(owners, weights=values**2, minlength=size)
            owners, columns, values = owners[affordable], columns[affordable], values[affordable]
            kept = np.bincount(owners, weights=values**2, minlength=size) / np.where(whole == 0, 1.0, whole)
            kept[kept == 0] = 1.0
        starts = np.zeros(size + 1, dtype=np.int64)
        starts[1:] = np.cumsum(np.bincount(owners, minlength=size))
        return _Queries(starts, columns.astype(np.int32), values.astype(np.float32), kept)

    def _nearest(
        self, queries: _Queries, row: int, limit: int, nearest: float
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]:
        """The candidates of one query."""
        mine = slice(queries.starts[row], queries.starts[row + 1])
        postings = [slice(self.starts[column], self.starts[column + 1]) for column in queries.columns[mine]]
        if not postings:
            return np.empty(0, np.int32), np.empty(0, np.float64)
        names = np.concatenate([self.names[part] for part in postings])
        products = [self.weights[part] * value for part, value in zip(postings, queries.values[mine], strict=True)]
        cosines = np.bincount(names, weights=np.concatenate(products))
        near = np.flatnonzero(cosines >= max(nearest * queries.kept[row], 1 / _GRAIN**2))
        near = near[np.argsort(-cosines[near], kind="stable")[:limit]]
        return near.astype(np.int32), cosines[near] / queries.kept[row]

    def _nearest_of_many(
        self, queries: _Queries, limit: int, nearest: float
    ) -> list[tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]]:
        """The same for a batch, in native code."""
        from scipy.sparse import csr_matrix
        from sparse_dot_topn import sp_matmul_topn

        count, grams = len(queries.starts) - 1, len(self.codes)
        left = csr_matrix((queries.values, queries.columns, queries.starts.astype(np.int32)), shape=(count, grams))
        right = csr_matrix((self.weights, self.names, self.starts), shape=(grams, self.size))
        top = min(limit + _SPARE, self.size)
        least = nearest * float(queries.kept.min()) - 1 / _GRAIN**2  # the native threshold is exclusive
        matrix = sp_matmul_topn(left, right, top_n=top, threshold=max(least, 0.0))
        rows = np.repeat(np.arange(count), np.diff(matrix.indptr))
        order = np.lexsort((matrix.indices, -matrix.data, rows))
        names, cosines = matrix.indices[order], matrix.data[order].astype(np.float64)
        enough = cosines >= nearest * queries.kept[rows]
        found = []
        for row, (start, end) in enumerate(zip(matrix.indptr[:-1].tolist(), matrix.indptr[1:].tolist(), strict=True)):
            last = start + limit - 1
            if end - start == top < self.size and cosines[last] == cosines[end - 1]:
                found.append(self._nearest(queries, row, limit, nearest))
                continue
            end = min(end, start + limit)
            end = start + int(np.count_nonzero(enough[start:end]))
            found.append((names[start:end], cosines[start:end] / queries.kept[row]))
        return found

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """What is to be stored so that `from_arrays` makes the index again."""
        return {
            "codes": self.codes,
            "idf": self.idf,
            "starts": self.starts,
            "names": self.names,
            "weights": self.weights,
        }

    @classmethod
    def from_arrays(cls, size: int, arrays: Mapping[str, npt.NDArray[np.generic]]) -> NameIndex:
        return cls(size, **arrays)  # type: ignore[arg-type]


def chunk_grams(renderings: Sequence[Sequence[str]]) -> ChunkGrams:
    """What `NameIndex.build_from` needs of a chunk of names."""
    owners, codes = gram_codes(renderings)
    return owners.astype(np.int32), codes.astype(np.int32), len(renderings)


def _affordable(owners: npt.NDArray[np.int64], costs: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Which grams a query looks at: the rarest, as long as their postings fit the budget, and the rarest in any case.

    `owners` is sorted."""
    order = np.lexsort((costs, owners))
    spent = np.cumsum(costs[order], dtype=np.int64)
    first = np.searchsorted(owners, owners)  # where the grams of the same query begin
    before = np.concatenate([[0], spent])[first]
    affordable = np.zeros(len(owners), dtype=bool)
    affordable[order] = (spent - before <= _BUDGET) | (np.arange(len(owners)) == first)
    return affordable
