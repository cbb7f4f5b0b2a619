"""From a name to the listed names that may be its: recall is the only job of this index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sparse_dot_topn import sp_matmul_topn

from app.index.grams import gram_codes

# Weights are multiples of 2**-16, so that sums of their products are exact in float64 in any order: the candidates of
# a name do not depend on the batch it came in, nor on the machine.
_GRAIN = 2.0**16


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
    weights: npt.NDArray[np.float64]

    @classmethod
    def build(cls, renderings: Sequence[Sequence[str]]) -> NameIndex:
        """Indexes names by their renderings (see `gram_codes`); a name's number is its position."""
        owners, codes = gram_codes(renderings)
        used, columns, counts = np.unique(codes, return_inverse=True, return_counts=True)
        size = len(renderings)
        idf = np.log((size + 1) / counts)
        norms = np.sqrt(np.bincount(owners, weights=idf[columns] ** 2, minlength=size))
        norms[norms == 0] = 1.0
        values = np.round(idf[columns] / norms[owners] * _GRAIN) / _GRAIN
        order = np.argsort(columns, kind="stable")
        starts = np.zeros(len(used) + 1, dtype=np.int32)
        starts[1:] = np.cumsum(counts)
        return cls(size, used, idf, starts, owners[order].astype(np.int32), values[order])

    def candidates(
        self, renderings: Sequence[Sequence[str]], limit: int
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.float64]]:
        """The `limit` nearest names of each query, nearest first: (starts, names, cosines) as in a CSR matrix."""
        owners, codes = gram_codes(renderings)
        columns = np.searchsorted(self.codes, codes)
        columns[columns == len(self.codes)] = 0
        known = self.codes[columns] == codes if len(self.codes) else np.zeros(len(codes), dtype=bool)
        # A gram that no listed name has still makes a query longer: it weighs as if one name had it.
        weights = np.where(known, self.idf[columns] if len(self.idf) else 0.0, np.log(self.size + 1))
        norms = np.sqrt(np.bincount(owners, weights=weights**2, minlength=len(renderings)))
        norms[norms == 0] = 1.0
        values = np.round(weights / norms[owners] * _GRAIN) / _GRAIN
        starts = np.zeros(len(renderings) + 1, dtype=np.int32)
        starts[1:] = np.cumsum(np.bincount(owners[known], minlength=len(renderings)))
        shape = (len(renderings), len(self.codes))
        queries = csr_matrix((values[known], columns[known].astype(np.int32), starts), shape=shape)
        postings = csr_matrix((self.weights, self.names, self.starts), shape=(len(self.codes), self.size))
        found = sp_matmul_topn(queries, postings, top_n=min(limit, self.size), sort=True)
        return found.indptr, found.indices, found.data

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
