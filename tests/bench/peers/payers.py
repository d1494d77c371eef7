"""Peers that find the payer by name. The same plain rule then chooses documents for all of them.

That rule: numbers in the text that are the payer's, if they add up; else the payer's one document of exactly this amount.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from importlib import import_module
from typing import Any, Final

from tests.bench.peers.rules import taken
from tests.bench.peers.sheet import Answer, Document, Line, World

Finder = Callable[[Sequence[str], Sequence[str]], Sequence[int | None]]
"""Known names and asked names to the place of each asked name among the known ones, or None."""
_LEAST: Final = 0.6
_PIECES: Final = re.compile(r"[^A-Za-z0-9/\-]+")


def with_finder(find: Finder, world: World) -> Iterator[tuple[Line, Answer]]:
    """Answers of a peer that only knows names; accounts come first, as everywhere."""
    customers = list(world.names)
    asked = sorted({line.payer for line in world.lines if line.payer and line.account not in world.accounts})
    places = dict(zip(asked, find([_folded(world.names[each]) for each in customers], list(map(_folded, asked))), strict=True))
    same: dict[tuple[str, str], list[Document]] = defaultdict(list)
    for document in world.documents.values():
        same[document.customer, document.currency].append(document)
    for line in world.lines:
        place = places.get(line.payer)
        payer = world.accounts.get(line.account) or ("" if place is None else customers[place])
        chosen = _documents(line, payer, world, same[payer, line.currency]) if payer and line.incoming else []
        yield line, taken(line, chosen, automatic=True) if chosen else Answer(payer)


def _folded(name: str) -> str:
    return " ".join(re.findall(r"\w+", name.casefold())) or "-"


def _documents(line: Line, payer: str, world: World, pool: Sequence[Document]) -> list[Document]:
    words = dict.fromkeys(_PIECES.split(line.words))
    named = [each for word in words if (each := world.documents.get(word)) and each.customer == payer and each.open > 0]
    if named and sum((each.open for each in named), Decimal(0)) == line.amount:
        return named
    exact = [each for each in pool if each.open == line.amount]
    return exact if len(exact) == 1 else []


def erpnext(known: Sequence[str], asked: Sequence[str]) -> list[int | None]:
    """ERPNext: the best token_set_ratio over all names, if it is above 80 and no other name has the same."""
    process: Any = import_module("rapidfuzz.process")
    fuzz: Any = import_module("rapidfuzz.fuzz")
    found: list[int | None] = []
    for name in asked:
        best = process.extract(name, known, scorer=fuzz.token_set_ratio, limit=2)
        tied = len(best) > 1 and best[0][1] == best[1][1]
        found.append(best[0][2] if best and best[0][1] > 80 and not tied else None)
    return found


def string_grouper(known: Sequence[str], asked: Sequence[str]) -> list[int | None]:
    """string_grouper's most similar name (TF-IDF of three-letter pieces)."""
    pandas: Any = import_module("pandas")
    module: Any = import_module("string_grouper")
    places = pandas.Series(range(len(known)))
    answers = module.match_most_similar(
        pandas.Series(known),
        pandas.Series(asked),
        master_id=places,
        duplicates_id=pandas.Series(range(-len(asked), 0)),
        min_similarity=_LEAST,
    )
    (column,) = [each for each in answers.columns if str(each).endswith("_id")]
    return [int(each) if each >= 0 else None for each in answers[column]]


def sparse_dot_topn(known: Sequence[str], asked: Sequence[str]) -> list[int | None]:
    """scikit-learn's TF-IDF of three-letter pieces with sparse_dot_topn's product."""
    text: Any = import_module("sklearn.feature_extraction.text")
    module: Any = import_module("sparse_dot_topn")
    vectors = text.TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3))
    ours = vectors.fit_transform(known)
    products = module.sp_matmul_topn(vectors.transform(asked), ours.T.tocsr(), top_n=2, threshold=_LEAST, sort=True)
    found: list[int | None] = []
    for at in range(len(asked)):
        row = slice(products.indptr[at], products.indptr[at + 1])
        scores, places = products.data[row], products.indices[row]
        tied = len(scores) > 1 and scores[0] == scores[1]
        found.append(int(places[0]) if len(scores) and not tied else None)
    return found


def emm(known: Sequence[str], asked: Sequence[str]) -> list[int | None]:
    """ING's entity matching, its two usual indexers, without a trained model."""
    pandas: Any = import_module("pandas")
    module: Any = import_module("emm")
    indexers = [
        {"type": "cosine_similarity", "tokenizer": "words", "ngram": 1, "num_candidates": 5, "cos_sim_lower_bound": 0.3},
        {"type": "cosine_similarity", "tokenizer": "characters", "ngram": 4, "num_candidates": 5, "cos_sim_lower_bound": 0.3},
    ]
    model = module.PandasEntityMatching({"name_only": True, "entity_id_col": "id", "name_col": "name", "indexers": indexers})
    model.fit(pandas.DataFrame({"id": range(len(known)), "name": known}))
    answers = model.transform(pandas.DataFrame({"id": range(len(asked)), "name": asked}))
    scores = answers[[each for each in answers.columns if each.startswith("score_")]].max(axis=1)
    ranked = answers.assign(best=scores).sort_values("best", ascending=False).drop_duplicates("uid")
    best = {int(row.uid): (int(row.gt_uid), row.best) for row in ranked.itertuples() if row.gt_uid == row.gt_uid}
    return [best[at][0] if at in best and best[at][1] >= _LEAST else None for at in range(len(asked))]


def splink(known: Sequence[str], asked: Sequence[str]) -> list[int | None]:
    """Splink: Jaro-Winkler with term frequencies, trained without labels; the likeliest name above one half."""
    pandas: Any = import_module("pandas")
    module: Any = import_module("splink")
    library: Any = import_module("splink.comparison_library")
    sides = (("known", known), ("asked", asked))
    database = module.DuckDBAPI()
    tables = [database.register(pandas.DataFrame(_parts(names)), dataset_display_name=name) for name, names in sides]
    settings = module.SettingsCreator(
        link_type="link_only",
        comparisons=[
            library.JaroWinklerAtThresholds("name", [0.97, 0.92, 0.88, 0.8]),
            library.ExactMatch("first").configure(term_frequency_adjustments=True),
            library.ExactMatch("second").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[module.block_on(each) for each in ("first", "second", "start")],
    )
    linker = module.Linker(tables, settings, log_level=40)
    linker.training.estimate_probability_two_random_records_match([module.block_on("name")], recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(module.block_on("start"))
    pairs = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    best: dict[int, tuple[float, int]] = {}
    for row in pairs.itertuples():
        places = {row.source_dataset_l: int(row.unique_id_l), row.source_dataset_r: int(row.unique_id_r)}
        at = places["asked"]
        best[at] = max(best.get(at, (0.0, -1)), (row.match_probability, places["known"]))
    return [best[at][1] if at in best else None for at in range(len(asked))]


def _parts(names: Sequence[str]) -> dict[str, list[Any]]:
    words = [name.split() for name in names]
    return {
        "unique_id": list(range(len(names))),
        "name": list(names),
        "first": [each[0] for each in words],
        "second": [each[1] if len(each) > 1 else None for each in words],
        "start": [name[:4] for name in names],
    }


FINDERS: Final[dict[str, Finder]] = {
    "erpnext": erpnext,
    "string_grouper": string_grouper,
    "sparse_dot_topn": sparse_dot_topn,
    "emm": emm,
    "splink": splink,
}
